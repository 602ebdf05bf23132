#pragma once

/// Converts libcurl's failures to errors.

#include <curl/curl.h>

#include <string>

#include "base/error.hpp"

namespace tidegate::http {

/// `https://host:9000` of any URL, for messages: path and query may hold secrets, and so do user
/// and password.
std::string server_of(const std::string& url);

/// The error for a libcurl result. `words`: libcurl's text for this failure; may be empty.
Error fault(CURLcode code, const std::string& words, const std::string& server);

}  // namespace tidegate::http
