/// Keys for a role, from a security token service (STS): AssumeRoleWithWebIdentity.

#include <fmt/format.h>

#include <algorithm>
#include <pugixml.hpp>

#include "archive/s3/address.hpp"
#include "archive/s3/faults.hpp"
#include "archive/s3/keys.hpp"
#include "base/utc.hpp"

namespace tidegate::archive::s3 {
namespace {

constexpr std::chrono::seconds k_longest_answer{30};

std::string form(const WebIdentity& identity, const std::string& token) {
  return fmt::format(
      "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn={}&RoleSessionName={}"
      "&WebIdentityToken={}",
      percent_encode(identity.role_arn), percent_encode(identity.session_name),
      percent_encode(token));
}

struct StsVerdict {
  ErrorKind kind;
  std::string hint;
};

StsVerdict verdict_on(const http::Answer& answer, const std::string& code,
                      const ObjectStorage& storage, const WebIdentity& identity) {
  const auto& key = storage.origin;
  if (code.starts_with("ExpiredToken")) {
    return {ErrorKind::permission,
            fmt::format("the token in '{}' has expired: its owner must replace it (a pod's is "
                        "replaced by the kubelet; check the clocks)",
                        identity.token_file)};
  }
  if (code == "InvalidIdentityToken" || code == "IDPRejectedClaim") {
    return {ErrorKind::permission,
            fmt::format("the account of the role must trust the issuer of the token in '{}', with "
                        "this audience",
                        identity.token_file)};
  }
  if (code.starts_with("AccessDenied")) {
    return {ErrorKind::permission,
            fmt::format("the trust policy of the role must allow sts:AssumeRoleWithWebIdentity to "
                        "the subject of the token in '{}' (namespace and service account)",
                        identity.token_file)};
  }
  if (code == "RegionDisabledException" || code.starts_with("Validation") ||
      code.starts_with("InvalidParameter")) {
    return {ErrorKind::config,
            fmt::format("correct '{0}.role_arn' (AWS_ROLE_ARN), '{0}.role_session_name' or "
                        "'{0}.region'",
                        key)};
  }
  constexpr int k_client_error = 400, k_server_error = 500;
  const bool final = answer.status >= k_client_error && answer.status < k_server_error &&
                     code != "IDPCommunicationError" && !is_passing(answer);
  return {final ? ErrorKind::config : ErrorKind::remote,
          fmt::format("the address of the security token service comes from '{}.sts_endpoint' "
                      "(AWS_ENDPOINT_URL_STS), else from the region",
                      key)};
}

Error refused(const http::Answer& answer, const std::string& endpoint, const ObjectStorage& storage,
              const WebIdentity& identity, const std::string& token) {
  const auto refusal = refusal_in(answer);
  auto why = fmt::format("status {}", answer.status);
  if (!refusal.code.empty()) why = fmt::format("{}: {}", refusal.code, refusal.message);
  // A service may repeat what it was sent.
  for (auto at = why.find(token); at != std::string::npos; at = why.find(token)) {
    why.replace(at, token.size(), "***");
  }
  const auto verdict = verdict_on(answer, refusal.code, storage, identity);
  return Error(verdict.kind,
               fmt::format("'{}' gives no keys for the role '{}': {}", endpoint, identity.role_arn,
                           why),
               verdict.hint)
      .with_server_code(answer.status);
}

SigningKeys keys_in(const http::Answer& answer, const std::string& endpoint) {
  pugi::xml_document document;
  document.load_buffer(answer.body.data(), answer.body.size());
  const auto keys = document.child("AssumeRoleWithWebIdentityResponse")
                        .child("AssumeRoleWithWebIdentityResult")
                        .child("Credentials");
  SigningKeys issued{keys.child_value("AccessKeyId"), Secret(keys.child_value("SecretAccessKey")),
                     Secret(keys.child_value("SessionToken")),
                     parse_rfc3339(keys.child_value("Expiration"))};
  if (!issued.id.empty() && !issued.key.empty() && !issued.session_token.empty()) return issued;
  throw Error(ErrorKind::config, fmt::format("the answer of '{}' holds no keys", endpoint),
              "check that the address belongs to a security token service (STS)");
}

}  // namespace

SigningKeys issue_keys(Run& run, http::Client& client, const ObjectStorage& storage,
                       const WebIdentity& identity) {
  const auto token = read_token(identity.token_file, storage.origin + ".web_identity_token_file");
  const auto endpoint =
      identity.endpoint.empty() ? amazon_endpoint("sts", storage.region) : identity.endpoint;
  http::Request request{.method = "POST",
                        .url = endpoint.ends_with('/') ? endpoint : endpoint + "/",
                        .headers = {{"Content-Type", "application/x-www-form-urlencoded"},
                                    {"Accept", "application/xml"}},
                        .body = form(identity, token)};
  request.ca_file = storage.ca_file;
  request.longest = k_longest_answer;
  const auto answer = client.send(run, request);
  if (answer.status != k_ok) throw refused(answer, endpoint, storage, identity, token);
  return keys_in(answer, endpoint);
}

}  // namespace tidegate::archive::s3
