#include "engine/postgresql/demo/sample_server.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/child.hpp"
#include "engine/postgresql/driver/connection.hpp"

namespace tidegate::engine::postgresql {
namespace {

namespace fs = std::filesystem;

constexpr auto k_debians = "/usr/lib/postgresql";
constexpr auto k_server_user = "postgres";  // made by Debian's package

bool serves(const fs::path& programs) {
  return ::access((programs / "initdb").c_str(), X_OK) == 0 &&
         ::access((programs / "postgres").c_str(), X_OK) == 0;
}

/// Empty when there is none.
fs::path find_server_programs() {
  fs::path best;
  int newest = 0;
  std::error_code none;
  for (const auto& each : fs::directory_iterator(k_debians, none)) {
    const int version = std::atoi(each.path().filename().c_str());
    if (version > newest && serves(each.path() / "bin")) {
      newest = version;
      best = each.path() / "bin";
    }
  }
  if (!best.empty()) return best;
  const auto initdb = find_program("initdb");
  if (initdb && serves(fs::path(*initdb).parent_path())) return fs::path(*initdb).parent_path();
  return {};
}

// Quoted as a value of libpq's keyword=value text.
std::string quoted(const std::string& value) {
  std::string text = "'";
  for (const char c : value) text += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string{c};
  return text + "'";
}

}  // namespace

ServerRecipe sample_server(const ServerPlace& place) {
  const auto programs = find_server_programs();
  if (programs.empty()) {
    throw Error(ErrorKind::config, "no PostgreSQL server is installed for the demo",
                "'./dev demo --engine postgresql' installs Debian's package 'postgresql', and "
                "'tidegate demo --engine postgresql --uri URI' uses a server of yours");
  }
  const auto data = place.directory + "/data";
  const auto password = place.directory + "/password";
  ServerRecipe recipe;
  recipe.program = programs.string();
  recipe.user_for_root = k_server_user;
  recipe.files = {{"password", place.administrator.password.reveal() + "\n"}};
  recipe.prepare = {{programs / "initdb", "--no-sync", "--pgdata", data, "--username",
                     place.administrator.name, "--pwfile", password, "--auth", "scram-sha-256",
                     "--encoding", "UTF8", "--locale", "C.UTF-8"}};
  recipe.guarded = {programs / "postgres", "-D", data};
  for (const auto* setting :
       {"listen_addresses=127.0.0.1", "shared_buffers=32MB", "max_connections=40", "fsync=off",
        "full_page_writes=off", "synchronous_commit=off", "lc_messages=C"}) {
    recipe.guarded.insert(recipe.guarded.end(), {"-c", setting});
  }
  recipe.guarded.insert(recipe.guarded.end(),
                        {"-c", fmt::format("port={}", place.port), "-c",
                         fmt::format("unix_socket_directories={}", place.directory)});
  recipe.uri = fmt::format("postgresql://127.0.0.1:{}/postgres", place.port);
  recipe.shell = fmt::format(
      "PGPASSWORD=\"$(cat {})\" psql 'host=127.0.0.1 port={} user={} "
      "dbname=postgres'",
      place.password_file, place.port, place.administrator.name);
  // SIGTERM would wait until no client is connected.
  recipe.stop_signal = SIGINT;
  return recipe;
}

std::optional<std::string> without_user(const std::string& uri) {
  const Conninfo conninfo({.uri = Secret(uri), .username = {}, .password = {}, .origin = "--uri"});
  std::string text;
  for (const auto& [keyword, value] : conninfo.values()) {
    if (keyword == "sslcert" || keyword == "sslkey" || keyword == "passfile") return std::nullopt;
    if (keyword == "user" || keyword == "password") continue;
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", keyword, quoted(value));
  }
  return text;
}

}  // namespace tidegate::engine::postgresql
