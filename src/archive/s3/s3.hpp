#pragma once

/// An archive store in an object store that offers the S3 interface.

#include <chrono>
#include <cstdint>
#include <memory>

#include "archive/archive.hpp"
#include "base/retry.hpp"

namespace tidegate::archive {

/// Settings for requests. Only tests have a reason for other values.
struct S3Manner {
  Bytes part{16 * 1024 * 1024};  ///< a larger file is sent in parts of at least this size
  int page = 1000;               ///< names per listing request
  int at_once = 3;               ///< parts uploaded at the same time
  int tries = 6;                 ///< of each request
  Backoff backoff{std::chrono::milliseconds{500}, std::chrono::milliseconds{15'000}};
  std::chrono::milliseconds stalled{60'000};
  std::chrono::milliseconds lock_life{60'000};  ///< lifetime without renewal
};

/// Drafts are written to the directory for temporary files (TMPDIR), whose free space free_space()
/// returns, and are uploaded when they are complete. The last object makes the archive appear: the
/// sidecar for a directory, the completed upload for a file. The lock is an object that is written
/// only if none exists; it expires by the store's clock. A Run must outlive the locks and drafts
/// created with it.
/// Errors besides those of Store: config: `place` is not `s3://bucket[/prefix]`, the bucket does
/// not exist or is in another region, or the store does not support conditional writes (check()
/// tests them); permission: the keys are refused or lack a right.
std::unique_ptr<Store> s3_store(const ArchivePlan& plan, const S3Manner& manner = {});

}  // namespace tidegate::archive
