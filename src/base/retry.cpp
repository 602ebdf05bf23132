#include "base/retry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "base/duration.hpp"

namespace tidegate {
namespace {

using std::chrono::milliseconds;

bool worth_another_try(const Error& error) {
  return error.retryable() && error.kind() != ErrorKind::conflict &&
         error.kind() != ErrorKind::timeout;
}

milliseconds pause_after(int attempt, const Backoff& backoff) {
  auto pause = std::min(backoff.first, backoff.longest);
  for (int i = 1; i < attempt && pause < backoff.longest; ++i) {
    pause = std::min(pause * 2, backoff.longest);
  }
  thread_local std::minstd_rand random{std::random_device{}()};
  return pause + milliseconds{std::uniform_int_distribution<milliseconds::rep>(
                     0, pause.count() / 4)(random)};
}

Error after_tries(const Error& error, int tries, std::string_view addition) {
  const auto message = tries > 1
                           ? fmt::format("{} (tried {} times{})", error.message(), tries, addition)
                           : error.message();
  Error last(error.kind(), message, error.hint(), error.context());
  last.with_server_code(error.server_code());
  if (error.is_permanent()) last.mark_permanent();
  return last;
}

}  // namespace

void retry(Run& run, int tries, Backoff backoff, std::string_view what,
           const std::function<void(int attempt)>& attempt) {
  for (int number = 1;; ++number) {
    run.check();
    milliseconds pause{0};
    try {
      return attempt(number);
    } catch (const Error& error) {
      if (!worth_another_try(error) || number >= tries) throw after_tries(error, number, "");
      pause = pause_after(number, backoff);
      // The cause of the last failure is more useful than "time limit reached".
      if (const auto left = run.remaining(); left && *left <= pause) {
        throw after_tries(error, number, ", no time left for more");
      }
      run.log().warning(fmt::format("{} failed, trying again in {}", what, to_text(pause)),
                        {{"run", run.id()},
                         {"try", fmt::format("{} of {}", number, tries)},
                         {"kind", std::string(describe(error.kind()).name)},
                         {"error", error.message()}});
    }
    run.sleep(pause);
  }
}

}  // namespace tidegate
