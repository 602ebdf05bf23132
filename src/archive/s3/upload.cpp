#include "archive/s3/upload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "archive/s3/tidy.hpp"
#include "base/side_by_side.hpp"

namespace tidegate::archive::s3 {
namespace {

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
constexpr std::int64_t k_most_parts = 10'000;
constexpr std::int64_t k_mebibyte = 1024 * 1024;
constexpr Bytes k_largest{5 * k_mebibyte * k_mebibyte};

}  // namespace

Bytes part_size(Bytes file, Bytes least) {
  if (file > k_largest) {
    throw Error(ErrorKind::no_space,
                fmt::format("{} is more than the {} that an object can have", to_text(file),
                            to_text(k_largest)),
                "'format: directory' makes many smaller objects");
  }
  const auto needed = (file.count + k_most_parts - 1) / k_most_parts;
  const auto rounded = (needed + k_mebibyte - 1) / k_mebibyte * k_mebibyte;
  return std::max(least, Bytes{rounded});
}

FileUpload::FileUpload(Run& run, Bucket& bucket, std::string name, std::filesystem::path path,
                       std::string token)
    : run_(run),
      bucket_(bucket),
      name_(std::move(name)),
      path_(std::move(path)),
      token_(std::move(token)),
      size_(static_cast<std::int64_t>(std::filesystem::file_size(path_))) {}

FileUpload::~FileUpload() {
  if (upload_.id.empty()) return;
  tidy(run_, [&](Run& run) { bucket_.abort_upload(run, upload_); });
}

void FileUpload::send() {
  const auto part = part_size({size_}, bucket_.manner().part).count;
  if (size_ <= part) return;
  upload_ = {name_, bucket_.begin_upload(run_, name_, token_)};
  const auto count = static_cast<std::size_t>((size_ + part - 1) / part);
  etags_.resize(count);
  side_by_side(count, bucket_.manner().at_once, [&](std::size_t index, const std::atomic<bool>&) {
    const auto offset = static_cast<std::int64_t>(index) * part;
    const http::FilePart piece{path_, offset, std::min(part, size_ - offset)};
    etags_[index] = bucket_.send_part(run_, upload_, static_cast<int>(index) + 1, piece);
  });
}

Written FileUpload::appear() {
  if (upload_.id.empty()) {
    return bucket_.write_new(run_, name_, {{}, http::FilePart{path_, 0, size_}}, token_);
  }
  // From here on the object may exist, whatever answer arrives.
  const auto upload = std::exchange(upload_, {});
  const auto written = bucket_.end_upload(run_, upload, etags_, token_);
  if (written == Written::condition_failed) {
    tidy(run_, [&](Run& run) { bucket_.abort_upload(run, upload); });
  }
  return written;
}

}  // namespace tidegate::archive::s3
