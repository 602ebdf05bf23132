#include "archive/s3/probe.hpp"

#include <fmt/format.h>

#include "archive/s3/tidy.hpp"
#include "archive/s3/token.hpp"

namespace tidegate::archive::s3 {
namespace {

/// No lock of a database has a space in its name, and listings leave out locks.
constexpr std::string_view k_probe = ".probe ", k_ending = ".lock";

void clear_abandoned(Run& run, Bucket& bucket) {
  for (const auto& object : bucket.list(run, k_probe, Bucket::Depth::shallow).objects) {
    const auto found = bucket.read(run, object.name);
    if (found && found->age > bucket.manner().lock_life) bucket.remove(run, object.name);
  }
  for (const auto& upload : bucket.uploads(run, k_probe)) bucket.abort_upload(run, upload);
}

/// Removes the probe's object and its uploads, whatever became of the requests.
class ProbeObject {
 public:
  ProbeObject(Run& run, Bucket& bucket)
      : run_(run),
        bucket_(bucket),
        name_(fmt::format("{}{}{}", k_probe, token_of(run), k_ending)) {}
  ~ProbeObject() {
    if (removed_) return;
    tidy(run_, [&](Run& run) {
      for (const auto& upload : bucket_.uploads(run, name_)) bucket_.abort_upload(run, upload);
      bucket_.remove(run, name_);
    });
  }
  ProbeObject(const ProbeObject&) = delete;
  ProbeObject& operator=(const ProbeObject&) = delete;

  const std::string& name() const { return name_; }
  void remove() {
    bucket_.remove(run_, name_);
    removed_ = true;
  }

 private:
  Run& run_;
  Bucket& bucket_;
  std::string name_;
  bool removed_ = false;
};

void require_conditions(const Bucket& bucket, Written first, Written second) {
  if (first == Written::yes && second == Written::condition_failed) return;
  throw Error(ErrorKind::config,
              fmt::format("the object store at {} knows no conditional writes (If-None-Match): "
                          "two runs could overwrite each other's archives",
                          bucket.address().endpoint()),
              "use one that does, as Amazon's, MinIO, Ceph and R2 do, or a newer version of it");
}

}  // namespace

void probe(Run& run, Bucket& bucket) {
  clear_abandoned(run, bucket);
  ProbeObject object(run, bucket);
  const auto& name = object.name();
  const std::string text = "first";
  const auto first = bucket.write_new(run, name, {text}, "first");
  const auto second = bucket.write_new(run, name, {"second"}, "second");
  require_conditions(bucket, first, second);
  const auto found = bucket.read(run, name);
  if (!found || found->body != text) {
    throw Error(ErrorKind::config,
                fmt::format("the object store at {} does not return what was just written to it",
                            bucket.address().endpoint()),
                "use one that is consistent, and no cache in front of it");
  }
  bucket.abort_upload(run, {name, bucket.begin_upload(run, name, "first")});
  object.remove();
}

}  // namespace tidegate::archive::s3
