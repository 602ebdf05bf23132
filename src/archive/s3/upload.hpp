#pragma once

/// A file on its way to becoming an object.

#include <filesystem>
#include <string>
#include <vector>

#include "archive/s3/bucket.hpp"

namespace tidegate::archive::s3 {

/// Of a file of this size: `least` or as much more as 10,000 parts take. @throws Error no_space: no
/// object can be that large (5 TiB).
Bytes part_size(Bytes file, Bytes least);

/// Sends a file's content so that only the last step, appear(), makes an object of it. Given up
/// when it is destroyed before that, unless appear() threw: then it is not known.
class FileUpload {
 public:
  /// `run` and `bucket` outlive it.
  FileUpload(Run& run, Bucket& bucket, std::string name, std::filesystem::path path,
             std::string token);
  ~FileUpload();
  FileUpload(const FileUpload&) = delete;
  FileUpload& operator=(const FileUpload&) = delete;

  /// All but the last step; for a small file nothing.
  void send();
  Written appear();

 private:
  Run& run_;
  Bucket& bucket_;
  std::string name_;
  std::filesystem::path path_;
  std::string token_;
  std::int64_t size_;
  Upload upload_;  // without id: one request will do
  std::vector<std::string> etags_;
};

}  // namespace tidegate::archive::s3
