#pragma once

/// The objects below one prefix and the operations on them. Names are relative to the prefix.

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/s3/address.hpp"
#include "archive/s3/credentials.hpp"
#include "archive/s3/s3.hpp"
#include "base/run.hpp"
#include "http/client.hpp"

namespace tidegate::archive::s3 {

struct Object {
  std::string name;
  Bytes size;
};

/// Names directly below the prefix; deeper ones appear as their first part (`sub/`).
struct Names {
  std::vector<Object> objects;
  std::vector<std::string> folders;
};

struct Upload {
  std::string name, id;
};

/// An object that was read. Its age is measured with the store's clock.
struct ReadObject {
  std::string body, etag;
  std::chrono::seconds age{0};  ///< since it was written
};

/// The content to write: text, or a part of a file.
struct Payload {
  std::string text = {};
  std::optional<http::FilePart> file = {};
};

/// The result of a conditional write, or of completing an upload.
enum class Written { yes, condition_failed };

/// Retries every request as S3Manner says; each request carries the checksums of its payload. Keys
/// that the store no longer takes are fetched again once, where they can be. Thread safe. Errors:
/// those of faults.hpp and http::Client.
class Bucket {
 public:
  Bucket(const ArchivePlan& plan, const S3Manner& manner);

  const Address& address() const { return address_; }
  const S3Manner& manner() const { return manner_; }

  /// All objects whose name begins with `begin`; `folders` only with Depth::shallow.
  enum class Depth { shallow, deep };
  Names list(Run& run, std::string_view begin, Depth depth);
  std::vector<Upload> uploads(Run& run, std::string_view begin);

  /// The object; nothing when it does not exist.
  std::optional<ReadObject> read(Run& run, const std::string& name);
  /// Passes every byte to `sink` once and in order, and continues where a connection broke.
  /// @throws Error not_found; remote: the object was replaced meanwhile.
  void stream(Run& run, const std::string& name, const std::function<void(std::string_view)>& sink);

  void write(Run& run, const std::string& name, const std::string& text);
  /// Writes unless an object of that name exists. `token` is unique: it shows whether a write whose
  /// answer was lost was this one.
  Written write_new(Run& run, const std::string& name, const Payload& payload,
                    const std::string& token);
  /// Replaces the object if it still has this ETag. @returns the new ETag, or nothing when the
  /// object has changed.
  std::optional<std::string> replace(Run& run, const std::string& name, const std::string& text,
                                     const std::string& etag);
  /// Success when it does not exist.
  void remove(Run& run, const std::string& name);
  /// Removes the object if it still has this ETag. A store that does not know that condition
  /// ignores it.
  void remove_if(Run& run, const std::string& name, const std::string& etag);

  /// A setting of the bucket (`versioning`), as XML; nothing when it is not set, not known there,
  /// or the keys may not read it.
  std::optional<std::string> setting(Run& run, const std::string& name);

  /// Begins an upload. @returns its id. No object appears before end_upload().
  std::string begin_upload(Run& run, const std::string& name, const std::string& token);
  /// `number` from 1. @returns the part's ETag.
  std::string send_part(Run& run, const Upload& upload, int number, const http::FilePart& part);
  Written end_upload(Run& run, const Upload& upload, const std::vector<std::string>& etags,
                     const std::string& token);
  /// Success when it does not exist.
  void abort_upload(Run& run, const Upload& upload);

 private:
  struct Call;
  http::Answer ask(Run& run, const Call& what);
  http::Answer ask_patiently(Run& run, const Call& what, std::string& key_id);
  http::Answer send_once(Run& run, const Call& what);
  Error refused(const http::Answer& answer, const Call& what) const;
  Written settled(Run& run, const http::Answer& answer, const Call& what, const std::string& token);
  std::unique_ptr<http::Client> take_client();
  void give_back(std::unique_ptr<http::Client> client);

  Address address_;
  S3Manner manner_;
  ObjectStorage storage_;
  Credentials credentials_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<http::Client>> idle_;
};

}  // namespace tidegate::archive::s3
