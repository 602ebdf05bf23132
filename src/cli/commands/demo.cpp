#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/parse/flags.hpp"

namespace tidegate::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_program = "tidegate-demo";

/// Beside this program, as it is built; or where it is installed.
fs::path find_demo(const fs::path& self) {
  const auto here = self.parent_path();
  const std::array<fs::path, 2> places{here / k_program,
                                       here.parent_path() / "libexec" / "tidegate" / k_program};
  for (const auto& place : places) {
    if (::access(place.c_str(), X_OK) == 0) return place;
  }
  throw Error(ErrorKind::config,
              fmt::format("the demo is not installed: there is no '{}' and no '{}'",
                          places[0].string(), places[1].string()),
              "it is a program of its own, and container images do not have it; in a checkout, "
              "'./dev demo' builds and runs it, './dev install' installs it");
}

/// The command line again, for another program to read.
std::vector<std::string> words_of(const Invocation& invocation) {
  std::vector<std::string> words{std::string(invocation.command->name)};
  for (const auto& flag : flags_of(*invocation.command)) {
    for (const auto& value : invocation.all(flag.name)) {
      words.push_back(flag.takes_value ? fmt::format("{}={}", flag.name, value) : flag.name);
    }
  }
  return words;
}

/// Becomes the demo. It is told which program to show: this one.
int run_demo(CommandContext&, const Invocation& invocation) {
  const auto self = fs::read_symlink("/proc/self/exe");
  const auto demo = find_demo(self);
  std::vector<std::string> words{demo.string(), self.string()};
  for (auto& word : words_of(invocation)) words.push_back(std::move(word));
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (auto& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execv(demo.c_str(), argv.data());
  throw Error(ErrorKind::config,
              fmt::format("'{}' cannot be run: {}", demo.string(), std::strerror(errno)));
}

}  // namespace

Command demo_command() {
  return {
      .name = "demo",
      .arguments = "",
      .summary = "the whole story on a throwaway server with sample data",
      .details =
          "Finds a server program (mongod, else a MongoDB-compatible test server that "
          "./dev setup has installed; or Debian's PostgreSQL), starts it on a free "
          "loopback port in a temporary directory, and shows snapshot, restore, verify, a "
          "failure, an archive and a refusal. With --uri it runs on your own server, in "
          "databases named tidegate_demo_… that are dropped afterwards.",
      .flags = {{"--engine", FlagValue::required, "mongodb|postgresql",
                 "which kind of server to show it on (default mongodb)"},
                {"--keep", FlagValue::none, "", "leave server and databases, and say how to go on"},
                {"--uri", FlagValue::required, "URI",
                 "use this server instead of a throwaway one"}},
      .examples = {{"tidegate demo", "under a minute, nothing to configure"},
                   {"tidegate demo --engine postgresql", "the same on PostgreSQL"},
                   {"tidegate demo --keep", "and then try it yourself"}},
      .run = run_demo};
}

}  // namespace tidegate::cli
