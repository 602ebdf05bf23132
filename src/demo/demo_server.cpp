#include "demo/demo_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "base/error.hpp"
#include "base/json_quote.hpp"
#include "cli/terminal/screen.hpp"

namespace tidegate::demo {
namespace {

constexpr std::chrono::seconds k_time_to_stop{20};
constexpr std::chrono::seconds k_time_to_prepare{60};

Error cannot(std::string_view what, const std::string& path) {
  return {ErrorKind::config, fmt::format("cannot {} '{}': {}", what, path, std::strerror(errno))};
}

void write_file(const std::string& path, std::string_view text) {
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) throw cannot("write", path);
  cli::write_all(descriptor, text);
  ::close(descriptor);
}

/// Nothing where this process may run the server itself.
const passwd* other_user(const engine::ServerRecipe& recipe) {
  if (::geteuid() != 0 || recipe.user_for_root.empty()) return nullptr;
  if (const auto* user = ::getpwnam(recipe.user_for_root.c_str())) return user;
  throw Error(ErrorKind::config,
              fmt::format("the server does not run as root, and there is no user '{}' to run it as",
                          recipe.user_for_root),
              "run the demo as another user than root");
}

void give(const std::string& path, const passwd* user) {
  if (user == nullptr) return;
  if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) throw cannot("give away", path);
}

}  // namespace

TemporaryDirectory::TemporaryDirectory() {
  const char* root = std::getenv("TMPDIR");
  std::string name =
      std::string(root != nullptr && *root != '\0' ? root : "/tmp") + "/tidegate-demo-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) throw cannot("make a temporary directory", name);
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  if (kept_) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(std::string_view name, std::string_view text) const {
  auto file = path(name);
  write_file(file, text);
  return file;
}

DemoServer::DemoServer(engine::ServerRecipe recipe, std::string directory)
    : recipe_(std::move(recipe)), directory_(std::move(directory)), log_(directory_ + ".log") {
  const auto* user = other_user(recipe_);
  give(directory_, user);
  for (const auto& [name, text] : recipe_.files) {
    write_file(directory_ + "/" + name, text);
    give(directory_ + "/" + name, user);
  }
  for (const auto& command : recipe_.prepare) {
    const auto done = run_child(
        {as_its_user(command, Life::attached), {}, ChildStream::null(), ChildStream::pipe()},
        k_time_to_prepare);
    if (!done.exit.ok()) {
      throw Error(ErrorKind::config,
                  fmt::format("'{}' has failed: {}", command.front(), one_line(done.err)));
    }
  }
}

DemoServer::~DemoServer() {
  if (child_ || !left_) stop();
}

std::vector<std::string> DemoServer::as_its_user(std::vector<std::string> command,
                                                 Life life) const {
  const auto* user = other_user(recipe_);
  if (user == nullptr) return command;
  std::vector<std::string> line{"setpriv", "--reuid=" + recipe_.user_for_root,
                                fmt::format("--regid={}", user->pw_gid), "--init-groups"};
  if (life == Life::attached) line.insert(line.end(), {"--pdeathsig", "QUIT"});
  line.emplace_back("--");
  line.insert(line.end(), command.begin(), command.end());
  return line;
}

void DemoServer::start(Access access, Life life) {
  const auto line =
      as_its_user(access == Access::unguarded ? recipe_.unguarded : recipe_.guarded, life);
  if (life == Life::detached) {
    start_detached(line);
    return;
  }
  child_.emplace(ChildCommand{line, {}, ChildStream::file(log_), ChildStream::file(log_)});
  pid_ = child_->pid();
}

// A child of ours dies with us; a grandchild in a session of its own does not.
void DemoServer::start_detached(const std::vector<std::string>& command) {
  std::vector<std::string> line{"/bin/sh", "-c",
                                "log=$1; shift; setsid \"$@\" >>\"$log\" 2>&1 </dev/null & echo $!",
                                "sh", log_};
  line.insert(line.end(), command.begin(), command.end());
  const auto result =
      run_child({line, {}, ChildStream::pipe(), ChildStream::null()}, std::chrono::seconds{10});
  const auto* end = result.out.data() + result.out.size();
  if (!result.exit.ok() || std::from_chars(result.out.data(), end, pid_).ec != std::errc()) {
    throw Error(ErrorKind::config, fmt::format("cannot start '{}'", recipe_.program));
  }
}

void DemoServer::stop() {
  if (pid_ > 0) ::kill(pid_, recipe_.stop_signal);
  if (child_) {
    if (!child_->wait(k_time_to_stop)) child_->terminate(std::chrono::seconds{1});
    child_.reset();
  }
  pid_ = 0;
}

std::string DemoServer::how_to_stop() const {
  return fmt::format("kill -s {} {}", recipe_.stop_signal == SIGINT ? "INT" : "TERM", pid_);
}

}  // namespace tidegate::demo
