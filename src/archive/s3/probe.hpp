#pragma once

/// Tries whether archives can be written to a bucket.

#include "archive/s3/bucket.hpp"

namespace tidegate::archive::s3 {

/// Performs with small objects every step of a run: a conditional write that succeeds and one that
/// must not, reading back, an upload in parts that is aborted, listing, removing. No object
/// remains, also when the run is stopped; those of a probe whose process was killed are removed
/// once they are older than a lock lives. They appear in no listing.
/// @throws Error config: the store ignores conditions; otherwise as Bucket.
void probe(Run& run, Bucket& bucket);

}  // namespace tidegate::archive::s3
