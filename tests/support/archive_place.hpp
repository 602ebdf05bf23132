#pragma once

/// A real directory with archives in it, and processes that die while they write there.

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "archive/directory/directory.hpp"
#include "support/fake_clock.hpp"
#include "support/program.hpp"
#include "support/witnesses.hpp"

namespace tidegate::test {

/// How a child process that did some work ended.
struct ChildEnd {
  int code = 0;  ///< 0: the work returned; 1: it threw an Error; 2: anything else
  bool killed = false;
  std::string message;  ///< of the Error
};

/// Does the work in a forked child, as another user where one is named (only root can).
ChildEnd in_child(const std::function<void()>& work, int as_user = -1);

/// A step counter that dies (SIGKILL) or throws at step number `at`.
enum class Strike { kill, fail };
std::function<void(std::string_view)> strike_at(int at, Strike how);

struct ArchivePlace : public testing::Test {
  std::unique_ptr<archive::Store> store(const std::function<void(std::string_view)>& before = {});
  /// Takes the lock, writes `text` as a draft, publishes it. The clock does not advance.
  archive::Entry put(archive::Store& store, const std::string& text,
                     const std::string& database = "syrf");
  archive::Entry put(const std::string& text) { return put(*store(), text); }
  archive::Listing list(const std::string& database = "syrf");
  /// Names and contents of all files below; locks are left out.
  std::map<std::string, std::string> files() const;
  std::vector<std::string> names() const;
  std::filesystem::path place() const { return directory.path() / "snapshots"; }
  std::filesystem::path path(const std::string& name) const { return place() / name; }
  Metadata metadata() const;

  TempDir directory{"archives"};
  FakeClock clock;
  WitnessedRun witnessed{clock};
  tidegate::Run& run = witnessed.run;
};

}  // namespace tidegate::test
