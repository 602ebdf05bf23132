// Documents pass through the program in verify alone, and there in small batches: its memory does
// not grow with them. Nor with the number of large objects in an archive's list.

#include <gtest/gtest.h>

#include <iostream>

#include "bench/generate.hpp"
#include "support/postgresql_program.hpp"
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

class MemoryOfArchives : public PostgresqlProgram {};

TEST_F(MemoryOfArchives, DoesNotGrowWithTheNumberOfLargeObjects) {
#ifdef TIDEGATE_SANITIZED
  GTEST_SKIP() << "a sanitizer's shadow memory counts";
#endif
  configure(R"({"directory": "archives"})");
  const auto few = tidegate(0, {"snapshot"}).peak_rss_bytes;
  auto inside = in(production());
  inside.run("SELECT lo_create(0) FROM generate_series(1, 30000)");
  // One entry of the list each, and one for its grant.
  inside.run(
      "UPDATE pg_largeobject_metadata SET lomacl = array_append(coalesce(lomacl, "
      "acldefault('L', lomowner)), makeaclitem((SELECT oid FROM pg_roles WHERE rolname = " +
      inside.literal(user()) + "), lomowner, 'SELECT', false))");
  constexpr std::int64_t k_little = 4LL * 1024 * 1024;  // a list of 60,000 entries took 13 MB
  for (const std::vector<std::string>& verb :
       {std::vector<std::string>{"snapshot"}, {"restore", "pr-1"}}) {
    const auto outcome = tidegate(0, verb);
    std::cout << verb.front() << ": " << outcome.peak_rss_bytes / 1024 / 1024 << " MiB, with few "
              << few / 1024 / 1024 << " MiB\n";
    EXPECT_LT(outcome.peak_rss_bytes, few + k_little) << verb.front();
  }
}

}  // namespace
}  // namespace tidegate::test
