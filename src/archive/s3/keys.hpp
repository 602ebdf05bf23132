#pragma once

/// The keys that sign requests, and the services that issue temporary ones.

#include <optional>
#include <string>

#include "base/run.hpp"
#include "http/client.hpp"
#include "model/plan.hpp"

namespace tidegate::archive::s3 {

struct SigningKeys {
  std::string id;
  Secret key;
  Secret session_token = {};            ///< of keys that end
  std::optional<SystemTime> ends = {};  ///< nothing where it is not known, or they do not end
};

/// Fetches keys once, without another try. Every call reads the token file again: its owner
/// replaces it. No message holds a token or a key.
/// @throws Error config: a file cannot be read or is not what it should be, an address is wrong;
/// permission: the issuer refuses; otherwise as http::Client.
SigningKeys issue_keys(Run& run, http::Client& client, const ObjectStorage& storage,
                       const WebIdentity& identity);
SigningKeys issue_keys(Run& run, http::Client& client, const ObjectStorage& storage,
                       const CredentialsEndpoint& endpoint);
SigningKeys issue_keys(Run& run, http::Client& client, const ObjectStorage& storage,
                       const SharedCredentials& shared);

/// The issuer, for messages: `the role 'arn:aws:iam::…' (web identity)`. Empty for keys that are
/// written down.
std::string issuer_name(const KeyIssuer& issuer);

/// The text of a token file, without the line's end. `key`: the option that names the file.
/// @throws Error config: it cannot be read, is empty, or is larger than a token can be.
std::string read_token(const std::string& file, const std::string& key);

}  // namespace tidegate::archive::s3
