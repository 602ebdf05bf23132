#include "archive/s3/draft.hpp"

#include <fmt/format.h>

#include <utility>

#include "archive/name.hpp"
#include "archive/s3/listing.hpp"
#include "archive/s3/tidy.hpp"
#include "archive/s3/token.hpp"
#include "archive/s3/upload.hpp"
#include "archive/sidecar.hpp"

namespace tidegate::archive::s3 {

namespace fs = std::filesystem;

ObjectDraft::ObjectDraft(Run& run, std::shared_ptr<Bucket> bucket, std::string database,
                         std::string name, Lock& lock)
    : run_(run),
      shared_(std::move(bucket)),
      bucket_(*shared_),
      database_(std::move(database)),
      name_(std::move(name)),
      token_(token_of(run)),
      lock_(lock),
      path_(scratch_.path() / name_) {}

ObjectDraft::~ObjectDraft() {
  if (sent_.empty()) return;
  tidy(run_, [&](Run& run) {
    for (const auto& name : sent_) bucket_.remove(run, name);
  });
}

Error ObjectDraft::taken(std::string_view name) const {
  return {ErrorKind::conflict,
          fmt::format("'{}' already exists in '{}'; nothing was replaced", name,
                      bucket_.address().place()),
          "another program writes there; run the command again when it has ended"};
}

Entry ObjectDraft::publish(Run& run, const Metadata& metadata, const std::string& format) {
  const auto sum = sum_up(run, path_);
  Entry entry{name_, parse_archive_name(name_)->taken, sum.size, sum.sha256, format, metadata};
  const auto sidecar = write_sidecar(database_, entry);
  if (fs::is_directory(path_)) {
    publish_directory(run, sidecar);
  } else {
    publish_file(run, sidecar);
  }
  return entry;
}

void ObjectDraft::publish_file(Run& run, const std::string& sidecar) {
  FileUpload upload(run, bucket_, name_, path_, token_);
  upload.send();
  lock_.confirm(run);
  const auto beside = sidecar_name(name_);
  if (bucket_.write_new(run, beside, {sidecar}, token_) != Written::yes) throw taken(beside);
  // When the result of the last step stays unknown, the sidecar remains: with the archive it is
  // complete, and without it the next run removes it.
  if (upload.appear() == Written::yes) return;
  sent_ = {beside};
  throw taken(name_);
}

void ObjectDraft::publish_directory(Run& run, const std::string& sidecar) {
  const auto mark = mark_name(name_);
  if (bucket_.write_new(run, mark, {}, token_) != Written::yes) throw taken(mark);
  sent_ = {mark};
  for (const auto& file : fs::recursive_directory_iterator(path_)) {
    if (!file.is_regular_file()) continue;
    const auto name = fmt::format("{}/{}", name_, file.path().lexically_relative(path_).string());
    FileUpload upload(run, bucket_, name, file.path(), token_);
    upload.send();
    sent_.insert(sent_.end() - 1, name);  // the mark is removed last
    if (upload.appear() != Written::yes) {
      sent_.erase(sent_.end() - 2);
      throw taken(name);
    }
  }
  lock_.confirm(run);
  auto sent = std::exchange(sent_, {});  // kept when the result stays unknown, as in publish_file
  const auto beside = sidecar_name(name_);
  if (bucket_.write_new(run, beside, {sidecar}, token_) != Written::yes) {
    sent_ = std::move(sent);
    throw taken(beside);
  }
  tidy(run, [&](Run& own) { bucket_.remove(own, mark); });
}

}  // namespace tidegate::archive::s3
