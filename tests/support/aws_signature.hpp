#pragma once

/// AWS Signature Version 4, computed again from a request as it arrived.

#include <string>

#include "http/server.hpp"

namespace tidegate::test {

/// Whether the request is signed for S3 with this key, and the signature covers host, date, payload
/// and every `x-amz-` header that was sent.
bool is_signed(const http::Incoming& request, const std::string& secret);

}  // namespace tidegate::test
