#pragma once

/// Classifies the objects in the bucket: archives, abandoned objects of interrupted runs, and
/// foreign objects.

#include <string>
#include <string_view>
#include <vector>

#include "archive/archive.hpp"
#include "archive/s3/bucket.hpp"

namespace tidegate::archive::s3 {

/// `<archive>.tmp`: a marker object. It says that the objects below `<archive>/` are not complete,
/// because they are being written or removed. An archive that is one object needs no marker.
std::string mark_name(std::string_view archive);

struct BucketScan {
  Listing listing;              ///< unfinished uploads are listed in `unfinished`
  std::vector<Upload> uploads;  ///< the unfinished uploads
};

BucketScan look_through(Run& run, Bucket& bucket, const std::string& database);

/// All objects of an archive: the archive itself, or the files of its directory. The sidecar is not
/// among them.
std::vector<Object> objects_of(Run& run, Bucket& bucket, const std::string& archive);

}  // namespace tidegate::archive::s3
