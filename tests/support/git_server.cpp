#include "support/git_server.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "support/places.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

std::string run(const std::vector<std::string>& argv) {
  ChildCommand command;
  command.argv = argv;
  command.environment = {"GIT_CONFIG_NOSYSTEM=1",      "GIT_CONFIG_GLOBAL=/dev/null",
                         "GIT_AUTHOR_NAME=someone",    "GIT_AUTHOR_EMAIL=someone@example.org",
                         "GIT_COMMITTER_NAME=someone", "GIT_COMMITTER_EMAIL=someone@example.org"};
  command.out = command.err = ChildStream::pipe();
  auto result = run_child(command, 30s);
  if (!result.exit.ok()) throw std::runtime_error(fmt::format("{}: {}", argv[1], result.err));
  while (!result.out.empty() && result.out.back() == '\n') result.out.pop_back();
  return result.out;
}

}  // namespace

GitServer::GitServer()
    : server_({"python3", (source_directory() / "tests/support/git_server.py").string(),
               root_.path().string(), "x-access-token", k_token}) {}

std::string GitServer::address(const std::string& name) const {
  return fmt::format("http://127.0.0.1:{}/{}.git", server_.port(), name);
}

fs::path GitServer::path(const std::string& name) const { return root_.path() / (name + ".git"); }

GitopsPlan GitServer::repository(const std::string& name,
                                 const std::vector<std::pair<std::string, std::string>>& files) {
  const auto work = root_.path() / "work";
  run({"git", "init", "--quiet", "--initial-branch=main", work.string()});
  for (const auto& [path, text] : files) {
    fs::create_directories((work / path).parent_path());
    std::ofstream(work / path) << text;
  }
  run({"git", "-C", work.string(), "add", "--all"});
  run({"git", "-C", work.string(), "commit", "--quiet", "--allow-empty", "-m", "first"});
  run({"git", "clone", "--quiet", "--bare", work.string(), path(name).string()});
  run({"git", "-C", path(name).string(), "config", "http.receivepack", "true"});
  fs::remove_all(work);
  GitopsPlan plan;
  plan.repository = address(name);
  plan.token = Secret(k_token);
  return plan;
}

std::string GitServer::git(const std::string& name,
                           const std::vector<std::string>& arguments) const {
  std::vector<std::string> argv{"git", "-C", path(name).string()};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return run(argv);
}

std::vector<std::string> GitServer::files(const std::string& name) const {
  std::istringstream lines(git(name, {"ls-tree", "-r", "--name-only", "main"}));
  std::vector<std::string> paths;
  for (std::string line; std::getline(lines, line);) paths.push_back(line);
  return paths;
}

std::string GitServer::file(const std::string& name, const std::string& path) const {
  return git(name, {"show", "main:" + path});
}

int GitServer::commits(const std::string& name) const {
  return std::stoi(git(name, {"rev-list", "--count", "main"}));
}

}  // namespace tidegate::test
