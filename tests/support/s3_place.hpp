#pragma once

/// A bucket of the test store with archives in it.

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "archive/s3/s3.hpp"
#include "support/s3_server.hpp"

namespace tidegate::test {

struct S3Place : public testing::Test {
  /// Contents of an archive by relative path; one without a name is the archive itself.
  using Files = std::map<std::string, std::string>;

  void SetUp() override;
  /// From the first call on, requests pass through it.
  S3Between& between();
  std::unique_ptr<archive::Store> store() const { return archive::s3_store(plan_, manner_); }
  /// Takes the lock, clears up, writes an archive of `syrf`, publishes it.
  static archive::Entry put(tidegate::Run& run, archive::Store& store, const Files& files);

  S3Server* server_ = nullptr;  ///< null where the test is skipped
  std::unique_ptr<S3Between> between_;
  std::string bucket_;
  ArchivePlan plan_;
  archive::S3Manner manner_;
};

}  // namespace tidegate::test
