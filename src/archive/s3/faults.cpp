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

bool is_about_keys(std::string_view code) {
  return is_one_of(code, {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken",
                          "ExpiredToken", "XAdminUserNotFound"});  // the last: versitygw
}

Verdict refused_keys(const std::string& code, std::string_view origin) {
  if (is_about_keys(code)) {
    return {
        ErrorKind::permission,
        fmt::format("check that '{}.access_key_id' and '{}.secret_access_key' belong to this store",
                    origin, origin)};
  }
  if (code == "RequestTimeTooSkewed") {
    return {ErrorKind::permission,
            "the clock of this machine and that of the store differ: set it"};
  }
  return {ErrorKind::permission,
          "the keys need s3:ListBucket, s3:ListBucketMultipartUploads, s3:GetObject, "
          "s3:PutObject, s3:DeleteObject and s3:AbortMultipartUpload there"};
}

Verdict verdict_on(int status, const std::string& code, const Address& address,
                   std::string_view origin) {
  if (code == "NoSuchBucket") {
    return {ErrorKind::config, fmt::format("create the bucket '{}' at {}, or correct the name",
                                           address.bucket(), address.endpoint())};
  }
  if (is_one_of(code, {"AuthorizationHeaderMalformed", "PermanentRedirect", "TemporaryRedirect",
                       "IllegalLocationConstraintException"}) ||
      (status >= k_moved && status < k_bad_request)) {
    return {ErrorKind::config,
            fmt::format("'{}.region' and '.endpoint' must be those of the bucket", origin)};
  }
  if (status == k_forbidden || is_about_keys(code)) return refused_keys(code, origin);
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
  const auto error = document.child("Error");
  return {error.child_value("Code"), error.child_value("Message")};
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
            std::string_view origin) {
  const auto refusal = refusal_in(answer);
  auto why = fmt::format("status {}", answer.status);
  if (!refusal.code.empty()) why = fmt::format("{}: {}", refusal.code, refusal.message);
  const auto verdict = verdict_on(answer.status, refusal.code, address, origin);
  return Error(verdict.kind, fmt::format("cannot {} in '{}': {}", doing, address.place(), why),
               verdict.hint)
      .with_server_code(answer.status);
}

}  // namespace tidegate::archive::s3
