#pragma once

/// An archive that is written to a local directory and uploaded when it is complete.

#include <memory>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "archive/s3/bucket.hpp"
#include "base/scratch_directory.hpp"

namespace tidegate::archive::s3 {

class ObjectDraft final : public Draft {
 public:
  /// `run` and `lock` must outlive it.
  ObjectDraft(Run& run, std::shared_ptr<Bucket> bucket, std::string database, std::string name,
              Lock& lock);
  ~ObjectDraft() override;
  const std::filesystem::path& path() const override { return path_; }
  Entry publish(Run& run, const Metadata& metadata, const std::string& format) override;

 private:
  void publish_file(Run& run, const std::string& sidecar);
  void publish_directory(Run& run, const std::string& sidecar);
  Error taken(std::string_view name) const;

  Run& run_;
  std::shared_ptr<Bucket> shared_;
  Bucket& bucket_;
  std::string database_, name_, token_;
  Lock& lock_;
  ScratchDirectory scratch_{"archive"};
  std::filesystem::path path_;
  std::vector<std::string> sent_;  // removed in this order when publishing fails
};

}  // namespace tidegate::archive::s3
