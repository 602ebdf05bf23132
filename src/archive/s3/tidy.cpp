#include "archive/s3/tidy.hpp"

namespace tidegate::archive::s3 {
namespace {

/// A draft calls it up to three times; after a stop the program must end within seconds.
constexpr std::chrono::milliseconds k_limit{5'000}, k_limit_after_stop{2'000};

}  // namespace

void tidy(const Run& run, const std::function<void(Run&)>& work) noexcept {
  try {
    Run own(run.id(), run.clock(), run.log(), run.progress(), {},
            run.stop().stop_requested() ? k_limit_after_stop : k_limit);
    work(own);
  } catch (const std::exception& error) {
    run.log().warning(
        "cleaning up in the object store failed; the next run removes the remaining objects",
        {{"run", run.id()}, {"error", error.what()}});
  }
}

}  // namespace tidegate::archive::s3
