#include "engine/mongodb/demo/sample_server.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include "base/child.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr std::string_view k_replica_set = "tidegate-demo";

std::optional<std::string> installed(const std::string& name, const std::string& in_cache) {
  if (auto found = find_program(name)) return found;
  if (::access(in_cache.c_str(), X_OK) == 0) return in_cache;
  return std::nullopt;
}

std::string uri_of(const std::string& host, std::string_view replica_set) {
  return fmt::format("mongodb://{}/?replicaSet={}&authSource=admin", host, replica_set);
}

ServerRecipe real(const std::string& program, const ServerPlace& place) {
  const auto port = std::to_string(place.port);
  ServerRecipe recipe;
  recipe.program = "mongod";
  // The key by which members of a replica set know each other; there is one member.
  recipe.files = {{"key", "dGlkZWdhdGUgZGVtbyBvbmx5\n"}};
  recipe.unguarded = {program,
                      "--bind_ip",
                      "127.0.0.1",
                      "--port",
                      port,
                      "--dbpath",
                      place.directory,
                      "--replSet",
                      std::string(k_replica_set),
                      "--nounixsocket",
                      "--oplogSize",
                      "64",
                      "--wiredTigerCacheSizeGB",
                      "0.25"};
  recipe.guarded = recipe.unguarded;
  recipe.guarded.insert(recipe.guarded.end(), {"--keyFile", place.directory + "/key"});
  recipe.member = fmt::format("127.0.0.1:{}", place.port);
  recipe.uri = uri_of(recipe.member, k_replica_set);
  return recipe;
}

ServerRecipe stand_in(const std::string& program, const ServerPlace& place) {
  ServerRecipe recipe;
  recipe.unguarded = {
      program,          "--host",        "127.0.0.1",   "--port", std::to_string(place.port),
      "--storage-path", place.directory, "--log-level", "ERROR"};
  recipe.guarded = recipe.unguarded;
  recipe.guarded.emplace_back("--auth");
  recipe.uri = uri_of(fmt::format("127.0.0.1:{}", place.port), "secantus");
  return recipe;
}

ServerRecipe find(const ServerPlace& place) {
  if (const auto mongod = find_program("mongod")) return real(*mongod, place);
  const auto fast = installed("secantusd-rs", place.cache + "/secantusd/bin/secantusd-rs");
  const auto simple = installed("secantusd-py", place.cache + "/secantusd-py/bin/secantusd-py");
  if (!fast && !simple) {
    throw Error(ErrorKind::config, "there is no MongoDB server to show it on",
                "'./dev setup' installs a small one, 'mongod' on the PATH is used where it is "
                "there, and 'tidegate demo --uri URI' uses a server of yours");
  }
  auto recipe = stand_in(fast ? *fast : *simple, place);
  recipe.program = fast ? "secantusd-rs" : "secantusd-py";
  // Written in Python, and a hundred times slower than a server that is not.
  if (!fast) recipe.size = SampleSize::tenth;
  return recipe;
}

}  // namespace

ServerRecipe sample_server(const ServerPlace& place) {
  auto recipe = find(place);
  recipe.unguarded_uri = fmt::format("mongodb://127.0.0.1:{}/?directConnection=true", place.port);
  recipe.shell = fmt::format("mongosh '{}' --username {} --password \"$(cat {})\"", recipe.uri,
                             place.administrator.name, place.password_file);
  return recipe;
}

std::optional<std::string> without_user(const std::string& uri) {
  if (uri.find("authMechanism=") != std::string::npos) return std::nullopt;
  const auto scheme = uri.find("://");
  if (scheme == std::string::npos) return uri;
  auto rest = uri.substr(scheme + 3);
  const auto hosts_end = rest.find_first_of("/?");
  const auto at = rest.substr(0, hosts_end).rfind('@');
  if (at != std::string::npos) rest = rest.substr(at + 1);
  const auto query_at = rest.find('?');
  auto query = query_at == std::string::npos ? std::string() : rest.substr(query_at + 1);
  const auto hosts = rest.substr(0, rest.find_first_of("/?"));
  std::string options = "authSource=admin";
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto option = query.substr(0, end);
    if (option.rfind("authSource=", 0) != 0 && !option.empty()) options += "&" + option;
    query = end == std::string::npos ? std::string() : query.substr(end + 1);
  }
  return uri.substr(0, scheme + 3) + hosts + "/?" + options;
}

}  // namespace tidegate::engine::mongodb
