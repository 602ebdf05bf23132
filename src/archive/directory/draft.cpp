#include "archive/directory/draft.hpp"

#include <fmt/format.h>

#include "archive/directory/listing.hpp"
#include "archive/name.hpp"
#include "archive/sidecar.hpp"

namespace tidegate::archive::directory {
namespace {

Error taken_already(const Files& files, std::string_view name) {
  return {ErrorKind::conflict,
          fmt::format("'{}' already exists; nothing was replaced", files.path(name).string()),
          "another program writes there; run the command again when it has ended"};
}

}  // namespace

DirectoryDraft::DirectoryDraft(const Files& files, std::string database, std::string name,
                               Lock& lock)
    : files_(files),
      database_(std::move(database)),
      name_(std::move(name)),
      lock_(lock),
      path_(files_.path(unfinished_name(name_))) {}

DirectoryDraft::~DirectoryDraft() {
  if (published_) return;
  files_.discard(unfinished_name(name_));
  files_.discard(unfinished_name(sidecar_name(name_)));
  if (sidecar_in_place_) files_.discard(sidecar_name(name_));
}

Entry DirectoryDraft::publish(Run& run, const Metadata& metadata, const std::string& format) {
  const auto sidecar = sidecar_name(name_);
  if (const auto wide = files_.seal(unfinished_name(name_))) {
    run.progress().step(Mark::warning, "archives", wide->text());
  }
  const auto sum = sum_up(run, path_);
  Entry entry{name_, parse_archive_name(name_)->taken, sum.size, sum.sha256, format, metadata};
  files_.write_new(unfinished_name(sidecar), write_sidecar(database_, entry));
  lock_.confirm(run);
  if (!files_.rename_new(unfinished_name(sidecar), sidecar)) throw taken_already(files_, sidecar);
  sidecar_in_place_ = true;
  files_.sync();
  appear();
  return entry;
}

/// The commit point. A rename that may not be on the disk is undone, so that an error always means
/// that nothing has appeared.
void DirectoryDraft::appear() {
  struct Undo {
    DirectoryDraft& draft;
    bool armed = false;
    ~Undo() {
      if (!armed) return;
      std::error_code error;
      std::filesystem::rename(draft.files_.path(draft.name_), draft.path_, error);
    }
  } undo{*this};
  if (!files_.rename_new(unfinished_name(name_), name_)) throw taken_already(files_, name_);
  undo.armed = true;
  files_.sync();
  undo.armed = false;
  published_ = true;
}

}  // namespace tidegate::archive::directory
