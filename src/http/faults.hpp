#pragma once

/// How libcurl's failures become errors.

#include <curl/curl.h>

#include <string>

#include "base/error.hpp"

namespace tidegate::http {

/// `https://host:9000` of any URL: what may be said of it, since path and query may hold secrets,
/// and user and password do.
std::string server_of(const std::string& url);

/// `words`: libcurl's own, of this failure; may be empty.
Error fault(CURLcode code, const std::string& words, const std::string& server);

}  // namespace tidegate::http
