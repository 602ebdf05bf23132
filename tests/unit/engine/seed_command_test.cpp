#include "engine/seed_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/fake_world.hpp"
#include "support/program.hpp"
#include "support/witnesses.hpp"

namespace tidegate::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class SeedCommand : public testing::Test {
 protected:
  void run(const std::string& command, const std::string& target = "pr-42") {
    const Gate gate(topology_);
    engine::run_seed_command(witnessed_.run, command, gate.permit(*parse_target(target), {}),
                             "scheme://user:s3cret-word@host/name");
  }
  std::string written() const {
    std::ifstream in(directory_.path() / "out");
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string out() const { return (directory_.path() / "out").string(); }

  TempDir directory_;
  FakeClock clock_;
  Topology topology_ = syrf_topology();
  WitnessedRun witnessed_{clock_};
};

TEST_F(SeedCommand, FindsInItsEnvironmentWhereItIsToWrite) {
  run("echo $TIDEGATE_URI $TIDEGATE_DATABASE $TIDEGATE_TARGET $TIDEGATE_NUMBER >" + out());
  EXPECT_EQ(written(), "scheme://user:s3cret-word@host/name syrf_pr_42 pr-42 42\n");
}

TEST_F(SeedCommand, FailsWithItsLastWordsAndWithoutTheSecret) {
  const auto error =
      error_of([&] { run("echo begun; echo \"no way to $TIDEGATE_URI\" >&2; exit 3"); });
  EXPECT_EQ(error.kind(), ErrorKind::remote);
  EXPECT_THAT(error.message(), AllOf(HasSubstr("'pr-42'"), HasSubstr("exit code 3"),
                                     HasSubstr("no way to"), Not(HasSubstr("s3cret-word"))));
  EXPECT_THAT(error.hint(), HasSubstr("previews.seed.command"));
}

TEST_F(SeedCommand, MaySayAnyAmount) {
  run("i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; "
      "i=$((i+1)); done; printf 'no end of line'");
}

}  // namespace
}  // namespace tidegate::test
