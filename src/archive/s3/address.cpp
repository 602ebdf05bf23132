#include "archive/s3/address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/error.hpp"

namespace tidegate::archive::s3 {
namespace {

constexpr std::string_view k_scheme = "s3://";

bool is_bucket(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  };
  const auto edge = [](char c) { return c != '.' && c != '-'; };
  return name.size() >= 3 && name.size() <= 63 && std::all_of(name.begin(), name.end(), fits) &&
         edge(name.front()) && edge(name.back());
}

// Proxies, and servers that keep objects as files, normalise such segments away.
bool is_plain_path(std::string_view path) {
  while (!path.empty()) {
    const auto segment = path.substr(0, path.find('/'));
    if (segment.empty() || segment == "." || segment == "..") return false;
    path.remove_prefix(std::min(path.size(), segment.size() + 1));
  }
  return true;
}

std::string trimmed(std::string text) {
  while (!text.empty() && text.back() == '/') text.pop_back();
  return text;
}

bool is_server(std::string_view endpoint) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!endpoint.starts_with(scheme)) continue;
    const auto host = endpoint.substr(scheme.size());
    return !host.empty() && host.find_first_of("/?#@ \t") == std::string_view::npos;
  }
  return false;
}

std::string encoded_path(std::string_view key) {
  std::string result;
  while (true) {
    const auto slash = key.find('/');
    result += percent_encode(key.substr(0, slash));
    if (slash == std::string_view::npos) return result;
    result += '/';
    key.remove_prefix(slash + 1);
  }
}

}  // namespace

Address::Address(const ArchivePlan& plan) {
  if (!plan.place.starts_with(k_scheme)) {
    throw Error(ErrorKind::config, fmt::format("'{}' is not an object store", plan.place),
                "write s3://bucket or s3://bucket/prefix");
  }
  const auto rest = trimmed(plan.place.substr(k_scheme.size()));
  const auto slash = rest.find('/');
  bucket_ = rest.substr(0, slash);
  if (slash != std::string::npos) prefix_ = rest.substr(slash + 1) + "/";
  if (!is_bucket(bucket_) || !is_plain_path(prefix_)) {
    throw Error(ErrorKind::config,
                fmt::format("'{}' does not name a valid bucket and prefix", plan.place),
                "a bucket has 3 to 63 of a-z, 0-9, '.' and '-'; a prefix has no empty part, '.' or "
                "'..'");
  }
  const auto& storage = plan.storage;
  endpoint_ = storage.endpoint.empty() ? fmt::format("https://s3.{}.amazonaws.com", storage.region)
                                       : trimmed(storage.endpoint);
  if (!is_server(endpoint_)) {
    throw Error(ErrorKind::config, fmt::format("'{}.endpoint' names no server", storage.origin),
                "write https://host or https://host:port");
  }
  // A certificate for *.s3.… does not cover a name with a dot in its first part.
  const bool by_host = storage.endpoint.empty() && bucket_.find('.') == std::string::npos;
  base_ = by_host ? fmt::format("https://{}.{}", bucket_, endpoint_.substr(8))
                  : fmt::format("{}/{}", endpoint_, bucket_);
}

std::string Address::place() const { return trimmed(fmt::format("s3://{}/{}", bucket_, prefix_)); }

std::string Address::url(std::string_view key, const Query& query) const {
  std::string url = base_ + "/" + encoded_path(key);
  // Servers treat `/bucket` and `/bucket/` as the same, but signatures do not.
  if (key.empty() && base_.size() > endpoint_.size() && base_.starts_with(endpoint_)) {
    url.pop_back();
  }
  char mark = '?';
  for (const auto& [name, value] : query) {
    url += fmt::format("{}{}={}", mark, percent_encode(name), percent_encode(value));
    mark = '&';
  }
  return url;
}

}  // namespace tidegate::archive::s3
