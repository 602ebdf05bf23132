#include "archive/s3/tidy.hpp"

namespace tidegate::archive::s3 {
namespace {

constexpr std::chrono::milliseconds k_limit{5'000};

}  // namespace

void tidy(const Run& run, const std::function<void(Run&)>& work) noexcept {
  try {
    Run own(run.id(), run.clock(), run.log(), run.progress(), {}, k_limit);
    work(own);
  } catch (const std::exception& error) {
    run.log().warning("something was left in the object store; the next run clears it",
                      {{"run", run.id()}, {"error", error.what()}});
  }
}

}  // namespace tidegate::archive::s3
