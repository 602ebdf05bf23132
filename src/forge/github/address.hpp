#pragma once

/// Where GitHub's interface is.

#include <string>
#include <string_view>

namespace tidegate::forge::github {

/// `https://api.github.com` of any URL: scheme, host and port in lower case. Empty for what is no
/// http or https URL, or has user or password in it.
std::string origin_of(std::string_view url);

/// Whether it is on this machine: `localhost`, `127.x.y.z`, `[::1]`.
bool is_loopback(std::string_view origin);

/// @throws Error config: it is not https (http only to this machine).
void check_api_url(const std::string& url);

/// `https://api.github.com/graphql`, and for Enterprise's `https://host/api/v3`:
/// `https://host/api/graphql`.
std::string graphql_url(const std::string& api_url);

/// The `rel="next"` of a Link header (RFC 8288); empty: this was the last page.
std::string next_page(std::string_view link);

}  // namespace tidegate::forge::github
