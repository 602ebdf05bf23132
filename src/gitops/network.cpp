#include "gitops/network.hpp"

#include <fmt/format.h>

#include <charconv>
#include <compare>
#include <optional>
#include <set>
#include <string_view>
#include <system_error>

namespace tidegate::gitops {
namespace {

constexpr int k_dns = 53, k_http = 80, k_https = 443;

struct Ports {
  int first, last;
  auto operator<=>(const Ports&) const = default;
};
using PortSet = std::set<Ports>;

/// Atlas answers on 27015 to 27017 (its page "Connection Ports": SRV records name any of them).
constexpr Ports k_mongodb{27015, 27017}, k_postgresql{5432, 5432};

Tree port(std::string_view protocol, const Ports& ports) {
  Tree one{{"protocol", protocol}, {"port", ports.first}};
  if (ports.last != ports.first) one["endPort"] = ports.last;
  return one;
}

Tree rule(const PortSet& ports) {
  Tree one;
  one["ports"] = Tree::array();
  for (const auto& each : ports) one["ports"].push_back(port("TCP", each));
  return one;
}

/// Nothing where the text is no port: it may be a variable.
std::optional<Ports> port_in(std::string_view digits) {
  int number = 0;
  const auto* end = digits.data() + digits.size();
  const auto [stop, code] = std::from_chars(digits.data(), end, number);
  if (code != std::errc() || stop != end || number < 1 || number > 65535) return std::nullopt;
  return Ports{number, number};
}

std::vector<std::string_view> at_commas(std::string_view list) {
  std::vector<std::string_view> parts;
  for (auto comma = list.find(','); comma != std::string_view::npos; comma = list.find(',')) {
    parts.push_back(list.substr(0, comma));
    list.remove_prefix(comma + 1);
  }
  parts.push_back(list);
  return parts;
}

/// `host=a port=6432` and `?port=6432`, which name one for all hosts, or one for each.
void add_parameter(PortSet& ports, std::string_view text, const Ports& otherwise) {
  constexpr std::string_view k_key = "port=", k_before = "?& \t";
  auto at = text.find(k_key);
  while (at != std::string_view::npos && at > 0 &&
         k_before.find(text[at - 1]) == std::string_view::npos) {
    at = text.find(k_key, at + 1);
  }
  if (at == std::string_view::npos) return;
  text.remove_prefix(at + k_key.size());
  text = text.substr(0, text.find_first_of("& \t"));
  for (const auto& each : at_commas(text)) ports.insert(port_in(each).value_or(otherwise));
}

/// The port of each host; `otherwise` for a host that names none.
void add_hosts(PortSet& ports, std::string_view authority, const Ports& otherwise) {
  authority = authority.substr(0, authority.find_first_of("/?"));
  for (const auto& host : at_commas(authority.substr(authority.rfind('@') + 1))) {
    const auto colon = host.find(':', host.rfind(']') + 1);
    const auto named =
        colon == std::string_view::npos ? std::nullopt : port_in(host.substr(colon + 1));
    ports.insert(named.value_or(otherwise));
  }
}

void add_address(PortSet& ports, std::string_view address, const Ports& otherwise) {
  PortSet named;
  add_parameter(named, address, otherwise);
  const auto scheme = address.find("://");
  if (named.empty() && scheme != std::string_view::npos && !address.starts_with("${")) {
    add_hosts(named, address.substr(scheme + 3), otherwise);
  }
  if (named.empty()) named.insert(otherwise);
  ports.merge(named);
}

const WrittenValue* written(const RenderPlan& plan, const std::string& path) {
  for (const auto& value : plan.written) {
    if (value.path == path && !value.items.empty()) return &value;
  }
  return nullptr;
}

PortSet database_ports(const RenderPlan& plan, const std::vector<std::string>& sections) {
  const auto own = plan.engine == EngineKind::postgresql ? k_postgresql : k_mongodb;
  PortSet ports;
  for (const auto& section : sections) {
    const auto* uri = written(plan, fmt::format("databases.{}.{}.uri", plan.name, section));
    if (uri != nullptr) add_address(ports, uri->items.front(), own);
    const auto file = fmt::format("databases.{}.{}.uri_file", plan.name, section);
    if (written(plan, file) != nullptr) ports.insert(own);
  }
  if (ports.empty()) ports.insert(own);
  return ports;
}

PortSet web_ports(const RenderPlan& plan) {
  PortSet ports{{k_https, k_https}};
  const auto storage = fmt::format("databases.{}.snapshot.storage", plan.name);
  for (const auto& path : {storage + ".endpoint", storage + ".sts_endpoint",
                           storage + ".credentials_uri", std::string("github.api_url")}) {
    const auto* address = written(plan, path);
    if (address == nullptr) continue;
    const int own = address->items.front().starts_with("http://") ? k_http : k_https;
    add_address(ports, address->items.front(), {own, own});
  }
  return ports;
}

}  // namespace

Tree service_account(const RenderPlan& plan, const ObjectPlace& placed) {
  auto account = object(plan, "v1", "ServiceAccount", placed);
  account["automountServiceAccountToken"] = false;
  return account;
}

Tree network_policy(const RenderPlan& plan, const ObjectPlace& placed,
                    const std::vector<std::string>& sections, Web web) {
  auto policy = object(plan, "networking.k8s.io/v1", "NetworkPolicy", placed);
  auto& spec = policy["spec"];
  spec["podSelector"]["matchLabels"] = {{"app.kubernetes.io/name", "tidegate"},
                                        {"app.kubernetes.io/component", placed.component},
                                        {"app.kubernetes.io/instance", plan.name}};
  spec["policyTypes"] = Tree::array({"Ingress", "Egress"});
  Tree names;
  names["ports"] = Tree::array({port("UDP", {k_dns, k_dns}), port("TCP", {k_dns, k_dns})});
  spec["egress"] = Tree::array({names, rule(database_ports(plan, sections))});
  if (web == Web::reached) spec["egress"].push_back(rule(web_ports(plan)));
  return policy;
}

}  // namespace tidegate::gitops
