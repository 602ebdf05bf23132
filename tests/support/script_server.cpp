#include "support/script_server.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace tidegate::test {

using namespace std::chrono_literals;

ScriptServer::ScriptServer(std::vector<std::string> argv) {
  std::array<int, 2> input{};
  if (::pipe2(input.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  ChildCommand command;
  command.argv = std::move(argv);
  command.environment = {"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null"};
  command.in = ChildStream::descriptor(input[0]);
  command.out = ChildStream::pipe();
  command.err = ChildStream::inherit();
  child_.emplace(command);
  ::close(input[0]);
  input_ = input[1];
  std::string said;
  while (said.find('\n') == std::string::npos && child_->running()) said += child_->read_out(100ms);
  if (said.empty()) throw std::runtime_error(command.argv[1] + " did not start");
  port_ = std::stoi(said);
}

ScriptServer::~ScriptServer() {
  ::close(input_);
  child_->terminate(2s);
}

}  // namespace tidegate::test
