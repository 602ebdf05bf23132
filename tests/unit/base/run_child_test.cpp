#include "base/run_child.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "base/scratch_directory.hpp"

namespace tidegate {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

class RunChild : public testing::Test {
 protected:
  tidegate::Run& run(std::optional<std::chrono::milliseconds> limit = std::nullopt) {
    run_.emplace("r1", clock, log, progress, stop.get_token(), limit);
    return *run_;
  }
  static ChildCommand shell(const std::string& script) {
    ChildCommand command;
    command.argv = {"sh", "-c", script};
    command.out = ChildStream::pipe();
    command.err = ChildStream::pipe();
    return command;
  }

  RealClock clock;
  Redactor redactor;
  Log log{LogLevel::info, LogFormat::text, redactor, [](std::string_view) {}};
  SilentProgress progress;
  std::stop_source stop;
  std::optional<tidegate::Run> run_;
};

TEST_F(RunChild, ReturnsAllOutputAndTheExitStatus) {
  const auto result =
      run_child(run(), shell("head -c 300000 /dev/zero | tr '\\0' x; echo no >&2; exit 3"));
  EXPECT_EQ(result.out.size(), 300000U);
  EXPECT_EQ(result.err, "no\n");
  EXPECT_EQ(result.exit.code, 3);
}

TEST_F(RunChild, EndsAlthoughAGrandchildWritesWithoutEnd) {
  const auto result = run_child(run(), shell("setsid yes & sleep 0.1; echo done >&2"));
  EXPECT_EQ(result.exit.code, 0);
  EXPECT_EQ(result.err, "done\n");
}

TEST_F(RunChild, EndsWithTheRunAlthoughItNeverPauses) {
  try {
    run_child(run(300ms), shell("exec yes"), 100ms);
    FAIL() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::timeout);
  }
}

TEST_F(RunChild, EndsItWithTheRun) {
  const ScratchDirectory scratch("test");
  const auto file = (scratch.path() / "begun").string();
  const std::jthread stopper([&] {
    while (!fs::exists(file)) std::this_thread::sleep_for(5ms);
    stop.request_stop();
  });
  try {
    run_child(run(), shell("touch '" + file + "'; sleep 60"));
    FAIL() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  }
}

TEST_F(RunChild, KillsAStubbornChildAtTheTimeLimit) {
  try {
    run_child(run(200ms), shell("trap '' TERM; sleep 60 & wait; wait"), 100ms);
    FAIL() << "it went on";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::timeout);
  }
}

TEST(ScratchDirectory, IsPrivateAndRemovedWithTheObject) {
  fs::path path;
  {
    const ScratchDirectory scratch("test");
    path = scratch.path();
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
    std::ofstream(path / "file") << "text";
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(ScratchDirectory, RemovesAbandonedDirectoriesOfItsPurposeOnly) {
  const auto dead = scratch_place() / "tidegate-test-dead01";
  const auto other = scratch_place() / "tidegate-other-dead01";
  fs::create_directories(dead);
  fs::create_directories(other);
  const ScratchDirectory first("test");
  const ScratchDirectory second("test");
  EXPECT_FALSE(fs::exists(dead));
  EXPECT_TRUE(fs::exists(other));
  EXPECT_TRUE(fs::exists(first.path())) << "it lives";
  fs::remove(other);
}

}  // namespace
}  // namespace tidegate
