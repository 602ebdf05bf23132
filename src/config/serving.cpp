#include <fmt/format.h>

#include <charconv>

#include "config/config.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

std::string in_snapshot(std::string_view database, std::string_view key) {
  return fmt::format("databases.{}.snapshot.{}", database, key);
}

/// Its form has been checked; a text that a variable brought, when it was resolved.
std::optional<Schedule> schedule_at(const Resolver& resolver, const std::string& path) {
  const auto value = resolver.get(path);
  if (!value) return std::nullopt;
  return Schedule(schedule_text(*find_option(path), value->text));
}

std::optional<std::uint16_t> port_in(std::string_view text) {
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, port);
  if (text.empty() || result.ec != std::errc() || result.ptr != end) return std::nullopt;
  return port;
}

/// `127.0.0.1:8080`, `:8080`, `[::1]:8080`; a name is not looked up.
std::optional<ListenAddress> address_in(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto port = port_in(text.substr(colon + 1));
  auto address = text.substr(0, colon);
  if (!port) return std::nullopt;
  if (address.empty()) return ListenAddress{"0.0.0.0", *port};
  const bool brackets = address.size() > 2 && address.front() == '[' && address.back() == ']';
  if (brackets) address = address.substr(1, address.size() - 2);
  constexpr std::string_view k_letters = "0123456789abcdefABCDEF:.";
  if (address.find_first_not_of(k_letters) != std::string_view::npos) return std::nullopt;
  if (!brackets && address.find(':') != std::string_view::npos) return std::nullopt;
  return ListenAddress{std::string(address), *port};
}

}  // namespace

bool Config::enabled(std::string_view database) const {
  return is_on(Resolver(parts_).required(in_snapshot(database, "enabled")));
}

bool Config::on_start(std::string_view database) const {
  return is_on(Resolver(parts_).required(in_snapshot(database, "on_start")));
}

std::optional<Schedule> Config::schedule(std::string_view database) const {
  return schedule_at(Resolver(parts_), in_snapshot(database, "schedule"));
}

std::optional<Schedule> Config::drill(std::string_view database) const {
  return schedule_at(Resolver(parts_), in_snapshot(database, "drill"));
}

ListenAddress Config::listen() const {
  const auto value = Resolver(parts_).required("server.listen");
  if (auto address = address_in(value.text)) return *std::move(address);
  throw Error(ErrorKind::config,
              fmt::format("{}: '{}' is no address and port", value.place(), value.text),
              "such as 127.0.0.1:8080, [::1]:8080, or :8080 for every address");
}

}  // namespace tidegate::config
