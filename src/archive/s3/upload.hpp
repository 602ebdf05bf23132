#pragma once

/// Uploads a file as an object.

#include <filesystem>
#include <string>
#include <vector>

#include "archive/s3/bucket.hpp"

namespace tidegate::archive::s3 {

/// The part size for a file of this size: `least`, or more when 10,000 parts would not be enough.
/// @throws Error no_space: the file is larger than an object can be (5 TiB).
Bytes part_size(Bytes file, Bytes least);

/// Uploads a file's content; only the last step, appear(), makes the object visible. The destructor
/// aborts the upload if appear() was not called. If appear() threw, the result is unknown and
/// nothing is aborted.
class FileUpload {
 public:
  /// `run` and `bucket` must outlive it.
  FileUpload(Run& run, Bucket& bucket, std::string name, std::filesystem::path path,
             std::string token);
  ~FileUpload();
  FileUpload(const FileUpload&) = delete;
  FileUpload& operator=(const FileUpload&) = delete;

  /// Does everything but the last step; nothing for a small file.
  void send();
  Written appear();

 private:
  Run& run_;
  Bucket& bucket_;
  std::string name_;
  std::filesystem::path path_;
  std::string token_;
  std::int64_t size_;
  Upload upload_;  // without id: one request is enough
  std::vector<std::string> etags_;
};

}  // namespace tidegate::archive::s3
