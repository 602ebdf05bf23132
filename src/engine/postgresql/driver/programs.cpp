#include "engine/postgresql/driver/programs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

#include "base/child.hpp"
#include "base/error.hpp"

namespace tidegate::engine::postgresql {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds k_answer_limit{20};
constexpr int k_zstd_since = 16;

ChildResult ask(const std::string& program, std::vector<std::string> arguments) {
  ChildCommand command;
  command.argv = {program};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.environment = {"LC_ALL=C", "PG_COLOR=never"};
  command.out = ChildStream::pipe();
  command.err = ChildStream::pipe();
  auto result = run_child(command, k_answer_limit);
  if (!result.timed_out) return result;
  throw Error(ErrorKind::remote,
              fmt::format("'{}' has not answered for {} s", program, k_answer_limit.count()),
              "the machine may be too busy; run the command again");
}

// pg_dump reports a compression that it lacks before it connects; and it cannot connect to a folder
// that holds no socket.
bool has_zstd(const std::string& pg_dump) {
  const auto result = ask(pg_dump, {"--format=custom", "--compress=zstd", "--no-password",
                                    "--file=/dev/null", "--dbname=host=/dev/null port=1"});
  return result.err.find("connection to server") != std::string::npos;
}

std::optional<Programs> programs_in(const fs::path& folder) {
  Programs programs{folder / "pg_dump", folder / "pg_restore", {}, false};
  if (!find_program(programs.pg_dump) || !find_program(programs.pg_restore)) return std::nullopt;
  const auto answer = ask(programs.pg_dump, {"--version"});
  if (!answer.exit.ok()) return std::nullopt;
  programs.version = read_version(answer.out);
  if (programs.version.major == 0) return std::nullopt;
  return programs;
}

void add_versions(const fs::path& parent, std::string_view prefix, const fs::path& inner,
                  std::vector<fs::path>& folders) {
  std::error_code ignored;
  for (const auto& each : fs::directory_iterator(parent, ignored)) {
    const auto name = each.path().filename().string();
    if (name.substr(0, prefix.size()) == prefix) folders.push_back(each.path() / inner);
  }
}

}  // namespace

ClientVersion read_version(std::string_view line) {
  constexpr std::string_view k_mark = "(PostgreSQL) ";
  const auto mark = line.find(k_mark);
  if (mark == std::string_view::npos) return {};
  const auto begin = mark + k_mark.size();
  ClientVersion version;
  version.text = line.substr(begin, line.find_first_of(" \n", begin) - begin);
  const char* end = version.text.data() + version.text.size();
  const auto [rest, failed] = std::from_chars(version.text.data(), end, version.major);
  if (failed != std::errc()) return {};
  if (rest != end && *rest == '.') std::from_chars(rest + 1, end, version.minor);
  return version;
}

std::vector<fs::path> program_folders() {
  std::vector<fs::path> folders;
  // Before the PATH: there Debian has a wrapper that searches for a cluster on this machine.
  add_versions("/usr/lib/postgresql", "", "bin", folders);
  add_versions("/usr", "pgsql-", "bin", folders);
  const char* variable = std::getenv("PATH");
  std::string_view path = variable != nullptr ? variable : "/usr/bin:/bin";
  while (!path.empty()) {
    const auto folder = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(path.size(), folder.size() + 1));
    if (!folder.empty()) folders.emplace_back(folder);
  }
  return folders;
}

Programs find_programs(Run& run, const std::vector<fs::path>& folders) {
  std::optional<Programs> newest;
  for (const auto& folder : folders) {
    run.check();
    auto found = programs_in(folder);
    if (found && (!newest || newest->version < found->version)) newest = std::move(found);
  }
  if (!newest) {
    throw Error(ErrorKind::config, "pg_dump and pg_restore are not installed on this machine",
                "install PostgreSQL's client: apt-get install postgresql-client");
  }
  newest->zstd = newest->version.major >= k_zstd_since && has_zstd(newest->pg_dump);
  return *newest;
}

void require_as_new_as(const Programs& programs, int server_version) {
  const int major = server_version / 10'000;
  if (programs.version.major >= major) return;
  throw Error(
      ErrorKind::config,
      fmt::format("the server is PostgreSQL {}, and '{}' is only {}: a client cannot dump or "
                  "restore a newer server",
                  major, programs.pg_dump, programs.version.text),
      fmt::format("install a client of version {0} or newer: apt-get install postgresql-client-{0} "
                  "(from https://apt.postgresql.org where Debian's own is older)",
                  major));
}

}  // namespace tidegate::engine::postgresql
