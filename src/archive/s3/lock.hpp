#pragma once

/// One writer at a time, with an object that expires by the store's clock.

#include <memory>
#include <string>

#include "archive/archive.hpp"
#include "archive/s3/bucket.hpp"

namespace tidegate::archive::s3 {

/// The name of the lock object: `.atlas.lock`.
std::string lock_name(const std::string& database);

/// As Store::lock. The lock is renewed in the background; confirm() detects its loss. A holder that
/// is paused beyond the lock's lifetime has lost it as soon as another run has taken it.
std::unique_ptr<Lock> take_lock(Run& run, const std::shared_ptr<Bucket>& bucket,
                                const std::string& database, std::chrono::milliseconds wait);

}  // namespace tidegate::archive::s3
