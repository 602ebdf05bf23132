#pragma once

/// The location of the objects and their URLs.

#include <map>
#include <string>
#include <string_view>

#include "model/plan.hpp"

namespace tidegate::archive::s3 {

/// Parameters in canonical order.
using Query = std::map<std::string, std::string>;

/// Amazon's server for a service in a region: `https://s3.eu-central-1.amazonaws.com`.
std::string amazon_endpoint(std::string_view service, std::string_view region);

class Address {
 public:
  /// @throws Error config: `place` is not `s3://bucket[/prefix]`, the endpoint is not a server
  /// address, or the bucket's name cannot stand in that server's name.
  explicit Address(const ArchivePlan& plan);

  /// The location, for people: `s3://bucket/prefix`.
  std::string place() const;
  const std::string& bucket() const { return bucket_; }
  /// The store's address, for people: `https://s3.eu-central-1.amazonaws.com`.
  const std::string& endpoint() const { return endpoint_; }
  /// The object's full key. `name` is relative to the prefix, as in a listing.
  std::string key(std::string_view name) const { return prefix_ + std::string(name); }
  /// The inverse, for a key below the prefix.
  std::string name(std::string_view key) const { return std::string(key.substr(prefix_.size())); }
  /// The URL in the form that is signed: of an object, or of the bucket when `key` is empty.
  std::string url(std::string_view key, const Query& query) const;

 private:
  std::string bucket_, prefix_, endpoint_, base_;
  bool in_host_ = false;  ///< the bucket's name stands in the host, not in the path
};

}  // namespace tidegate::archive::s3
