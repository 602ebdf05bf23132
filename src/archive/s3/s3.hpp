#pragma once

/// Archives in an object store that speaks S3.

#include <chrono>
#include <cstdint>
#include <memory>

#include "archive/archive.hpp"
#include "base/retry.hpp"

namespace tidegate::archive {

/// How the store is spoken to. Nothing but tests has a reason for other values.
struct S3Manner {
  Bytes part{16 * 1024 * 1024};  ///< a larger file is sent in parts of at least this size
  int page = 1000;               ///< names asked for at once
  int at_once = 3;               ///< parts under way together
  int tries = 6;                 ///< of each request
  Backoff backoff{std::chrono::milliseconds{500}, std::chrono::milliseconds{15'000}};
  std::chrono::milliseconds stalled{60'000};
  std::chrono::milliseconds lock_life{60'000};  ///< without being renewed
};

/// Drafts are made in the directory for temporary files (TMPDIR), whose space is what free_space()
/// tells, and sent when they are whole; an archive's last object, its sidecar for a directory and
/// the completed upload for a file, makes it appear. The lock is an object written on condition
/// that there is none, which expires by the store's clock. A Run that is handed in outlives the
/// lock and the draft that are made with it.
///
/// Errors besides those of Store: config: `place` is no `s3://bucket[/prefix]`, there is no such
/// bucket, it is in another region, or the store knows no conditional writes (check() tries them);
/// permission: the keys are refused, or lack a right.
std::unique_ptr<Store> s3_store(const ArchivePlan& plan, const S3Manner& manner = {});

}  // namespace tidegate::archive
