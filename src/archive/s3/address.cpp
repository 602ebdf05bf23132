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

/// An endpoint in its parts: `https://` `host:9000` `/prefix`.
struct ServerAddress {
  std::string scheme, authority, path;

  explicit ServerAddress(const std::string& endpoint) {
    const auto host = endpoint.find("://") + 3;
    const auto slash = std::min(endpoint.find('/', host), endpoint.size());
    scheme = endpoint.substr(0, host);
    authority = endpoint.substr(host, slash - host);
    path = endpoint.substr(slash);
  }
  std::string host() const {
    const auto bracket = authority.find(']');
    const auto colon = authority.find(':', bracket == std::string::npos ? 0 : bracket);
    return authority.substr(0, colon);
  }
  bool is_ip() const {
    return authority.starts_with('[') ||
           host().find_first_not_of("0123456789.") == std::string::npos;
  }
  bool is_amazon() const {
    return host().ends_with(".amazonaws.com") || host().ends_with(".amazonaws.com.cn");
  }
};

/// The fault of an endpoint, without its text, which may hold a password; empty when it is good.
std::string endpoint_complaint(const std::string& endpoint) {
  if (!endpoint.starts_with("https://") && !endpoint.starts_with("http://")) {
    return "does not begin with https:// or http://";
  }
  const ServerAddress server(endpoint);
  if (server.authority.empty()) return "names no server";
  if (server.authority.find('@') != std::string::npos) return "has a user name in it";
  if (endpoint.find_first_of("?#") != std::string::npos) return "has a query or a fragment";
  if (endpoint.find_first_of(" \t\n") != std::string::npos) return "has a space in it";
  // A signature covers the path as it is sent, so it must be in the one canonical form.
  const bool plain = server.path.empty() || (is_plain_path(server.path.substr(1)) &&
                                             encoded_path(server.path) == server.path);
  return plain ? "" : "has a path with an empty part, '.', '..', or characters to be encoded";
}

/// Whether the bucket's name stands in the host.
bool stands_in_host(const ObjectStorage& storage, const std::string& bucket,
                    const ServerAddress& server) {
  if (storage.addressing == Addressing::path) return false;
  // A certificate for *.s3.… does not cover a name with a dot in its first part.
  const bool dotted = bucket.find('.') != std::string::npos;
  if (storage.addressing == Addressing::automatic) return server.is_amazon() && !dotted;
  if (!server.is_ip() && !(dotted && server.is_amazon())) return true;
  throw Error(ErrorKind::config,
              fmt::format("'{}.addressing' is 'virtual', and the bucket's name cannot stand before "
                          "'{}': {}",
                          storage.origin, server.authority,
                          dotted ? fmt::format("no certificate covers the dot in '{}'", bucket)
                                 : "it is an IP address"),
              "set 'addressing: path'");
}

}  // namespace

std::string amazon_endpoint(std::string_view service, std::string_view region) {
  // China's regions are a partition of their own, with its own domain.
  return fmt::format("https://{}.{}.amazonaws.com{}", service, region,
                     region.starts_with("cn-") ? ".cn" : "");
}

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
  endpoint_ =
      storage.endpoint.empty() ? amazon_endpoint("s3", storage.region) : trimmed(storage.endpoint);
  if (const auto wrong = endpoint_complaint(endpoint_); !wrong.empty()) {
    throw Error(ErrorKind::config, fmt::format("'{}.endpoint' {}", storage.origin, wrong),
                "write https://host, https://host:port or https://host/path");
  }
  const ServerAddress server(endpoint_);
  in_host_ = stands_in_host(storage, bucket_, server);
  base_ = in_host_ ? fmt::format("{}{}.{}{}", server.scheme, bucket_, server.authority, server.path)
                   : fmt::format("{}/{}", endpoint_, bucket_);
}

std::string Address::place() const { return trimmed(fmt::format("s3://{}/{}", bucket_, prefix_)); }

std::string Address::url(std::string_view key, const Query& query) const {
  std::string url = base_ + "/" + encoded_path(key);
  // Servers treat `/bucket` and `/bucket/` as the same, but signatures do not.
  if (key.empty() && !in_host_) url.pop_back();
  char mark = '?';
  for (const auto& [name, value] : query) {
    url += fmt::format("{}{}={}", mark, percent_encode(name), percent_encode(value));
    mark = '&';
  }
  return url;
}

}  // namespace tidegate::archive::s3
