#include "support/s3_server.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "base/error.hpp"
#include "http/client.hpp"
#include "support/aws_signature.hpp"
#include "support/loopback.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* k_key_id = "TIDEGATETESTKEY";
constexpr const char* k_region = "eu-test-1";
constexpr const char* k_health = "/health";

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::optional<fs::path> find_server() {
  if (auto found = find_program("versitygw")) return found;
  auto cache = from_environment("XDG_CACHE_HOME");
  if (cache.empty()) cache = from_environment("HOME") + "/.cache";
  const auto path = fs::path(cache) / "tidegate/s3/bin/versitygw";
  if (::access(path.c_str(), X_OK) == 0) return path;
  return std::nullopt;
}

// A run for requests of the tests' own.
struct OwnRun {
  RealClock clock;
  Redactor redactor;
  Log log{LogLevel::error, LogFormat::text, redactor};
  SilentProgress progress;
  Run run{"test", clock, log, progress, {}, std::chrono::minutes(2)};
};

std::string encoded_path(const std::string& path) {
  std::string result;
  for (const char c : path) result += c == '/' ? "/" : percent_encode({&c, 1});
  return result;
}

bool is_between_alone(const std::string& header) {
  for (const auto* name : {"connection", "content-length", "expect", "transfer-encoding"}) {
    if (header == name) return true;
  }
  return false;
}

}  // namespace

S3Server* S3Server::get() {
  static const auto server = [] {
    const auto program = find_server();
    return program ? std::make_unique<S3Server>(*program) : nullptr;
  }();
  return server.get();
}

const std::string& S3Server::why_none() {
  static const std::string reason =
      "no object store: put versitygw on the PATH ('./dev setup' builds it)";
  return reason;
}

bool S3Server::required() {
  auto list = from_environment("TIDEGATE_TEST_REQUIRE");
  std::replace(list.begin(), list.end(), ' ', ',');
  return ("," + list + ",").find(",s3,") != std::string::npos;
}

const std::string& S3Server::secret() {
  static const std::string secret = "m4rked+Secret/Key=of~the tests";
  return secret;
}

S3Server::S3Server(const fs::path& program) {
  for (const auto* name : {"objects", "facts"}) fs::create_directory(directory_.path() / name);
  for (int tries = 1; tries <= 3; ++tries) {  // another program may take the port before
    start(program);
    if (wait_until_ready()) return;
  }
  throw std::runtime_error("the object store did not start: " + process_->err_so_far());
}

void S3Server::start(const fs::path& program) {
  port_ = free_port();
  const auto& root = directory_.path();
  const Command command{.argv = {program, "--port", "127.0.0.1:" + std::to_string(port_),
                                 "--keep-alive", "--quiet", "--region", k_region, "--health",
                                 k_health, "--virtual-domain", "localhost:" + std::to_string(port_),
                                 "posix", "--sidecar", root / "facts", root / "objects"},
                        .env = {{"ROOT_ACCESS_KEY", k_key_id}, {"ROOT_SECRET_KEY", secret()}}};
  process_ = std::make_unique<Process>(command, root);
}

bool S3Server::wait_until_ready() {
  OwnRun own;
  http::Client client;
  return eventually(
             [&] {
               if (!process_->running()) return true;
               try {
                 return client.send(own.run, {.url = endpoint() + k_health}).status == 200;
               } catch (const Error&) {
                 return false;
               }
             },
             60s) &&
         process_->running();
}

std::string S3Server::endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }

std::string S3Server::make_bucket() {
  const auto name = "bucket-" + std::to_string(++buckets_);
  ask("PUT", "/" + name, "");
  return name;
}

void S3Server::put(const std::string& bucket, const std::string& key,
                   const std::string& text) const {
  ask("PUT", "/" + bucket + "/" + encoded_path(key), text);
}

void S3Server::remove(const std::string& bucket, const std::string& key) const {
  ask("DELETE", "/" + bucket + "/" + encoded_path(key), "");
}

void S3Server::ask(const std::string& method, const std::string& path,
                   const std::string& text) const {
  OwnRun own;
  http::Client client;
  http::Request request{.method = method, .url = endpoint() + path, .body = text};
  request.headers = {{"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}};
  request.aws = {k_region, "s3", k_key_id, Secret(secret())};
  const auto answer = client.send(own.run, request);
  if (answer.status >= 300) throw std::runtime_error(method + " " + path + ": " + answer.body);
}

ArchivePlan S3Server::plan(const std::string& bucket, const std::string& prefix) const {
  ArchivePlan plan{.place = "s3://" + bucket + (prefix.empty() ? "" : "/" + prefix)};
  plan.storage = {endpoint(), k_region, k_key_id, Secret(secret()),
                  "databases.syrf.snapshot.storage"};
  return plan;
}

fs::path S3Server::file(const std::string& bucket, const std::string& key) const {
  return directory_.path() / "objects" / bucket / key;
}

std::vector<std::string> S3Server::keys(const std::string& bucket) const {
  std::vector<std::string> found;
  const auto root = directory_.path() / "objects" / bucket;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    const auto key = entry.path().lexically_relative(root).string();
    if (entry.is_regular_file() && !key.starts_with(".sgwtmp/")) found.push_back(key);
  }
  std::sort(found.begin(), found.end());
  return found;
}

S3Between::S3Between(const S3Server& server)
    : endpoint_(server.endpoint()), log_(LogLevel::error, LogFormat::text, redactor_) {
  http::ListenOptions listen;
  listen.threads = 8;
  listen.largest_body = 64 * 1024 * 1024;
  listen.most_large = 64;
  listen.patience = std::chrono::minutes(2);
  server_ = std::make_unique<http::Server>(
      listen, [this](const http::Incoming& request) { return pass(request); }, log_);
}

ArchivePlan S3Between::plan(ArchivePlan plan) const {
  plan.storage.endpoint = "http://127.0.0.1:" + std::to_string(server_->port());
  return plan;
}

void S3Between::before(Before hook) {
  const std::lock_guard lock(mutex_);
  before_ = std::move(hook);
}

void S3Between::after(After hook) {
  const std::lock_guard lock(mutex_);
  after_ = std::move(hook);
}

std::vector<std::string> S3Between::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

http::Outgoing S3Between::pass(const http::Incoming& request) {
  ++at_work_;
  try {
    auto answer = hand_on(request);
    --at_work_;
    return answer;
  } catch (...) {
    --at_work_;
    throw;
  }
}

void S3Between::translate(std::string path) {
  const std::lock_guard lock(mutex_);
  translated_path_ = std::move(path);
}

http::Outgoing S3Between::hand_on(const http::Incoming& request) {
  Before before;
  After after;
  std::optional<std::string> path;
  {
    const std::lock_guard lock(mutex_);
    seen_.push_back(request.method + " " + request.path.substr(1) +
                    (request.query.empty() ? "" : "?" + request.query));
    before = before_;
    after = after_;
    path = translated_path_;
  }
  if (before) {
    if (auto answer = before(request)) return *answer;
  }
  auto answer = send_on(request, path);
  if (after) after(request, answer);
  return answer;
}

http::Outgoing S3Between::send_on(http::Incoming request,
                                  const std::optional<std::string>& path) const {
  OwnRun own;
  http::Client client;
  http::Request onward{.method = request.method, .url = {}, .body = request.body};
  if (path) {
    if (!is_signed(request, S3Server::secret()) || !request.path.starts_with(*path)) {
      return {.status = 403, .body = "<Error><Code>SignatureDoesNotMatch</Code></Error>"};
    }
    request.path.erase(0, path->size());
    for (const auto* name : {"authorization", "host", "x-amz-security-token", "x-amz-date"}) {
      request.headers.erase(name);
    }
    onward.aws = {k_region, "s3", k_key_id, Secret(S3Server::secret())};
  }
  onward.url =
      endpoint_ + encoded_path(request.path) + (request.query.empty() ? "" : "?" + request.query);
  onward.largest_answer = 64 * 1024 * 1024;
  for (const auto& [name, value] : request.headers) {
    if (!is_between_alone(name)) onward.headers.emplace_back(name, value);
  }
  auto answered = client.send(own.run, onward);
  http::Outgoing answer{.status = answered.status, .body = std::move(answered.body)};
  for (const auto& [name, value] : answered.headers) {
    if (!is_between_alone(name) && name != "date") answer.headers[name] = value;
  }
  return answer;
}

}  // namespace tidegate::test
