#include "cli/demo_server.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>

#include "base/error.hpp"
#include "cli/loopback.hpp"
#include "cli/screen.hpp"

namespace tidegate::cli {
namespace {

constexpr std::chrono::seconds k_time_to_stop{20};
constexpr std::string_view k_replica_set = "tidegate-demo";

std::string variable(const config::Environment& environment, const std::string& name) {
  const auto at = environment.find(name);
  return at == environment.end() ? std::string() : at->second;
}

std::optional<std::string> installed(const std::string& name, const std::string& in_cache) {
  if (auto found = find_program(name)) return found;
  if (::access(in_cache.c_str(), X_OK) == 0) return in_cache;
  return std::nullopt;
}

}  // namespace

ServerProgram find_server_program(const config::Environment& environment) {
  using Family = ServerProgram::Family;
  if (const auto mongod = find_program("mongod")) return {Family::mongod, "mongod", *mongod};
  auto cache = variable(environment, "XDG_CACHE_HOME");
  if (cache.empty()) cache = variable(environment, "HOME") + "/.cache";
  cache += "/tidegate";
  const auto fast = installed("secantusd-rs", cache + "/secantusd/bin/secantusd-rs");
  if (fast) return {Family::stand_in, "secantusd-rs", *fast};
  const auto simple = installed("secantusd-py", cache + "/secantusd-py/bin/secantusd-py");
  if (simple) return {Family::stand_in, "secantusd-py", *simple};
  throw Error(ErrorKind::config, "there is no MongoDB server to show it on",
              "'./dev setup' installs a small one, 'mongod' on the PATH is used where it is there, "
              "and 'tidegate demo --uri URI' uses a server of yours");
}

TemporaryDirectory::TemporaryDirectory() {
  const char* root = std::getenv("TMPDIR");
  std::string name =
      std::string(root != nullptr && *root != '\0' ? root : "/tmp") + "/tidegate-demo-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    throw Error(ErrorKind::config, fmt::format("cannot make a temporary directory '{}': {}", name,
                                               std::strerror(errno)));
  }
  path_ = name;
}

TemporaryDirectory::~TemporaryDirectory() {
  if (kept_) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TemporaryDirectory::write(std::string_view name, std::string_view text) const {
  const auto file = path(name);
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    throw Error(ErrorKind::config,
                fmt::format("cannot write '{}': {}", file, std::strerror(errno)));
  }
  write_all(descriptor, text);
  ::close(descriptor);
  return file;
}

DemoServer::DemoServer(ServerProgram program, const TemporaryDirectory& directory)
    : program_(std::move(program)), directory_(directory), port_(free_port()) {
  std::filesystem::create_directory(directory_.path("data"));
  // What the members of a replica set tell each other; there is one member.
  directory_.write("key", "dGlkZWdhdGUgZGVtbyBvbmx5\n");
}

DemoServer::~DemoServer() {
  if (child_ || !left_) stop();
}

std::vector<std::string> DemoServer::command_line(Access access) const {
  const auto port = std::to_string(port_);
  const auto data = directory_.path("data");
  if (program_.family == ServerProgram::Family::stand_in) {
    std::vector<std::string> line{program_.path,    "--host", "127.0.0.1",   "--port", port,
                                  "--storage-path", data,     "--log-level", "ERROR"};
    if (access == Access::signed_in) line.emplace_back("--auth");
    return line;
  }
  std::vector<std::string> line{program_.path,
                                "--bind_ip",
                                "127.0.0.1",
                                "--port",
                                port,
                                "--dbpath",
                                data,
                                "--replSet",
                                std::string(k_replica_set),
                                "--nounixsocket",
                                "--oplogSize",
                                "64",
                                "--wiredTigerCacheSizeGB",
                                "0.25"};
  if (access == Access::signed_in) {
    line.emplace_back("--keyFile");
    line.push_back(directory_.path("key"));
  }
  return line;
}

void DemoServer::start(Access access, Life life) {
  const auto line = command_line(access);
  if (life == Life::detached) {
    start_detached(line);
    return;
  }
  const auto log = directory_.path("server.log");
  child_.emplace(ChildCommand{line, {}, ChildStream::file(log), ChildStream::file(log)});
  pid_ = child_->pid();
}

// A child of ours dies with us; a grandchild in a session of its own does not.
void DemoServer::start_detached(const std::vector<std::string>& command) {
  std::vector<std::string> line{"/bin/sh", "-c",
                                "log=$1; shift; setsid \"$@\" >>\"$log\" 2>&1 </dev/null & echo $!",
                                "sh", directory_.path("server.log")};
  line.insert(line.end(), command.begin(), command.end());
  const auto result =
      run_child({line, {}, ChildStream::pipe(), ChildStream::null()}, std::chrono::seconds{10});
  const auto* end = result.out.data() + result.out.size();
  if (!result.exit.ok() || std::from_chars(result.out.data(), end, pid_).ec != std::errc()) {
    throw Error(ErrorKind::config, fmt::format("cannot start '{}'", program_.path));
  }
}

void DemoServer::stop() {
  if (child_) {
    child_->terminate(k_time_to_stop);
    child_.reset();
  } else if (pid_ > 0) {
    ::kill(pid_, SIGTERM);
  }
  pid_ = 0;
}

std::string DemoServer::host() const { return fmt::format("127.0.0.1:{}", port_); }

std::string DemoServer::uri(bool direct) const {
  if (direct) return fmt::format("mongodb://{}/?directConnection=true", host());
  const bool real = program_.family == ServerProgram::Family::mongod;
  return fmt::format("mongodb://{}/?replicaSet={}&authSource=admin", host(),
                     real ? k_replica_set : "secantus");
}

}  // namespace tidegate::cli
