/// Keys from the agent that runs beside a container: EKS Pod Identity, ECS.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "archive/s3/faults.hpp"
#include "archive/s3/keys.hpp"
#include "base/utc.hpp"

namespace tidegate::archive::s3 {
namespace {

using Json = nlohmann::json;

constexpr std::chrono::seconds k_longest_answer{10};

std::string host_of(const std::string& url) {
  const auto from = url.find("://");
  if (from == std::string::npos) return {};
  const auto begin = from + 3;
  if (url.compare(begin, 1, "[") == 0) return url.substr(begin, url.find(']') + 1 - begin);
  return url.substr(begin, url.find_first_of(":/?", begin) - begin);
}

/// Addresses that never leave this machine: its own, and those of the agents.
bool is_near(const std::string& url) {
  constexpr std::array<std::string_view, 5> k_near{"localhost", "[::1]", "169.254.170.2",
                                                   "169.254.170.23", "[fd00:ec2::23]"};
  const auto host = host_of(url);
  const bool is_loopback =
      host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
  return is_loopback || std::find(k_near.begin(), k_near.end(), host) != k_near.end();
}

std::string text(const Json& document, const char* name) {
  const auto found = document.find(name);
  return found != document.end() && found->is_string() ? found->get<std::string>() : "";
}

SigningKeys keys_in(const http::Answer& answer, const std::string& uri) {
  const auto document = Json::parse(answer.body, nullptr, false);
  if (document.is_object()) {
    SigningKeys issued{text(document, "AccessKeyId"), Secret(text(document, "SecretAccessKey")),
                       Secret(text(document, "Token")),
                       parse_rfc3339(text(document, "Expiration"))};
    if (!issued.id.empty() && !issued.key.empty()) return issued;
  }
  throw Error(ErrorKind::config, fmt::format("the answer of '{}' holds no keys", uri),
              "check that the address belongs to an agent that issues keys");
}

Error agent_refused(const http::Answer& answer, const ObjectStorage& storage,
                    const std::string& uri) {
  constexpr int k_client_error = 400, k_too_many = 429, k_server_error = 500;
  const bool final = answer.status >= k_client_error && answer.status < k_server_error &&
                     answer.status != k_too_many;
  return Error(final ? ErrorKind::permission : ErrorKind::remote,
               fmt::format("'{}' gives no keys: status {}", uri, answer.status),
               fmt::format("check that the service account has a Pod Identity association (or the "
                           "task a role), and the token in '{}.credentials_token_file' "
                           "(AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE)",
                           storage.origin))
      .with_server_code(answer.status);
}

}  // namespace

SigningKeys issue_keys(Run& run, http::Client& client, const ObjectStorage& storage,
                       const CredentialsEndpoint& endpoint) {
  if (!endpoint.uri.starts_with("https://") && !is_near(endpoint.uri)) {
    throw Error(ErrorKind::config,
                fmt::format("'{}.credentials_uri' is neither https nor an address of this machine: "
                            "keys would cross the network in the clear",
                            storage.origin),
                "use the address that the container was given "
                "(AWS_CONTAINER_CREDENTIALS_FULL_URI)");
  }
  http::Request request{.url = endpoint.uri, .headers = {{"Accept", "application/json"}}};
  if (!endpoint.token_file.empty()) {
    request.headers.emplace_back(
        "Authorization",
        read_token(endpoint.token_file, storage.origin + ".credentials_token_file"));
  }
  if (is_near(endpoint.uri)) request.proxy = http::Proxy::none;
  request.longest = k_longest_answer;
  const auto answer = client.send(run, request);
  if (answer.status != k_ok) throw agent_refused(answer, storage, endpoint.uri);
  return keys_in(answer, endpoint.uri);
}

}  // namespace tidegate::archive::s3
