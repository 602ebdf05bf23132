#include "web/ask.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "http/client.hpp"

namespace tidegate::web {
namespace {

using Json = nlohmann::json;

/// A daemon that listens on every address is reached on the loopback address.
std::string host_of(const std::string& address) {
  if (address == "0.0.0.0") return "127.0.0.1";
  if (address.find(':') == std::string::npos) return address;
  return address == "::" ? "[::1]" : "[" + address + "]";
}

std::optional<Condition> condition_in(const Json& entry) {
  if (!entry.is_object()) return std::nullopt;
  const auto name = entry.find("name"), good = entry.find("good"), says = entry.find("says");
  if (name == entry.end() || good == entry.end() || says == entry.end()) return std::nullopt;
  if (!name->is_string() || !good->is_boolean() || !says->is_string()) return std::nullopt;
  return Condition{*name, *good, *says};
}

std::optional<std::vector<Condition>> conditions_in(const std::string& body) {
  const auto document = Json::parse(body, nullptr, false);
  if (!document.is_object() || !document.contains("conditions")) return std::nullopt;
  std::vector<Condition> conditions;
  for (const auto& entry : document["conditions"]) {
    auto condition = condition_in(entry);
    if (!condition) return std::nullopt;
    conditions.push_back(*std::move(condition));
  }
  return conditions;
}

}  // namespace

std::vector<Condition> ask_health(Run& run, const std::string& address, std::uint16_t port) {
  const auto server = fmt::format("{}:{}", host_of(address), port);
  http::Client client;
  const auto answer = client.send(run, {.url = fmt::format("http://{}/readyz", server),
                                        .headers = {{"Accept", "application/json"}},
                                        .proxy = http::Proxy::none});
  auto conditions = conditions_in(answer.body);
  if (!conditions) {
    throw Error(ErrorKind::remote,
                fmt::format("the program at {} is not tidegate (status {})", server, answer.status),
                "another program uses the daemon's port: set 'server.listen' to another port");
  }
  return *std::move(conditions);
}

}  // namespace tidegate::web
