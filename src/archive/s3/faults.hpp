#pragma once

/// What an object store refuses, as errors in words that mend it.

#include <string>
#include <string_view>

#include "archive/s3/address.hpp"
#include "base/error.hpp"
#include "http/client.hpp"

namespace tidegate::archive::s3 {

constexpr int k_ok = 200, k_precondition = 412;  // RFC 9110

/// The store's own words in an answer that is a refusal; empty where it said none.
struct Refusal {
  std::string code, message;
};
/// A 200 may carry one too, as the answer to the end of an upload does.
Refusal refusal_in(const http::Answer& answer);

/// There is no such object or upload; nothing else that a store answers with 404.
bool is_missing(const http::Answer& answer);

/// Whether the same request may succeed a moment later: 5xx, SlowDown, a time-out of the store.
bool is_passing(const http::Answer& answer);

/// `doing`: `write 'syrf-20261122T030000Z.dump'`. `origin`: of the keys, for messages.
Error fault(const http::Answer& answer, std::string_view doing, const Address& address,
            std::string_view origin);

}  // namespace tidegate::archive::s3
