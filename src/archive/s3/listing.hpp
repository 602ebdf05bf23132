#pragma once

/// What is in the bucket, told apart: archives, what dead runs left, strangers.

#include <string>
#include <string_view>
#include <vector>

#include "archive/archive.hpp"
#include "archive/s3/bucket.hpp"

namespace tidegate::archive::s3 {

/// `<archive>.tmp`: an object that says that what begins with `<archive>/` is not whole, for it is
/// being made or removed. An archive that is one object needs none.
std::string mark_name(std::string_view archive);

struct Look {
  Listing listing;              ///< uploads that were never ended stand among `unfinished`
  std::vector<Upload> uploads;  ///< those
};

Look look_through(Run& run, Bucket& bucket, const std::string& database);

/// All objects of an archive: itself, or what it has as a directory. Not its sidecar.
std::vector<Object> objects_of(Run& run, Bucket& bucket, const std::string& archive);

}  // namespace tidegate::archive::s3
