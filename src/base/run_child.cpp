#include "base/run_child.hpp"

namespace tidegate {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_tick{50};

class Ender {
 public:
  Ender(Child& child, milliseconds grace) : child_(child), grace_(grace) {}
  ~Ender() { child_.terminate(grace_); }
  Ender(const Ender&) = delete;
  Ender& operator=(const Ender&) = delete;

 private:
  Child& child_;
  milliseconds grace_;
};

}  // namespace

ChildExit run_child(Run& run, const ChildCommand& command, const ChildListener& listener,
                    milliseconds grace) {
  run.check();
  Child child(command);
  const Ender ender(child, grace);
  const auto listen = [&](milliseconds limit) {
    const auto out = child.read_out(limit);
    const auto err = child.read_err(milliseconds{0});
    listener.out(out);
    listener.err(err);
  };
  while (child.running()) {
    run.check();
    listen(k_tick);
    child.wait(milliseconds{1});
  }
  // Reads the remaining output once; a process that the program started may continue to write.
  listen(milliseconds{0});
  return *child.wait(milliseconds{0});
}

ChildResult run_child(Run& run, const ChildCommand& command, milliseconds grace) {
  ChildResult result;
  const ChildListener listener{[&](std::string_view text) { result.out += text; },
                               [&](std::string_view text) { result.err += text; }};
  result.exit = run_child(run, command, listener, grace);
  return result;
}

}  // namespace tidegate
