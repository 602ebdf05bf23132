#include "config/render_values.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace tidegate::config {
namespace {

constexpr auto k_npos = std::string_view::npos;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_hex(char c) { return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

std::string without_placeholders(std::string text) {
  constexpr std::array<std::string_view, 4> k_placeholders{"{number}", "{database}", "{sha}",
                                                           "{target}"};
  for (const auto placeholder : k_placeholders) {
    for (auto at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder)) {
      text.replace(at, placeholder.size(), "x1");
    }
  }
  return text;
}

bool is_label(std::string_view label) {
  constexpr std::size_t k_longest = 63;
  return !label.empty() && label.size() <= k_longest && label.front() != '-' &&
         label.back() != '-' && std::all_of(label.begin(), label.end(), [](char c) {
           return is_digit(c) || is_letter(c) || c == '-' || c == '_';
         });
}

bool is_name(std::string_view name) {
  constexpr std::size_t k_longest = 253;
  if (name.size() > k_longest) return false;
  for (auto dot = name.find('.'); dot != k_npos; dot = name.find('.')) {
    if (!is_label(name.substr(0, dot))) return false;
    name.remove_prefix(dot + 1);
  }
  return is_label(name);
}

/// Also what is none, but would be taken for one: `10.0.0.256`.
bool is_address(std::string_view text) {
  if (text.starts_with('[') || std::count(text.begin(), text.end(), ':') > 1) return true;
  return text.find('.') != k_npos &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '.'; });
}

bool is_port(std::string_view text) {
  constexpr int k_highest = 65535;
  int port = 0;
  const auto* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, port);
  return !text.empty() && is_digit(text.front()) && read.ec == std::errc() && read.ptr == end &&
         port > 0 && port <= k_highest;
}

/// `db`, `10.0.0.7`, `[::1]`, each with a port or without.
bool is_server(std::string_view text) {
  auto end = text.find(':');
  if (text.starts_with('[')) {
    end = text.find(']');
    const auto inside = text.substr(1, std::min(end, text.size()) - 1);
    const bool address =
        inside.find(':') != k_npos &&
        std::all_of(inside.begin(), inside.end(), [](char c) { return is_hex(c) || c == ':'; });
    if (end == k_npos || !address) return false;
    ++end;
  } else if (!is_name(text.substr(0, end))) {
    return false;
  }
  const auto rest = text.substr(std::min(end, text.size()));
  return rest.empty() || (rest.front() == ':' && is_port(rest.substr(1)));
}

std::optional<std::string> mongodb_complaint(std::string_view host) {
  if (host.find(',') != k_npos) {
    return "is a list, and 'mongodb+srv' takes one name, whose SRV records list the servers";
  }
  if (is_address(host)) return "is an address, and 'mongodb+srv' takes a name with SRV records";
  if (host.find(':') != k_npos) {
    return "has a port, and 'mongodb+srv' takes the ports from the SRV records of a name";
  }
  if (!is_name(host)) return "is no host name";
  return std::nullopt;
}

std::optional<std::string> postgresql_complaint(std::string_view hosts) {
  while (true) {
    const auto comma = hosts.find(',');
    const auto one = hosts.substr(0, comma);
    if (!is_server(one)) {
      return fmt::format("has '{}' in it, which is no host name or address, with a port or without",
                         one);
    }
    if (comma == k_npos) return std::nullopt;
    hosts.remove_prefix(comma + 1);
  }
}

}  // namespace

std::optional<std::string> preview_host_complaint(std::string_view host, EngineKind engine) {
  const auto text = without_placeholders(std::string(host));
  std::optional<std::string> why;
  if (text.find("://") != k_npos) {
    why = "is a whole connection string, and only the host belongs here";
  } else {
    why = engine == EngineKind::mongodb ? mongodb_complaint(text) : postgresql_complaint(text);
  }
  if (!why) return std::nullopt;
  return fmt::format("'{}' {}", host, *why);
}

std::optional<std::string> workflow_schedule_complaint(const Schedule& schedule) {
  constexpr std::chrono::minutes k_shortest_of_github{5};
  if (schedule.shortest_interval() >= k_shortest_of_github) return std::nullopt;
  return fmt::format(
      "'{}' is due more often than every five minutes, and GitHub starts no workflow more often",
      schedule.text());
}

void check_render_values(const Resolver& resolver, const std::set<EngineKind>& with_previews,
                         std::vector<Problem>& problems) {
  const auto check = [&](const std::string& path, std::string_view hint, const auto& complaint) {
    const auto value = resolver.written(path);
    if (!value || value->origin.source != Source::file || has_variables(value->text())) return;
    if (const auto wrong = complaint(value->text())) {
      problems.push_back({value->line(), value->key, *wrong, std::string(hint)});
    }
  };
  const auto secrets = resolver.written("render.secrets.kind");
  const bool by_others = secrets && secrets->text() == "existing";
  for (const auto engine : with_previews) {
    if (by_others) break;
    check("render.previews.host", k_host_hint,
          [&](std::string_view host) { return preview_host_complaint(host, engine); });
  }
  for (const auto* path :
       {"render.workflows.sweep_schedule", "render.workflows.reconcile_schedule"}) {
    check(path, k_workflow_schedule_hint, [&](std::string_view text) -> std::optional<std::string> {
      if (config::complaint(*find_option(path), text)) return std::nullopt;  // found before
      return workflow_schedule_complaint(Schedule(text));
    });
  }
}

}  // namespace tidegate::config
