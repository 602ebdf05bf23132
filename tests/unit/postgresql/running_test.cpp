#include "engine/postgresql/driver/running.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "support/program.hpp"
#include "support/witnesses.hpp"

namespace tidegate::engine::postgresql {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Running : public testing::Test {
  // A script that is called like PostgreSQL's programs.
  ProgramCall script(const std::string& text, const std::string& name = "pg_dump") {
    const auto path = directory.path() / name;
    std::ofstream(path) << "#!/bin/sh\n" << text << "\n";
    fs::permissions(path, fs::perms::owner_all);
    ProgramCall call;
    call.program = path;
    call.out = ChildStream::pipe();
    return call;
  }
  Error failure(const ProgramCall& call) {
    try {
      run_program(witnessed.run, call);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "it succeeded";
    return Error(ErrorKind::internal, "");
  }
  test::TempDir directory{"tidegate-running"};
  RealClock clock;
  test::WitnessedRun witnessed{clock};
};

TEST_F(Running, ReturnsTheOutputOfAProgram) {
  std::vector<std::string> lines;
  WaitCallbacks meanwhile;
  meanwhile.line = [&](std::string_view line) { lines.emplace_back(line); };
  const auto ended = run_program(
      witnessed.run, script("echo out; echo 'pg_dump: one' >&2; printf 'pg_dump: two' >&2"),
      meanwhile);
  EXPECT_EQ(ended.out, "out\n");
  EXPECT_THAT(lines, ElementsAre("pg_dump: one", "pg_dump: two"));
}

TEST_F(Running, ReadsAllOfALongOutput) {
  int lines = 0;
  WaitCallbacks meanwhile;
  meanwhile.line = [&](std::string_view) { ++lines; };
  run_program(witnessed.run, script("seq 1 100000 >&2"), meanwhile);
  EXPECT_EQ(lines, 100'000);
}

TEST_F(Running, SpeaksEnglishAndHidesNothingInArguments) {
  const Conninfo conninfo(
      {Secret("postgresql://app:hunter22@db/x"), {}, {}, "databases.shop.production.uri"});
  const ServiceFile service(conninfo);
  auto call = script("echo $LC_ALL; tr '\\0' ' ' < /proc/$$/cmdline; cat $PGSERVICEFILE");
  call.arguments = {ServiceFile::argument()};
  call.where = &service;
  const auto said = run_program(witnessed.run, call).out;
  EXPECT_THAT(said, HasSubstr("C\n"));
  EXPECT_THAT(said.substr(0, said.find("[tidegate]")), ::testing::Not(HasSubstr("hunter22")));
  EXPECT_THAT(said, HasSubstr("password=hunter22"));
}

TEST_F(Running, MakesAnErrorOfAFailedProgramsOutput) {
  const auto error = failure(script("echo 'pg_dump: error: query failed: ERROR:  x' >&2; exit 1"));
  EXPECT_EQ(error.kind(), ErrorKind::remote);
  EXPECT_EQ(error.message(), "pg_dump failed: query failed: ERROR:  x");
  EXPECT_THAT(failure(script("kill -9 $$")).message(), HasSubstr("signal 9"));
}

TEST_F(Running, LogsWarnings) {
  run_program(witnessed.run, script("echo 'pg_dump: warning: circular' >&2"));
  ASSERT_EQ(witnessed.lines.size(), 1U);
  EXPECT_THAT(witnessed.lines[0], HasSubstr("pg_dump: circular"));
}

TEST_F(Running, EndsTheProgramWhenTheRunIsStopped) {
  const auto trace = directory.path() / "trace";
  auto call = script("trap 'echo asked > " + trace.string() +
                     "; exit 1' TERM; echo 'pg_dump: ready' >&2; sleep 600 & wait");
  WaitCallbacks meanwhile;
  meanwhile.line = [&](std::string_view) { witnessed.stop.request_stop(); };
  try {
    run_program(witnessed.run, call, meanwhile);
    FAIL() << "it continued";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::cancelled);
  }
  EXPECT_TRUE(fs::exists(trace)) << "it got no signal first";
}

std::string content(const fs::path& path) {
  std::string text;
  std::ifstream(path) >> text;
  return text;
}

bool is_gone(const std::string& pid) {
  std::string stat;
  std::ifstream file("/proc/" + pid + "/stat");
  std::getline(file, stat);
  return stat.empty() || stat.find(") Z ") != std::string::npos;
}

TEST_F(Running, KillsAProgramThatDoesNotEndAndItsChildren) {
  const auto pid_file = directory.path() / "pid";
  auto call = script("trap '' TERM; sh -c 'echo $$ > " + pid_file.string() +
                     "; while :; do sleep 1; done' & while :; do sleep 1; done");
  WaitCallbacks meanwhile;
  meanwhile.tick = [&] {
    if (!content(pid_file).empty()) witnessed.stop.request_stop();
  };
  EXPECT_THROW(run_program(witnessed.run, call, meanwhile), Error);
  const auto pid = content(pid_file);
  ASSERT_FALSE(pid.empty());
  EXPECT_TRUE(test::eventually([&] { return is_gone(pid); }, 30s));
}

TEST_F(Running, EndsTheProgramAtTheTimeLimit) {
  test::WitnessedRun brief(clock, 300ms);
  try {
    run_program(brief.run, script("sleep 600"));
    FAIL() << "it continued";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::timeout);
  }
}

TEST_F(Running, EndsTheOthersWhenOneFails) {
  const auto stays = script("sleep 600", "pg_restore");
  const auto fails = script("echo 'pg_dump: error: no' >&2; exit 3");
  const auto ended = run_together(witnessed.run, {stays, fails});
  ASSERT_EQ(ended.size(), 2U);
  EXPECT_EQ(ended[0].exit.signal, 15);
  EXPECT_EQ(ended[0].how(), "signal 15");
  EXPECT_EQ(ended[1].how(), "exit code 3");
}

TEST_F(Running, SignalsAllProgramsBeforeItWaitsForAny) {
  const auto file = [&](const char* name) { return (directory.path() / name).string(); };
  // The first ends after the second has got the signal.
  const auto first = script(
      "trap 'until [ -e " + file("second") + " ]; do sleep 0.01; done; touch " + file("first") +
          "; exit' TERM\ntouch " + file("ready1") + "\nwhile :; do sleep 0.01; done",
      "pg_dump");
  const auto second = script("trap 'touch " + file("second") + "; exit' TERM\ntouch " +
                                 file("ready2") + "\nwhile :; do sleep 0.01; done",
                             "pg_restore");
  WaitCallbacks meanwhile;
  meanwhile.tick = [&] {
    if (fs::exists(file("ready1")) && fs::exists(file("ready2"))) witnessed.stop.request_stop();
  };
  EXPECT_THROW(run_together(witnessed.run, {first, second}, meanwhile), Error);
  EXPECT_TRUE(fs::exists(file("first")));
}

}  // namespace
}  // namespace tidegate::engine::postgresql
