#pragma once

/// Where the objects are, and what they are called in a URL.

#include <map>
#include <string>
#include <string_view>

#include "model/plan.hpp"

namespace tidegate::archive::s3 {

/// Parameters in canonical order.
using Query = std::map<std::string, std::string>;

class Address {
 public:
  /// @throws Error config: `place` is no `s3://bucket[/prefix]`, or the endpoint no server.
  explicit Address(const ArchivePlan& plan);

  /// `s3://bucket/prefix`
  std::string place() const;
  const std::string& bucket() const { return bucket_; }
  /// Of the store, for people: `https://s3.eu-central-1.amazonaws.com`.
  const std::string& endpoint() const { return endpoint_; }
  /// The object's whole key; `name` is as Listing has it.
  std::string key(std::string_view name) const { return prefix_ + std::string(name); }
  /// The inverse; of a key below the prefix only.
  std::string name(std::string_view key) const { return std::string(key.substr(prefix_.size())); }
  /// As it is signed: of an object, or with an empty key of the bucket.
  std::string url(std::string_view key, const Query& query) const;

 private:
  std::string bucket_, prefix_, endpoint_, base_;
};

}  // namespace tidegate::archive::s3
