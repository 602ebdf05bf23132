#include "support/postgres_server.hpp"

#include <gtest/gtest.h>
#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <random>

#include "base/secret.hpp"
#include "support/loopback.hpp"

namespace tidegate::test {
namespace {

constexpr const char* k_admin = "tidegate_test_admin";
constexpr const char* k_admin_password = "an administrator's: p@ss/word";
constexpr const char* k_server_user = "postgres";

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool has_server(const std::filesystem::path& programs) {
  return ::access((programs / "initdb").c_str(), X_OK) == 0 &&
         ::access((programs / "postgres").c_str(), X_OK) == 0;
}

std::filesystem::path newest_installed() {
  std::filesystem::path best;
  int newest = 0;
  std::error_code none;
  for (const auto& each : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    const int version = std::atoi(each.path().filename().c_str());
    if (version > newest && has_server(each.path() / "bin")) {
      newest = version;
      best = each.path() / "bin";
    }
  }
  return best;
}

/// The folder in which `./dev test-postgresql` keeps this major; as root not below root's own
/// cache, which the server's user cannot read.
std::filesystem::path fetched(const std::string& major) {
  std::filesystem::path cache = from_environment("TIDEGATE_POSTGRESQL_CACHE");
  if (cache.empty() && ::geteuid() == 0) cache = "/var/cache/tidegate/postgresql";
  if (cache.empty() && !from_environment("XDG_CACHE_HOME").empty()) {
    cache = from_environment("XDG_CACHE_HOME") + "/tidegate/postgresql";
  }
  if (cache.empty()) cache = from_environment("HOME") + "/.cache/tidegate/postgresql";
  return cache / major / "bin";
}

/// Its clients come first on the PATH, where the program searches for the newest.
std::filesystem::path named_major(const std::string& major) {
  const auto programs = fetched(major);
  if (!has_server(programs)) return {};
  ::setenv("PATH", (programs.string() + ":" + from_environment("PATH")).c_str(), 1);
  return programs;
}

std::filesystem::path find_programs() {
  if (const auto major = from_environment("TIDEGATE_TEST_POSTGRESQL"); !major.empty()) {
    return named_major(major);
  }
  if (const auto given = from_environment("TIDEGATE_TEST_POSTGRES_BIN"); !given.empty()) {
    return has_server(given) ? std::filesystem::path(given) : std::filesystem::path();
  }
  if (auto found = newest_installed(); !found.empty()) return found;
  const auto initdb = find_program("initdb");
  return initdb && has_server(initdb->parent_path()) ? initdb->parent_path()
                                                     : std::filesystem::path();
}

const passwd* server_user() { return ::getpwnam(k_server_user); }

std::unique_ptr<PostgresServer> find_server() {
  const auto uri = from_environment("TIDEGATE_TEST_POSTGRES_URI");
  if (!uri.empty()) return std::make_unique<PostgresServer>(uri);
  const auto programs = find_programs();
  if (programs.empty() || (::geteuid() == 0 && server_user() == nullptr)) return nullptr;
  return std::make_unique<PostgresServer>(programs);
}

std::string random_prefix() {
  std::random_device random;
  std::string text = "tidegate_test_";
  for (int i = 0; i < 4; ++i) text += "0123456789abcdef"[random() % 16];
  return text + "_";
}

/// A change of user resets "dies with its parent", so it is set again.
std::vector<std::string> as_server_user(std::vector<std::string> argv) {
  if (::geteuid() != 0) return argv;
  std::vector<std::string> result{"setpriv",
                                  std::string("--reuid=") + k_server_user,
                                  "--init-groups",
                                  std::string("--regid=") + std::to_string(server_user()->pw_gid),
                                  "--pdeathsig",
                                  "QUIT",
                                  "--"};
  result.insert(result.end(), argv.begin(), argv.end());
  return result;
}

void give_to_server_user(const std::filesystem::path& path) {
  if (::geteuid() != 0) return;
  const auto* user = server_user();
  if (::chown(path.c_str(), user->pw_uid, user->pw_gid) != 0) {
    throw std::runtime_error("cannot give " + path.string() + " to the server's user");
  }
}

std::string authority(const std::string& user, const std::string& password) {
  return percent_encode(user) + ":" + percent_encode(password) + "@";
}

}  // namespace

PostgresServer* PostgresServer::get() {
  static const auto server = find_server();
  return server.get();
}

const std::string& PostgresServer::why_none() {
  static const std::string reason =
      "no PostgreSQL server: set TIDEGATE_TEST_POSTGRES_URI, or install Debian's 'postgresql', or "
      "have './dev test-postgresql' fetch the one that TIDEGATE_TEST_POSTGRESQL names, or "
      "set TIDEGATE_TEST_POSTGRES_BIN to the folder that holds initdb and postgres (as root, a "
      "user 'postgres' is needed too)";
  return reason;
}

bool PostgresServer::required() {
  return from_environment("TIDEGATE_TEST_REQUIRE").find("postgresql") != std::string::npos;
}

PostgresServer::PostgresServer(const std::filesystem::path& programs,
                               std::map<std::string, std::string> settings,
                               std::vector<std::string> initdb)
    : prefix_(random_prefix()),
      programs_(programs),
      settings_(std::move(settings)),
      directory_(std::make_unique<TempDir>("postgresql", place_for_servers())) {
  give_to_server_user(directory_->path());
  make_cluster(initdb);
  start();
}

PostgresServer::PostgresServer(std::string external_uri)
    : uri_(external_uri), prefix_(random_prefix()), external_(std::move(external_uri)) {
  version_ = std::stoi(SqlClient(uri_).text("SHOW server_version_num")) / 10000;
}

PostgresServer::~PostgresServer() {
  if (external_.empty()) {
    stop(SIGINT);
    return;
  }
  try {
    drop_databases(prefix_);
    auto admin = client();
    for (const auto& role :
         admin.column("SELECT rolname FROM pg_roles WHERE starts_with(rolname, $1)", {prefix_})) {
      admin.run("DROP ROLE " + admin.identifier(role));
    }
  } catch (const std::exception&) {
    return;  // a dead server has nothing to clean up
  }
}

void PostgresServer::make_cluster(const std::vector<std::string>& arguments) {
  const auto password = directory_->write("password", std::string(k_admin_password) + "\n");
  give_to_server_user(password);
  std::vector<std::string> argv{
      programs_ / "initdb", "--no-sync", "--pgdata", data(),          "--username", k_admin,
      "--pwfile",           password,    "--auth",   "scram-sha-256", "--encoding", "UTF8",
      "--locale",           "C.UTF-8"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  const auto made = run(
      {.argv = as_server_user(argv), .env = {{"PGOPTIONS", ""}}, .directory = directory_->path()},
      directory_->path());
  if (made.exit_code != 0) throw std::runtime_error("initdb failed: " + made.all());
}

void PostgresServer::start() {
  constexpr int k_tries = 5;
  for (int attempt = 1;; ++attempt) {
    if (port_ == 0) port_ = free_port();
    launch();
    if (wait_until_ready()) return;
    // Another process may have taken the port since free_port().
    const auto why = process_->err_so_far();
    if (attempt == k_tries || why.find("could not bind") == std::string::npos) {
      throw std::runtime_error("the test server did not start: " + why);
    }
    port_ = 0;
  }
}

void PostgresServer::launch() {
  std::map<std::string, std::string> all{
      {"listen_addresses", "127.0.0.1"},
      {"port", std::to_string(port_)},
      {"unix_socket_directories", directory_->path()},
      {"fsync", "off"},
      {"full_page_writes", "off"},
      {"synchronous_commit", "off"},
      {"shared_buffers", "32MB"},
      {"max_connections", "80"},
      {"max_prepared_transactions", "5"},
      {"lc_messages", "C"},
      // A client that hangs during sign-in blocks CREATE and DROP DATABASE until then.
      {"authentication_timeout", "15s"},
  };
  for (const auto& [name, value] : settings_) all[name] = value;
  std::vector<std::string> argv{programs_ / "postgres", "-D", data()};
  for (const auto& [name, value] : all) argv.insert(argv.end(), {"-c", name + "=" + value});
  process_ = std::make_unique<Process>(
      Command{.argv = as_server_user(argv), .directory = directory_->path()}, directory_->path());
  uri_ = "postgresql://" + authority(k_admin, k_admin_password) +
         "127.0.0.1:" + std::to_string(port_) + "/postgres";
}

bool PostgresServer::wait_until_ready() {
  bool ready = false;
  eventually(
      [&] {
        if (!process_->running()) return true;
        try {
          version_ = std::stoi(SqlClient(uri_).text("SHOW server_version_num")) / 10000;
          ready = true;
        } catch (const SqlFailed&) {
          return false;
        }
        return true;
      },
      60s);
  return ready;
}

void PostgresServer::stop(int signal) {
  if (!process_) return;
  process_->signal(signal);
  process_->wait_for(30s);
  process_.reset();
}

void PostgresServer::restart(int signal) {
  stop(signal);
  start();
}

std::unique_ptr<PostgresServer> PostgresServer::another(std::map<std::string, std::string> settings,
                                                        std::vector<std::string> initdb) const {
  if (!external_.empty()) return nullptr;
  return std::make_unique<PostgresServer>(programs_, std::move(settings), std::move(initdb));
}

std::filesystem::path PostgresServer::data() const {
  return directory_ ? directory_->path() / "data" : std::filesystem::path();
}

std::string PostgresServer::uri_of(const std::string& database) const {
  const auto authority_end = uri_.find('/', uri_.find("://") + 3);
  const auto query = uri_.find('?');
  return uri_.substr(0, std::min(authority_end, query)) + "/" + percent_encode(database) +
         (query == std::string::npos ? "" : uri_.substr(query));
}

std::string PostgresServer::uri_as(const std::string& user, const std::string& password,
                                   const std::string& database) const {
  auto uri = uri_of(database);
  const auto host = uri.find("://") + 3;
  const auto at = uri.find('@', host);
  if (at != std::string::npos && at < uri.find('/', host)) uri.erase(host, at + 1 - host);
  return uri.insert(host, authority(user, password));
}

std::string PostgresServer::socket_uri(const std::string& database) const {
  if (!directory_) return {};
  return "postgresql://" + authority(k_admin, k_admin_password) + "/" + percent_encode(database) +
         "?host=" + percent_encode(directory_->path().string()) + "&port=" + std::to_string(port_);
}

void PostgresServer::drop_databases(const std::string& prefix) {
  auto admin = client();
  const auto names =
      admin.column("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", {prefix});
  for (const auto& name : names) {
    const auto quoted = admin.identifier(name);
    try {
      admin.run("ALTER DATABASE " + quoted + " IS_TEMPLATE false");
    } catch (const SqlFailed&) {
      // An interrupted drop leaves a database that can only be dropped.
    }
    admin.run("DROP DATABASE IF EXISTS " + quoted + " WITH (FORCE)");
  }
}

}  // namespace tidegate::test
