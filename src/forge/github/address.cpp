#include "forge/github/address.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace tidegate::forge::github {

std::string origin_of(std::string_view url) {
  const auto scheme = url.substr(0, url.find("://"));
  if (scheme.size() == url.size() || (scheme != "https" && scheme != "http")) return {};
  const auto host = url.substr(scheme.size() + 3);
  std::string authority(host.substr(0, host.find_first_of("/?#\\")));
  if (authority.empty() || authority.find('@') != std::string::npos) return {};
  std::transform(authority.begin(), authority.end(), authority.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return fmt::format("{}://{}", scheme, authority);
}

bool is_loopback(std::string_view origin) {
  auto host = origin.substr(std::min(origin.size(), origin.find("://") + 3));
  if (host.starts_with("[::1]")) return true;
  host = host.substr(0, host.find(':'));
  return host == "localhost" || (host.starts_with("127.") &&
                                 host.find_first_not_of("0123456789.") == std::string_view::npos);
}

void check_api_url(const std::string& url) {
  const auto origin = origin_of(url);
  if (origin.starts_with("https://") || (!origin.empty() && is_loopback(origin))) return;
  throw Error(ErrorKind::config, fmt::format("'{}' is not an address of GitHub's API", url),
              "'github.api_url' is https://api.github.com, or https://HOST/api/v3 of an Enterprise "
              "server");
}

std::string graphql_url(const std::string& api_url) {
  constexpr std::string_view k_enterprise = "/v3";
  auto base = api_url;
  while (base.ends_with('/')) base.pop_back();
  if (base.ends_with(k_enterprise)) base.resize(base.size() - k_enterprise.size());
  return base + "/graphql";
}

std::string next_page(std::string_view link) {
  while (!link.empty()) {
    const auto open = link.find('<');
    const auto close = link.find('>', open);
    if (open == std::string_view::npos || close == std::string_view::npos) return {};
    const auto end = link.find(",", close);
    const auto parameters = link.substr(close, end == std::string_view::npos ? end : end - close);
    if (parameters.find("rel=\"next\"") != std::string_view::npos) {
      return std::string(link.substr(open + 1, close - open - 1));
    }
    if (end == std::string_view::npos) return {};
    link.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace tidegate::forge::github
