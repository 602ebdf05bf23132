// Documents pass through the program in verify alone, and there in small batches: its memory does
// not grow with them.

#include <gtest/gtest.h>

#include <iostream>

#include "bench/generate.hpp"
#include "support/program_flow.hpp"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TIDEGATE_SANITIZED 1
#endif

namespace tidegate::test {
namespace {

constexpr std::int64_t k_limit = 32LL * 1024 * 1024;

TEST(Memory, OfCopyingStaysBelowThirtyTwoMebibytes) {
#ifdef TIDEGATE_SANITIZED
  GTEST_SKIP() << "a sanitizer's shadow memory counts";
#endif
  TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
  Flow flow(*server, built_program(), "memory");
  bench::generate(server->uri(), flow.production(), {.bytes = 80'000'000, .seed = 5});
  for (const std::vector<std::string>& verb : {std::vector<std::string>{"snapshot"},
                                               {"restore", "pr-1"},
                                               {"restore", "pr-1"},
                                               {"verify", "pr-1"},
                                               {"status"}}) {
    const auto outcome = flow.expect(0, verb);
    std::cout << verb.front() << ": " << outcome.peak_rss_bytes / 1024 / 1024 << " MiB, "
              << outcome.cpu_seconds << " s of CPU in " << outcome.elapsed.count() << " ms\n";
    EXPECT_LT(outcome.peak_rss_bytes, k_limit) << verb.front();
    EXPECT_GT(outcome.peak_rss_bytes, 0);
  }
}

}  // namespace
}  // namespace tidegate::test
