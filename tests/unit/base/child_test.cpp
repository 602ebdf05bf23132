#include "base/child.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/error.hpp"

namespace tidegate {
namespace {

using namespace std::chrono_literals;

ChildCommand shell(const std::string& script) {
  ChildCommand command;
  command.argv = {"sh", "-c", script};
  command.out = ChildStream::pipe();
  command.err = ChildStream::pipe();
  return command;
}

std::string temporary_path(const std::string& name) {
  return testing::TempDir() + "tidegate-" + std::to_string(::getpid()) + "-" + name;
}

// A zombie whose parent is another process counts as gone.
bool is_alive(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(stat, line)) return false;
  const auto state = line.substr(line.rfind(')') + 2, 1);
  return state != "Z" && state != "X";
}

bool dies_within(pid_t pid, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  while (is_alive(pid)) {
    if (std::chrono::steady_clock::now() > end) return false;
  }
  return true;
}

// Reads until the child has written a whole line.
std::string first_line(Child& child) {
  std::string text;
  for (int i = 0; i < 100 && text.find('\n') == std::string::npos; ++i)
    text += child.read_out(100ms);
  return text.substr(0, text.find('\n'));
}

TEST(Child, GivesBackOutputAndExitCode) {
  const auto result = run_child(shell("echo out; echo err >&2; exit 3"), 10s);
  EXPECT_EQ(result.out, "out\n");
  EXPECT_EQ(result.err, "err\n");
  EXPECT_EQ(result.exit.code, 3);
  EXPECT_EQ(result.exit.signal, 0);
  EXPECT_FALSE(result.exit.ok());
  EXPECT_FALSE(result.timed_out);
}

TEST(Child, CreatesFilesReadableByItsUserOnly) {
  EXPECT_EQ(run_child(shell("umask"), 10s).out, "0077\n");
}

TEST(Child, PassesArgumentsWithoutAShell) {
  ChildCommand command;
  command.argv = {"printf", "%s|", "a b", "$HOME", "*", "'\"", ""};
  command.out = ChildStream::pipe();
  const auto result = run_child(command, 10s);
  EXPECT_EQ(result.out, "a b|$HOME|*|'\"||");
  EXPECT_TRUE(result.exit.ok());
}

TEST(Child, CollectsMoreThanAPipeHolds) {
  const auto result =
      run_child(shell("head -c 1000000 /dev/zero; head -c 300000 /dev/zero >&2"), 20s);
  EXPECT_EQ(result.out.size(), 1'000'000U);
  EXPECT_EQ(result.err.size(), 300'000U);
}

TEST(Child, AddsToAndReplacesTheEnvironment) {
  ASSERT_EQ(::setenv("TIDEGATE_TEST_KEPT", "kept", 1), 0);
  ASSERT_EQ(::setenv("TIDEGATE_TEST_CHANGED", "before", 1), 0);
  auto command = shell("echo $TIDEGATE_TEST_KEPT $TIDEGATE_TEST_CHANGED $TIDEGATE_TEST_NEW");
  command.environment = {"TIDEGATE_TEST_CHANGED=after", "TIDEGATE_TEST_NEW=new"};
  EXPECT_EQ(run_child(command, 10s).out, "kept after new\n");
}

TEST(Child, ReadsNothingFromStandardInput) {
  EXPECT_EQ(run_child(shell("cat; echo end"), 10s).out, "end\n");
}

TEST(Child, WritesToAPrivateFileAndAppends) {
  const auto path = temporary_path("out");
  std::filesystem::remove(path);
  auto command = shell("echo line; echo other >&2");
  command.out = ChildStream::file(path);
  command.err = ChildStream::file(path);
  run_child(command, 10s);
  run_child(command, 10s);
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  EXPECT_EQ(text.str(), "line\nother\nline\nother\n");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  std::filesystem::remove(path);
}

TEST(Child, NamesTheMissingProgram) {
  try {
    Child child({{"tidegate-no-such-program"}, {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_EQ(error.message(), "there is no program 'tidegate-no-such-program'");
  }
}

TEST(Child, GivesTheReasonWhyAProgramCannotBeRun) {
  const auto path = temporary_path("not-a-program");
  std::ofstream(path) << "\x7f"
                         "ELF nonsense";
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  try {
    Child child({{path}, {}});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::config);
    EXPECT_NE(error.message().find("cannot start '" + path + "'"), std::string::npos);
  }
  std::filesystem::remove(path);
}

TEST(Child, IsKilledWhenItTakesTooLong) {
  const auto result = run_child(shell("echo begun; exec sleep 1000"), 200ms);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.out, "begun\n");
  EXPECT_NE(result.exit.signal, 0);
}

TEST(Child, TerminateSendsSigtermFirst) {
  Child child(shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done"));
  ASSERT_EQ(first_line(child), "ready");
  EXPECT_TRUE(child.running());
  EXPECT_EQ(child.terminate(10s).code, 7);
  EXPECT_FALSE(child.running());
}

TEST(Child, TerminateKillsAChildThatIgnoresSigterm) {
  Child child(shell("trap '' TERM; echo ready; while :; do sleep 0.01; done"));
  ASSERT_EQ(first_line(child), "ready");
  EXPECT_EQ(child.terminate(50ms).signal, SIGKILL);
}

TEST(Child, DestructionKillsTheProcessGroup) {
  pid_t grandchild = 0, pid = 0;
  {
    Child child(shell("sleep 1000 & echo $!; wait"));
    grandchild = static_cast<pid_t>(std::stol(first_line(child)));
    pid = child.pid();
    EXPECT_EQ(::getpgid(grandchild), pid);
    ASSERT_TRUE(is_alive(grandchild));
  }
  EXPECT_FALSE(is_alive(pid));
  EXPECT_TRUE(dies_within(grandchild, 10s));
}

TEST(Child, ProcessesItLeavesBehindDieWithIt) {
  Child child(shell("sleep 1000 & echo $!"));
  const auto grandchild = static_cast<pid_t>(std::stol(first_line(child)));
  ASSERT_TRUE(child.wait(10s));
  EXPECT_TRUE(child.wait(0ms)->ok());
  EXPECT_TRUE(dies_within(grandchild, 10s));
}

TEST(Child, DiesWithItsParent) {
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(::pipe(pipe_ends.data()), 0);
  const pid_t parent = ::fork();
  if (parent == 0) {
    Child child({{"sleep", "1000"}, {}});
    const pid_t pid = child.pid();
    if (::write(pipe_ends[1], &pid, sizeof pid) != static_cast<ssize_t>(sizeof pid)) ::_exit(1);
    ::kill(::getpid(), SIGKILL);
  }
  pid_t pid = 0;
  ASSERT_EQ(::read(pipe_ends[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  ::waitpid(parent, nullptr, 0);
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
  EXPECT_TRUE(dies_within(pid, 10s));
}

TEST(Child, BeginsWithSignalsUnblocked) {
  sigset_t set, before;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGTERM);
  ::pthread_sigmask(SIG_BLOCK, &set, &before);
  Child child({{"sleep", "1000"}, {}});
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  EXPECT_EQ(child.terminate(10s).signal, SIGTERM);
}

TEST(Child, InheritsNoOtherDescriptor) {
  const int left_open = ::dup(STDERR_FILENO);
  ASSERT_GT(left_open, 2);
  ChildCommand command;
  command.argv = {"ls", "/proc/self/fd"};
  command.out = ChildStream::pipe();
  const auto result = run_child(command, 10s);
  ::close(left_open);
  EXPECT_EQ(result.out, "0\n1\n2\n3\n");  // the fourth is the folder that ls reads
}

TEST(Child, CanBeMoved) {
  Child first(shell("echo moved; exit 4"));
  Child second(std::move(first));
  EXPECT_EQ(first_line(second), "moved");
  EXPECT_EQ(second.wait(10s)->code, 4);
}

TEST(Child, ReadsFromADescriptorAndKeepsNamedOnes) {
  std::array<int, 2> in{}, extra{};
  ASSERT_EQ(::pipe2(in.data(), O_CLOEXEC), 0);
  ASSERT_EQ(::pipe2(extra.data(), O_CLOEXEC), 0);
  auto command = shell("cat; echo from 4 >&4; ls /proc/self/fd | wc -l");
  command.in = ChildStream::descriptor(in[0]);
  command.descriptors = {in[0], extra[1]};
  ASSERT_EQ(::write(in[1], "hello\n", 6), 6);
  ::close(in[1]);
  const auto result = run_child(command, 10s);
  // The three streams, the two inherited descriptors, and the one that ls uses to read the folder.
  EXPECT_EQ(result.out, "hello\n6\n");
  std::array<char, 32> got{};
  EXPECT_EQ(::read(extra[0], got.data(), got.size()), 7);
  EXPECT_STREQ(got.data(), "from 4\n");
  for (const int each : {in[0], extra[0], extra[1]}) ::close(each);
}

TEST(Child, IsTheOneThatAnotherWritesTo) {
  std::array<int, 2> between{};
  ASSERT_EQ(::pipe2(between.data(), O_CLOEXEC), 0);
  auto writer = shell("seq 1 50000");
  writer.out = ChildStream::descriptor(between[1]);
  auto reader = shell("tail -n 1");
  reader.in = ChildStream::descriptor(between[0]);
  Child writing(writer);
  ::close(between[1]);
  const auto result = run_child(reader, 30s);
  ::close(between[0]);
  EXPECT_EQ(result.out, "50000\n");
  EXPECT_TRUE(writing.wait(10s)->ok());
}

}  // namespace
}  // namespace tidegate
