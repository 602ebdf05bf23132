#include "engine/mongodb/access/capabilities.hpp"

#include <fmt/format.h>

#include <charconv>

#include "engine/mongodb/access/probe.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr std::string_view k_oldest = "4.4";

struct Version {
  std::int64_t major = 0, minor = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};

constexpr Version k_out_across_databases{4, 4};
constexpr Version k_reads_at_one_moment{5, 0};

Version version_of(const Bson& build_info) {
  if (build_info.has("versionArray.1")) {
    return {build_info.number("versionArray.0"), build_info.number("versionArray.1")};
  }
  const std::string text = build_info.text("version");
  Version version;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, version.major);
  if (error == std::errc{} && rest != end) std::from_chars(rest + 1, end, version.minor);
  return version;
}

bool is_mongos(const Bson& hello) { return hello.text("msg") == "isdbgrid"; }

std::string deployment_of(const Bson& hello) {
  if (is_mongos(hello)) return "sharded cluster";
  const auto set = hello.text("setName");
  return set.empty() ? "standalone" : "replica set " + set;
}

std::string why_no_point_in_time(Version version, const std::string& text, const Bson& hello) {
  if (version < k_reads_at_one_moment) {
    return fmt::format("reading all collections at one moment needs MongoDB 5.0, this is {}", text);
  }
  if (!is_mongos(hello) && !hello.has("setName")) {
    return "reading all collections at one moment needs a replica set, this is a standalone server";
  }
  return {};
}

void refuse_too_old(const Bson& build_info) {
  const auto name = build_info.text("version");
  if (version_of(build_info) >= k_out_across_databases) return;
  throw Error(ErrorKind::refused,
              fmt::format("the server is MongoDB {}; {} is the oldest that can copy a collection "
                          "to another database",
                          name, k_oldest),
              fmt::format("upgrade the server to {} or later, 5.0 for one cut over all collections",
                          k_oldest));
}

/// Only a connection string that names this member alone, and no set, ends here.
void refuse_secondary(const Bson& hello) {
  if (!hello.truth("secondary")) return;
  throw Error(ErrorKind::unreachable,
              fmt::format("{} is a secondary of replica set '{}', where nothing can be written",
                          hello.has("me") ? "'" + hello.text("me") + "'" : "the server",
                          hello.text("setName")),
              fmt::format("let the connection string find the primary: name the members and add "
                          "replicaSet={} to it, without directConnection",
                          hello.text("setName")));
}

}  // namespace

engine::Capabilities describe(const Bson& build_info, const Bson& hello) {
  refuse_too_old(build_info);
  refuse_secondary(hello);
  engine::Capabilities result;
  result.product = "MongoDB";
  result.version = build_info.text("version");
  const auto version = version_of(build_info);
  result.deployment = deployment_of(hello);
  result.why_not = why_no_point_in_time(version, result.version, hello);
  result.point_in_time = result.why_not.empty();
  result.server_checksum = !is_mongos(hello);
  result.method = "$out";
  result.archive_forms = {ArchiveForm::directory};
  result.server_time = hello.time("localTime").value_or(SystemTime{});
  return result;
}

engine::Capabilities capabilities(Run& run, Server& server) {
  const auto build_info = server.read(run, "admin", doc("buildInfo", 1));
  refuse_too_old(build_info);  // before asking what an old one does not understand
  const auto hello = server.read(run, "admin", doc("hello", 1));
  auto result = describe(build_info, hello);
  const auto known = ask_capabilities(run, server, build_info, hello);
  if (known.state(ServerCapability::read_timestamp) == Capability::State::fallback &&
      result.point_in_time) {
    result.point_in_time = false;
    result.why_not = k_time_ignored;
  }
  result.relied_on = known.list();
  return result;
}

}  // namespace tidegate::engine::mongodb
