#include "support/mongo_server.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <map>
#include <random>
#include <stdexcept>

#include "support/loopback.hpp"

namespace tidegate::test {
namespace {

constexpr const char* k_admin = "tidegate_test_admin";
constexpr const char* k_admin_password = "an administrator's: p@ss/word";

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string random_prefix() {
  std::random_device random;
  std::string text = "tidegate_test_";
  for (int i = 0; i < 4; ++i) text += "0123456789abcdef"[random() % 16];
  return text + "_";
}

std::unique_ptr<MongoServer> find_server(Access access) {
  const auto uri = from_environment("TIDEGATE_TEST_MONGODB_URI");
  if (!uri.empty()) return std::make_unique<MongoServer>(access, uri);
  if (const auto mongod = find_program("mongod")) {
    return std::make_unique<MongoServer>(access, *mongod);
  }
  if (const auto program = MongoServer::installed("secantusd-rs"))
    return std::make_unique<MongoServer>(access, *program);
  return nullptr;
}

bool ignores_credentials(const std::string& uri) { return uri.find('@') == std::string::npos; }

}  // namespace

std::string percent_encoded(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.') {
      result += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      result += '%';
      result += "0123456789ABCDEF"[byte >> 4U];
      result += "0123456789ABCDEF"[byte & 15U];
    }
  }
  return result;
}

const std::vector<std::string>& MongoServer::programs() {
  static const std::vector<std::string> names{"mongod", "secantusd-rs", "secantusd-py"};
  return names;
}

std::optional<std::filesystem::path> MongoServer::installed(const std::string& program) {
  if (auto found = find_program(program)) return found;
  auto cache = std::filesystem::path(from_environment("XDG_CACHE_HOME"));
  if (cache.empty()) cache = std::filesystem::path(from_environment("HOME")) / ".cache";
  const auto folder = program == "secantusd-py" ? "secantusd-py" : "secantusd";
  const auto path = cache / "tidegate" / folder / "bin" / program;
  if (::access(path.c_str(), X_OK) == 0) return path;
  return std::nullopt;
}

MongoServer* MongoServer::of(const std::string& program) {
  static std::map<std::string, std::unique_ptr<MongoServer>> servers;
  auto& server = servers[program];
  const auto path = installed(program);
  if (!server && path) server = std::make_unique<MongoServer>(Access::open, *path);
  return server.get();
}

bool MongoServer::required(const std::string& program) {
  return ("," + from_environment("TIDEGATE_TEST_REQUIRE") + ",").find("," + program + ",") !=
         std::string::npos;
}

MongoServer* MongoServer::get(Access access) {
  if (access == Access::open) {
    static const auto server = find_server(access);
    return server.get();
  }
  static const auto server = find_server(access);
  if (server != nullptr && !server->external_.empty() && ignores_credentials(server->external_)) {
    return nullptr;
  }
  return server.get();
}

const std::string& MongoServer::why_none() {
  static const std::string reason =
      from_environment("TIDEGATE_TEST_MONGODB_URI").empty()
          ? "no MongoDB server: set TIDEGATE_TEST_MONGODB_URI, or put mongod or secantusd-rs on "
            "the PATH ('./dev setup' installs the latter)"
          : "TIDEGATE_TEST_MONGODB_URI names no user, and this test needs access control";
  return reason;
}

bool MongoServer::required() {
  return from_environment("TIDEGATE_TEST_REQUIRE").find("mongodb") != std::string::npos;
}

MongoServer::MongoServer(Access access, std::string external_uri)
    : access_(access),
      uri_(external_uri),
      prefix_(random_prefix()),
      external_(std::move(external_uri)) {
  auto admin = client();
  const auto build = admin.command("admin", {{"buildInfo", 1}});
  faithful_ = build.dump().find("ecantus") == std::string::npos;
}

MongoServer::MongoServer(Access access, const std::filesystem::path& program)
    : access_(access),
      prefix_(random_prefix()),
      program_(program),
      faithful_(program.filename() == "mongod"),
      directory_(std::make_unique<TempDir>("mongodb", place_for_servers())) {
  std::filesystem::create_directory(directory_->path() / "data");
  const auto key = directory_->write("key", "dGlkZWdhdGUgdGVzdHMgb25seQ==\n");
  ::chmod(key.c_str(), S_IRUSR);
  start(false);
  wait_until_ready(true);
  if (access_ == Access::open) return;
  // Users are created while access control is off: this serves both servers, without the localhost
  // exception, which only one of them has.
  auto admin = client();
  admin.command("admin", {{"createUser", k_admin},
                          {"pwd", k_admin_password},
                          {"roles", Json::array({Json{{"role", "root"}, {"db", "admin"}}})}});
  process_->signal(SIGTERM);
  process_->wait(100s);
  start(true);
  wait_until_ready(false);
}

MongoServer::~MongoServer() {
  if (external_.empty()) return;
  try {
    auto admin = client();
    for (const auto& name : admin.databases()) {
      if (name.rfind(prefix_, 0) == 0) admin.drop_database(name);
    }
    const auto users = admin.command("admin", {{"usersInfo", 1}});
    for (const auto& user : users.at("users")) {
      const auto name = user.at("user").get<std::string>();
      if (name.find(prefix_) == 0) admin.code_of("admin", {{"dropUser", name}});
    }
  } catch (const std::exception&) {
    return;  // a server that is gone holds nothing to clean up
  }
}

std::unique_ptr<MongoServer> MongoServer::another() const {
  if (!external_.empty()) return nullptr;
  return std::make_unique<MongoServer>(access_, program_);
}

void MongoServer::start(bool authenticated) {
  if (port_ == 0) port_ = free_port();
  const auto& root = directory_->path();
  Command command;
  const auto port = std::to_string(port_);
  const auto data = (root / "data").string();
  if (faithful_) {
    command.argv = {program_,
                    "--bind_ip",
                    "127.0.0.1",
                    "--port",
                    port,
                    "--dbpath",
                    data,
                    "--replSet",
                    "tidegate_test",
                    "--nounixsocket",
                    "--wiredTigerCacheSizeGB",
                    "0.5"};
    if (authenticated) {
      command.argv.insert(command.argv.end(), {"--keyFile", (root / "key").string()});
    }
  } else {
    command.argv = {program_, "--host",         "127.0.0.1", "--port",
                    port,     "--storage-path", data,        "--log-level",
                    "ERROR",  "--cache-size",   "512M",      "--enable-test-commands"};
    if (authenticated) command.argv.push_back("--auth");
  }
  process_ = std::make_unique<Process>(command, root);
  uri_ = plain_uri();
  if (authenticated) uri_ = uri_as(k_admin, k_admin_password);
}

std::string MongoServer::plain_uri() const {
  const auto set = set_name_.empty() ? std::string() : "&replicaSet=" + set_name_;
  return "mongodb://127.0.0.1:" + std::to_string(port_) + "/?authSource=admin" + set;
}

void MongoServer::wait_until_ready(bool initiate) {
  const auto address = "127.0.0.1:" + std::to_string(port_);
  const auto direct = uri_ + "&directConnection=true";
  bool asked = !initiate || !faithful_;
  const bool ready = eventually(
      [&] {
        if (!process_->running()) return true;
        try {
          TestClient probe(direct + "&serverSelectionTimeoutMS=200&serverSelectionTryOnce=true");
          if (!asked) {
            const Json member = {{"_id", 0}, {"host", address}};
            const Json config = {{"_id", "tidegate_test"}, {"members", Json::array({member})}};
            const int code = probe.code_of("admin", {{"replSetInitiate", config}});
            asked = code == 0 || code == 23;  // AlreadyInitialized
          }
          const auto hello = probe.command("admin", {{"hello", 1}});
          set_name_ = hello.value("setName", "");
          return hello.value("isWritablePrimary", false);
        } catch (const std::exception&) {
          return false;
        }
      },
      100s);
  if (!ready || !process_->running()) {
    throw std::runtime_error("the test server did not start: " + process_->err_so_far() +
                             process_->out_so_far());
  }
  const bool signed_in = uri_.find('@') != std::string::npos;
  uri_ = signed_in ? uri_as(k_admin, k_admin_password) : plain_uri();
}

void MongoServer::restart(int signal) {
  process_->signal(signal);
  process_->wait(100s);
  const bool authenticated = access_ == Access::authenticated;
  start(authenticated);
  wait_until_ready(false);
}

std::string MongoServer::uri_as(const std::string& user, const std::string& password) const {
  const auto credentials = percent_encoded(user) + ":" + percent_encoded(password) + "@";
  auto base = external_.empty() ? plain_uri() : external_;
  const auto host = base.find("://") + 3;
  const auto at = base.find('@', host);
  const auto end = base.find('/', host);
  if (at != std::string::npos && (end == std::string::npos || at < end)) {
    base.erase(host, at + 1 - host);
  }
  return base.insert(host, credentials);
}

}  // namespace tidegate::test
