#pragma once

/// An archive that is being written into the directory.

#include <string>

#include "archive/archive.hpp"
#include "archive/directory/files.hpp"

namespace tidegate::archive::directory {

/// Until it is published, every file it writes has a name that ends in `.tmp`, except the sidecar,
/// which counts for nothing while its archive is missing. A crash at any point leaves only names
/// that appear in Listing::unfinished.
class DirectoryDraft final : public Draft {
 public:
  DirectoryDraft(const Files& files, std::string database, std::string name, Lock& lock);
  ~DirectoryDraft() override;
  DirectoryDraft(const DirectoryDraft&) = delete;
  DirectoryDraft& operator=(const DirectoryDraft&) = delete;

  const std::filesystem::path& path() const override { return path_; }
  Entry publish(Run& run, const Metadata& metadata, const std::string& format) override;

 private:
  void appear();
  const Files files_;
  std::string database_, name_;
  Lock& lock_;
  std::filesystem::path path_;
  bool sidecar_in_place_ = false, published_ = false;
};

}  // namespace tidegate::archive::directory
