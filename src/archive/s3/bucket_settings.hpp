#pragma once

/// Settings of a bucket that act on archives beside tidegate.

#include <vector>

#include "archive/s3/bucket.hpp"

namespace tidegate::archive::s3 {

/// Remarks on lifecycle rules that remove or move archives, on versions that remain when archives
/// are removed, and on object lock. A setting that the keys may not read, or that the store does
/// not know, is left out.
std::vector<StoreRemark> settings_remarks(Run& run, Bucket& bucket);

}  // namespace tidegate::archive::s3
