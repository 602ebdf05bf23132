#include "gitops/folder.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "gitops/objects.hpp"
#include "support/program.hpp"

namespace tidegate::gitops {
namespace {

namespace fs = std::filesystem;

void put(const fs::path& path, const std::string& first_line) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << first_line << "\nkind: \"ConfigMap\"\n";
}

TEST(Folder, HasFilesOfDatabasesThatAreGoneAsTooMany) {
  const test::TempDir place;
  const auto mark = "# " + std::string(k_comment);
  put(place.path() / "old/producer/cronjob.yaml", mark);
  put(place.path() / "old/targets/staging/jobs/restore.yaml", mark);
  put(place.path() / "old/previews/pr-7/jobs/restore.yaml", mark);
  put(place.path() / "old/sweep/own.yaml", "# of another tool");
  put(place.path() / "app/producer/cronjob.yaml", mark);
  const auto found = folders_in(place.path());
  const std::set<std::string> folders(found.begin(), found.end());
  EXPECT_EQ(folders,
            (std::set<std::string>{"old/producer", "old/targets", "old/sweep", "app/producer"}));
  std::set<std::string> removed;
  for (const auto& drift : write({}, folders, place.path())) removed.insert(drift.path);
  EXPECT_EQ(removed,
            (std::set<std::string>{"old/producer/cronjob.yaml", "app/producer/cronjob.yaml",
                                   "old/targets/staging/jobs/restore.yaml"}));
  EXPECT_TRUE(fs::exists(place.path() / "old/previews/pr-7/jobs/restore.yaml"));
  EXPECT_TRUE(fs::exists(place.path() / "old/sweep/own.yaml"));
}

TEST(Folder, ThatIsNotThereHasNone) {
  const test::TempDir place;
  EXPECT_TRUE(folders_in(place.path() / "none").empty());
}

}  // namespace
}  // namespace tidegate::gitops
