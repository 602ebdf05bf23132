#pragma once

/// Archives in an object store that speaks S3.

#include <memory>

#include "archive/archive.hpp"

namespace tidegate::archive {

/// Drafts are made in the directory for temporary files (TMPDIR) and sent when they are whole; an
/// archive's last object, its sidecar for a directory and the completed upload for a file, makes it
/// appear. The lock is an object written on condition that there is none, which expires by the
/// store's clock. @throws Error config: `place` is no `s3://bucket[/prefix]`, or keys are missing.
std::unique_ptr<Store> s3_store(const ArchivePlan& plan);

}  // namespace tidegate::archive
