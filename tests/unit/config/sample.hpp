#pragma once

/// A configuration that is right, to make wrong ones of.

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "config/loader.hpp"

namespace tidegate::config::sample {

/// Lines are counted by the tests: line 3 is the engine.
inline constexpr std::string_view k_file =
    "databases:\n"
    "  app:\n"
    "    engine: mongodb\n"
    "    production: {uri: '${PROD}', database: app}\n"
    "    snapshot: {database: app_snapshot, schedule: '0 3 * * 0'}\n"
    "    previews: {database: 'app_pr_{number}', uri: '${PREVIEW}'}\n"
    "    targets: {staging: {database: app_staging, uri: '${STAGING}'}}\n"
    "    protected: [app_dev]\n";

/// The file with one part of it replaced (all of it when `part` is empty).
inline std::string changed(std::string_view part, std::string_view by) {
  if (part.empty()) return std::string(by);
  std::string text(k_file);
  const auto at = text.find(part);
  if (at == std::string::npos) throw std::logic_error("the sample has no such part");
  return text.replace(at, part.size(), by);
}

inline std::optional<std::vector<DatabaseName>> only_mongodb(EngineKind kind) {
  if (kind != EngineKind::mongodb) return std::nullopt;
  return std::vector{DatabaseName("admin"), DatabaseName("local"), DatabaseName("config")};
}

inline std::optional<std::vector<DatabaseName>> both_engines(EngineKind kind) {
  if (kind == EngineKind::mongodb) return only_mongodb(kind);
  return std::vector{DatabaseName("postgres"), DatabaseName("template0"),
                     DatabaseName("template1")};
}

inline Sources sources(Environment environment = {}, Flags flags = {}) {
  Sources result;
  result.environment = std::move(environment);
  result.flags = std::move(flags);
  result.engine_databases = only_mongodb;
  return result;
}

inline Redactor& redactor() {
  static Redactor one;
  return one;
}

inline Config load(std::string_view text = k_file, Environment environment = {}, Flags flags = {}) {
  return load_text(text, "tidegate.yaml", sources(std::move(environment), std::move(flags)),
                   redactor());
}

/// The error that a call ends with; the test fails when it ends well.
template <typename Function>
Error error_of(const Function& function) {
  try {
    function();
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorKind::internal, "no error");
}

}  // namespace tidegate::config::sample
