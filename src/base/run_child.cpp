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

ChildResult run_child(Run& run, const ChildCommand& command, milliseconds grace) {
  run.check();
  ChildResult result;
  Child child(command);
  const Ender ender(child, grace);
  const auto collect = [&](milliseconds limit) {
    result.out += child.read_out(limit);
    result.err += child.read_err(milliseconds{0});
  };
  while (child.running()) {
    run.check();
    collect(k_tick);
    child.wait(milliseconds{1});
  }
  collect(milliseconds{0});
  result.exit = *child.wait(milliseconds{0});
  return result;
}

}  // namespace tidegate
