#pragma once

/// An archive on its way into the directory.

#include <string>

#include "archive/archive.hpp"
#include "archive/directory/files.hpp"

namespace tidegate::archive::directory {

/// What it writes before it is published bears names that end in `.tmp`, and its sidecar, which is
/// no archive's as long as there is none: a crash anywhere leaves Listing::unfinished, nothing
/// else.
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
