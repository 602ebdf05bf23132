#include "support/github_server.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include "base/error.hpp"
#include "http/client.hpp"
#include "support/loopback.hpp"
#include "support/places.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* k_token = "tidegate-test-token";
constexpr const char* k_stranger = "tidegate-test-stranger";
constexpr const char* k_repository = "tidegate-bot/syrf";

fs::path files() { return source_directory() / "tests/support/github"; }

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

fs::path cache() {
  auto place = from_environment("XDG_CACHE_HOME");
  if (place.empty()) place = from_environment("HOME") + "/.cache";
  return fs::path(place) / "tidegate/github";
}

std::string make_key() {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_RSA_gen(2048), EVP_PKEY_free);
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PrivateKey(text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const auto size = BIO_get_mem_data(text.get(), &data);
  return {data, static_cast<std::size_t>(size)};
}

Json seed(const std::string& app_key) {
  const auto person = [](const char* login) {
    return Json{{"login", login}, {"name", login}, {"email", std::string(login) + "@example.org"}};
  };
  const Json permissions{{"contents", "read"}, {"issues", "write"}, {"pull_requests", "write"}};
  const Json app{
      {"app_id", 4711},
      {"slug", "tidegate"},
      {"name", "tidegate"},
      {"private_key", app_key},
      {"permissions", permissions},
      {"events", Json::array()},
      {"installations",
       {{{"installation_id", 100}, {"account", "tidegate-bot"}, {"repository_selection", "all"}}}}};
  return {{"tokens",
           {{k_token, {{"login", "tidegate-bot"}, {"scopes", {"repo", "user"}}}},
            {k_stranger, {{"login", "eve"}, {"scopes", {"repo", "user"}}}}}},
          {"github",
           {{"users", {person("tidegate-bot"), person("eve")}},
            {"apps", {app}},
            {"repos", {{{"owner", "tidegate-bot"}, {"name", "syrf"}, {"auto_init", true}}}}}}};
}

http::Answer send(const std::string& method, const std::string& url, const Json& body) {
  const RealClock clock;
  const Redactor redactor;
  Log log{LogLevel::error, LogFormat::text, redactor};
  SilentProgress progress;
  Run run("test", clock, log, progress, {}, std::chrono::minutes(1));
  http::Client client;
  http::Request request{.method = method, .url = url, .proxy = http::Proxy::none};
  request.headers = {{"Authorization", std::string("Bearer ") + k_token},
                     {"Content-Type", "application/json"}};
  if (!body.is_null()) request.body = body.dump();
  return client.send(run, request);
}

bool answers(const std::string& url) {
  try {
    return send("GET", url + "/user", {}).status == 200;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

GithubProxy::GithubProxy(const fs::path& packages, const std::string& upstream, int port)
    : port_(port),
      process_({.argv = {"node", "-r", files() / "loopback.cjs",
                         packages / "node_modules/@stoplight/prism-cli/dist/index.js", "proxy",
                         "--errors", "--host", "127.0.0.1", "--port", std::to_string(port),
                         files() / "openapi.json", upstream}},
               directory_.path()) {}

GithubServer* GithubServer::get() {
  static const auto server = []() -> std::unique_ptr<GithubServer> {
    if (!find_program("node") || !find_program("npm")) return nullptr;
    const TempDir logs("npm");
    const auto installed = run({.argv = {files() / "install.sh", cache()}}, logs.path(), 540s);
    if (installed.exit_code != 0) return nullptr;
    return std::make_unique<GithubServer>(cache());
  }();
  return server.get();
}

const std::string& GithubServer::why_none() {
  static const std::string reason =
      "no code host to test against: node and npm are missing, or npm could not install it";
  return reason;
}

bool GithubServer::required() {
  auto list = from_environment("TIDEGATE_TEST_REQUIRE");
  std::replace(list.begin(), list.end(), ' ', ',');
  return ("," + list + ",").find(",github,") != std::string::npos;
}

GithubServer::GithubServer(const fs::path& packages) : packages_(packages), app_key_(make_key()) {
  directory_.write("seed.json", seed(app_key_.reveal()).dump());
  for (int tries = 1; tries <= 3; ++tries) {  // another program may take a port before
    start();
    const bool ready = eventually(
        [this] { return !process_->running() || !proxy_->running() || answers(proxy_->url()); },
        60s);
    if (ready && process_->running() && proxy_->running()) return;
  }
  throw std::runtime_error("the code host did not start: " + process_->err_so_far() +
                           proxy_->says());
}

void GithubServer::start() {
  port_ = free_port();
  const auto proxy_port = free_port();
  const auto upstream = "http://127.0.0.1:" + std::to_string(port_);
  // It tells of pages at the address of the proxy, which are asked for there then.
  const Command command{
      .argv = {"node", "-r", files() / "loopback.cjs",
               packages_ / "node_modules/emulate/dist/index.js", "start", "--service", "github",
               "--port", std::to_string(port_), "--seed", directory_.path() / "seed.json",
               "--base-url", "http://127.0.0.1:" + std::to_string(proxy_port)},
      .directory = directory_.path()};
  process_ = std::make_unique<Process>(command, directory_.path());
  proxy_ = std::make_unique<GithubProxy>(packages_, upstream, proxy_port);
}

ForgePlan GithubServer::plan(Who who) const {
  ForgePlan plan;
  plan.repository = k_repository;
  plan.api_url = proxy_->url();
  if (who == Who::tidegate) plan.token = Secret(k_token);
  if (who == Who::stranger) plan.token = Secret(k_stranger);
  if (who == Who::app) plan.app = AppCredential{"4711", "", app_key_};
  return plan;
}

Json GithubServer::ask(const std::string& method, const std::string& path, const Json& body) const {
  const auto url = fmt::format("http://127.0.0.1:{}/repos/{}{}", port_, k_repository, path);
  const auto answer = send(method, url, body);
  if (answer.status >= 300) {
    throw std::runtime_error(fmt::format("{} {}: {} {}", method, path, answer.status, answer.body));
  }
  return answer.body.empty() ? Json() : Json::parse(answer.body);
}

PullNumber GithubServer::open_pull(const std::string& title) {
  const auto branch = fmt::format("branch-{}", ++changes_);
  const auto head = ask("GET", "/git/ref/heads/main").at("object").at("sha");
  ask("POST", "/git/refs", {{"ref", "refs/heads/" + branch}, {"sha", head}});
  ask("PUT", fmt::format("/contents/{}.txt", branch),
      {{"message", "begun"}, {"content", "YQ=="}, {"branch", branch}});
  const auto pull = ask("POST", "/pulls", {{"title", title}, {"head", branch}, {"base", "main"}});
  return PullNumber::parse(std::to_string(pull.at("number").get<int>())).value();
}

void GithubServer::close(PullNumber number) {
  ask("PATCH", fmt::format("/pulls/{}", number.value()), {{"state", "closed"}});
}

void GithubServer::merge(PullNumber number) {
  ask("PUT", fmt::format("/pulls/{}/merge", number.value()), Json::object());
}

}  // namespace tidegate::test
