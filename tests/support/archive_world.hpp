#pragma once

/// The use cases of archives over the fake server and a real directory, each as one line in a test.

#include "preview/source.hpp"
#include "snapshot/archive.hpp"
#include "snapshot/drill.hpp"
#include "snapshot/prove.hpp"
#include "snapshot/retain.hpp"
#include "support/archive_place.hpp"
#include "support/fake_world.hpp"

namespace tidegate::test {

struct ArchiveWorld : public FakeWorld {
  ArchiveWorld();

  std::unique_ptr<archive::Store> store(const std::function<void(std::string_view)>& before = {});
  snapshot::ArchiveTaken take_archive();
  Metadata fill_from_archive(std::string_view target, const std::string& from = {});
  snapshot::RestoreTestResult drill(const std::string& name = {});
  snapshot::ProofResult prove(const std::string& name = {});
  archive::Listing list();
  std::vector<std::string> archives();  ///< names of complete ones, oldest first
  /// Every complete archive is whole and can be read, and nothing else is there but `.tmp` files.
  void expect_sound();
  std::filesystem::path place() const { return directory.path() / "snapshots"; }
  std::filesystem::path path(const std::string& name) const { return place() / name; }

  TempDir directory{"archives"};
  Gate archive_gate;
  RestorePlan restore;
};

}  // namespace tidegate::test
