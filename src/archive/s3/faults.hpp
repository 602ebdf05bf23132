#pragma once

/// Errors for refusals of an object store, with the way to fix them.

#include <string>
#include <string_view>

#include "archive/s3/address.hpp"
#include "base/error.hpp"
#include "http/client.hpp"

namespace tidegate::archive::s3 {

constexpr int k_ok = 200, k_precondition = 412;  // RFC 9110

/// The error code and message in the store's answer; empty when it has none.
struct Refusal {
  std::string code, message;
};
/// A 200 may contain one too, as the answer to the end of an upload.
Refusal refusal_in(const http::Answer& answer);

/// Whether the object or upload does not exist; false for every other use of 404.
bool is_missing(const http::Answer& answer);

/// Whether the store refuses the keys themselves: unknown, ended, or wrongly signed.
bool is_about_keys(const http::Answer& answer);

/// Whether the same request may succeed a moment later: 5xx, SlowDown, a timeout in the store.
bool is_passing(const http::Answer& answer);

/// The keys of a refused request, for messages.
struct KeysUsed {
  std::string origin;      ///< configuration path: `databases.syrf.snapshot.storage`
  std::string issuer{};    ///< see issuer_name(); empty for keys that are written down
  bool session = false;    ///< a session token was sent
  bool temporary = false;  ///< keys of this kind need one
};

/// `doing`: `write 'syrf-20261122T030000Z.dump'`.
Error fault(const http::Answer& answer, std::string_view doing, const Address& address,
            const KeysUsed& keys);

}  // namespace tidegate::archive::s3
