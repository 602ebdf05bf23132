#include "config/storage.hpp"

#include <fmt/format.h>

#include <utility>

namespace tidegate::config {

namespace {

/// The address on which ECS serves AWS_CONTAINER_CREDENTIALS_RELATIVE_URI.
constexpr std::string_view k_ecs_agent = "http://169.254.170.2";

class StorageReader {
 public:
  StorageReader(const Resolver& resolver, const std::string& section, Redactor& redactor)
      : resolver_(resolver), section_(section), redactor_(redactor) {}

  ValueOrError<ObjectStorage> read() {
    storage_.origin = section_;
    storage_.region = text("region");
    storage_.endpoint = text("endpoint");
    storage_.ca_file = text("ca_file");
    const auto addressing = text("addressing");
    if (addressing == "path") storage_.addressing = Addressing::path;
    if (addressing == "virtual") storage_.addressing = Addressing::virtual_host;
    refuse_two_sources();
    if (!keys_of(From::section) && !keys_of(From::environment)) require("access_key_id");
    if (missing_) return {std::nullopt, std::move(missing_)};
    return {std::move(storage_), std::nullopt};
  }

 private:
  /// The section itself with TIDEGATE_ variables, or variables of other programs.
  enum class From { section, environment };

  std::string path(std::string_view key) const { return fmt::format("{}.{}", section_, key); }

  bool is_there(std::string_view key, From from) const {
    const auto value = resolver_.written(path(key));
    if (!value) return false;
    const bool stands_in = is_stand_in(*find_option(path(key)), value->origin.where);
    return stands_in == (from == From::environment);
  }

  /// Empty where it is not set. The first value that cannot be had here makes all of it missing.
  std::string text(std::string_view key) {
    auto found = resolver_.attempt(path(key));
    if (found.missing && !missing_) missing_ = std::move(found.missing);
    if (!found.value || !*found.value) return {};
    return (*found.value)->text;
  }

  std::string require(std::string_view key) {
    auto found = resolver_.attempt_required(path(key));
    if (found.missing && !missing_) missing_ = std::move(found.missing);
    return found.value ? found.value->text : std::string();
  }

  Secret learned(std::string value) {
    Secret secret(std::move(value));
    redactor_.learn(secret);
    return secret;
  }

  bool keys_of(From from) {
    return written_down(from) || role(from) || profile(from) || container(from);
  }

  bool written_down(From from) {
    if (!is_there("access_key_id", from) && !is_there("secret_access_key", from)) return false;
    storage_.key_id = require("access_key_id");
    storage_.key = learned(require("secret_access_key"));
    // The environment's token belongs to the environment's keys.
    if (is_there("session_token", From::section) || is_there("access_key_id", From::environment)) {
      storage_.session_token = learned(text("session_token"));
    }
    return true;
  }

  bool role(From from) {
    const bool arn = is_there("role_arn", from), token = is_there("web_identity_token_file", from);
    // Other programs set one of the two variables for purposes of their own.
    if (from == From::environment ? !arn || !token : !arn && !token) return false;
    storage_.issuer = WebIdentity{require("role_arn"), require("web_identity_token_file"),
                                  text("role_session_name"), text("sts_endpoint")};
    return true;
  }

  bool profile(From from) {
    if (!is_there("profile", from) && !is_there("credentials_file", from)) return false;
    SharedCredentials shared{text("credentials_file"), text("profile")};
    if (shared.profile.empty()) shared.profile = "default";
    if (shared.file.empty()) shared.file = resolver_.variable("HOME") + "/.aws/credentials";
    storage_.issuer = std::move(shared);
    return true;
  }

  bool container(From from) {
    CredentialsEndpoint endpoint;
    const auto relative = resolver_.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    if (is_there("credentials_uri", from)) {
      endpoint.uri = text("credentials_uri");
    } else if (from == From::environment && relative.starts_with('/')) {
      endpoint.uri = std::string(k_ecs_agent) + relative;
    } else {
      return false;
    }
    endpoint.token_file = text("credentials_token_file");
    storage_.issuer = std::move(endpoint);
    return true;
  }

  void refuse_two_sources() const {
    std::string first;
    for (const auto* key : {"access_key_id", "role_arn", "profile", "credentials_uri"}) {
      if (!is_there(key, From::section)) continue;
      if (first.empty()) {
        first = key;
        continue;
      }
      throw Error(ErrorKind::config,
                  fmt::format("both '{}' and '{}' are given", path(first), path(key)),
                  "keep one: keys come from one source");
    }
  }

  const Resolver& resolver_;
  const std::string& section_;
  Redactor& redactor_;
  ObjectStorage storage_;
  std::optional<Error> missing_;
};

}  // namespace

ValueOrError<ObjectStorage> read_storage(const Resolver& resolver, const std::string& section,
                                         Redactor& redactor) {
  return StorageReader(resolver, section, redactor).read();
}

}  // namespace tidegate::config
