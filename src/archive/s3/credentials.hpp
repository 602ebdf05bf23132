#pragma once

/// Keeps keys that are good for the next request.

#include <mutex>

#include "archive/s3/keys.hpp"
#include "archive/s3/s3.hpp"

namespace tidegate::archive::s3 {

/// The keys that are written down, or those of an issuer: fetched before the first request, and
/// again before they end, so that a long run outlives them. Thread safe.
class Credentials {
 public:
  explicit Credentials(const ObjectStorage& storage);

  /// Where fetching fails while the last keys have not ended, these are returned, and the log has a
  /// warning. @throws as issue_keys().
  SigningKeys current(Run& run);
  /// The store refuses these keys: the next call of current() fetches others.
  /// @returns whether there may be others.
  bool discard(const std::string& key_id);

  const std::string& origin() const { return storage_.origin; }
  /// See issuer_name().
  std::string issuer() const { return issuer_name(storage_.issuer); }
  bool have_session() const;

 private:
  SigningKeys fetch(Run& run);
  void keep(const SystemTime& now, SigningKeys keys);

  ObjectStorage storage_;
  mutable std::mutex mutex_;
  std::optional<SigningKeys> keys_;
  std::optional<SystemTime> renew_at_;
  http::Client client_;
};

}  // namespace tidegate::archive::s3
