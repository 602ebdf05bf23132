#include "archive/s3/faults.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <pugixml.hpp>

namespace tidegate::archive::s3 {
namespace {

constexpr int k_moved = 300, k_bad_request = 400, k_forbidden = 403, k_not_found = 404,
              k_conflict = 409, k_too_many = 429, k_server = 500, k_not_implemented = 501,
              k_insufficient = 507;

bool is_one_of(std::string_view code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

struct Verdict {
  ErrorKind kind;
  std::string hint;
};

bool has_ended(std::string_view code) {
  return is_one_of(code, {"ExpiredToken", "TokenRefreshRequired"});
}

bool is_about_keys(std::string_view code) {
  return has_ended(code) ||
         is_one_of(code,
                   {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "InvalidTokenId",
                    "InvalidClientTokenId", "XAdminUserNotFound"});  // the last: versitygw
}

std::string hint_on_keys(const std::string& code, const KeysUsed& keys) {
  if (!keys.issuer.empty()) {
    return fmt::format(
        "the keys come from {}: it must belong to this store's account, and region "
        "and endpoint must be the store's",
        keys.issuer);
  }
  if (has_ended(code)) {
    return fmt::format(
        "'{}.session_token' (AWS_SESSION_TOKEN) has expired: give new keys with "
        "their token; those of a role (AWS_ROLE_ARN, AWS_WEB_IDENTITY_TOKEN_FILE) "
        "are renewed by tidegate",
        keys.origin);
  }
  if (keys.session && code.starts_with("InvalidToken")) {
    return fmt::format(
        "'{}.session_token' (AWS_SESSION_TOKEN) is damaged or belongs to other "
        "keys: give key, secret and token of one issue",
        keys.origin);
  }
  if (keys.temporary && !keys.session) {
    return fmt::format("these keys are temporary and need '{}.session_token' (AWS_SESSION_TOKEN)",
                       keys.origin);
  }
  return fmt::format(
      "check that '{0}.access_key_id' and '{0}.secret_access_key' belong to this "
      "store",
      keys.origin);
}

Verdict refused_keys(const std::string& code, const KeysUsed& keys) {
  if (is_about_keys(code)) return {ErrorKind::permission, hint_on_keys(code, keys)};
  if (is_one_of(code, {"RequestTimeTooSkewed", "RequestExpired"})) {
    return {ErrorKind::permission,
            "the clock of this machine and that of the store differ: set it"};
  }
  return {ErrorKind::permission,
          fmt::format("{} s3:ListBucket, s3:ListBucketMultipartUploads, s3:GetObject, "
                      "s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload there",
                      keys.issuer.empty() ? "the keys need" : keys.issuer + " needs")};
}

Verdict verdict_on(int status, const std::string& code, const Address& address,
                   const KeysUsed& keys) {
  if (code == "NoSuchBucket") {
    return {ErrorKind::config, fmt::format("create the bucket '{}' at {}, or correct the name",
                                           address.bucket(), address.endpoint())};
  }
  if (is_one_of(code, {"AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect",
                       "IllegalLocationConstraintException"}) ||
      (status >= k_moved && status < k_bad_request)) {
    return {ErrorKind::config,
            fmt::format("'{}.region' and '.endpoint' must be those of the bucket", keys.origin)};
  }
  if (status == k_forbidden || is_about_keys(code)) return refused_keys(code, keys);
  if (status == k_not_found) return {ErrorKind::not_found, "'tidegate status' lists what there is"};
  if (status == k_precondition || status == k_conflict) {
    return {ErrorKind::conflict,
            "another program writes there; run the command again when it has ended"};
  }
  if (status == k_insufficient || is_one_of(code, {"QuotaExceeded", "InsufficientStorage",
                                                   "XMinioStorageFull", "EntityTooLarge"})) {
    return {ErrorKind::no_space, "free some space in the object store, or keep fewer archives"};
  }
  if (status == k_not_implemented) {
    return {ErrorKind::config, "this store cannot do what tidegate needs; choose another"};
  }
  return {ErrorKind::remote, {}};
}

}  // namespace

Refusal refusal_in(const http::Answer& answer) {
  pugi::xml_document document;
  if (!document.load_buffer(answer.body.data(), answer.body.size())) return {};
  // A token service wraps it.
  const auto error = document.child("Error") ? document.child("Error")
                                             : document.child("ErrorResponse").child("Error");
  return {error.child_value("Code"), error.child_value("Message")};
}

bool is_about_keys(const http::Answer& answer) {
  constexpr int k_client_error = 400;
  return answer.status >= k_client_error && is_about_keys(refusal_in(answer).code);
}

bool is_missing(const http::Answer& answer) {
  return answer.status == k_not_found &&
         is_one_of(refusal_in(answer).code, {"", "NoSuchKey", "NoSuchUpload"});
}

bool is_passing(const http::Answer& answer) {
  if (answer.status == k_not_implemented || answer.status == k_insufficient) return false;
  if (answer.status >= k_server || answer.status == k_too_many) return true;
  if (answer.status == k_ok && answer.body.empty()) return false;
  // Applies to refusals and to the end of an upload, which has status 200 even when it fails.
  return is_one_of(refusal_in(answer).code,
                   {"InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout",
                    "OperationAborted", "ConditionalRequestConflict", "Throttling"});
}

Error fault(const http::Answer& answer, std::string_view doing, const Address& address,
            const KeysUsed& keys) {
  const auto refusal = refusal_in(answer);
  auto why = fmt::format("status {}", answer.status);
  if (!refusal.code.empty()) why = fmt::format("{}: {}", refusal.code, refusal.message);
  const auto verdict = verdict_on(answer.status, refusal.code, address, keys);
  return Error(verdict.kind, fmt::format("cannot {} in '{}': {}", doing, address.place(), why),
               verdict.hint)
      .with_server_code(answer.status);
}

}  // namespace tidegate::archive::s3
