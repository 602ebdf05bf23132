#pragma once

/// Addresses of GitHub's API.

#include <string>
#include <string_view>

namespace tidegate::forge::github {

/// The origin of a URL (`https://api.github.com`): scheme, host and port in lower case. Empty for a
/// text that is not an http or https URL, or that contains a user or password.
std::string origin_of(std::string_view url);

/// Whether the origin is on this machine: `localhost`, `127.x.y.z`, `[::1]`.
bool is_loopback(std::string_view origin);

/// @throws Error config: the URL is not https (http is allowed only to this machine).
void check_api_url(const std::string& url);

/// `https://api.github.com/graphql`, and for Enterprise's `https://host/api/v3`:
/// `https://host/api/graphql`.
std::string graphql_url(const std::string& api_url);

/// The `rel="next"` URL of a Link header (RFC 8288); empty on the last page.
std::string next_page(std::string_view link);

}  // namespace tidegate::forge::github
