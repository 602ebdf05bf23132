#include "engine/postgresql/driver/connection.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <random>
#include <utility>

#include "base/error.hpp"
#include "base/secret.hpp"
#include "engine/postgresql/driver/uri_parameters.hpp"

namespace tidegate::engine::postgresql {
namespace {

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

constexpr std::string_view k_service = "tidegate";
constexpr const char* k_encode =
    "a character such as '@', '/', ':', '?', '#' or '%' in a user name or password must be "
    "percent-encoded in a URL; or leave both out and set 'username' and 'password' beside it";

Error unreadable(const std::string& origin, std::string_view why, std::string hint = k_encode) {
  return Error(ErrorKind::config, fmt::format("cannot read the connection string: {}", why),
               std::move(hint), origin);
}

/// Connection strings are shared with the application's library, which has its own parameters.
std::optional<Error> foreign_parameters(const std::string& origin, std::string_view uri) {
  const auto unknown = unknown_parameters(uri);
  if (unknown.empty()) return std::nullopt;
  return unreadable(
      origin,
      fmt::format("its query has {} that libpq does not know: '{}'",
                  unknown.size() == 1 ? "a parameter" : "parameters", fmt::join(unknown, "', '")),
      fmt::format("remove {} here: such a parameter is for a library of the application "
                  "(Prisma, JDBC, Doctrine …); PostgreSQL's manual lists those of libpq under "
                  "'Parameter Key Words'",
                  unknown.size() == 1 ? "it" : "them"));
}

// libpq's messages quote the text that they could not read, which may be a part of the password.
Error translate(const std::string& origin, std::string_view words) {
  struct Translation {
    std::string_view begins, why, hint;
  };
  static constexpr std::array<Translation, 5> k_known{{
      {"missing \"=\" after", "a word in it has no '='",
       "write keyword=value pairs, a value with spaces in single quotes; or a URL: "
       "postgresql://host:5432/database"},
      {"unterminated quoted string", "a quoted value does not end",
       "within single quotes, write \\' for a quote and \\\\ for a backslash"},
      {"invalid connection option", "it has a keyword that libpq does not know",
       "PostgreSQL's manual lists the keywords under 'Parameter Key Words'; a value with spaces "
       "needs single quotes"},
      {"invalid URI query parameter", "its query has a parameter that libpq does not know",
       "PostgreSQL's manual lists the parameters under 'Parameter Key Words'"},
      {"invalid percent-encoded token", "a '%' in it is not followed by two hexadecimal digits",
       "write %25 for a '%'"},
  }};
  for (const auto& each : k_known) {
    if (words.substr(0, each.begins.size()) == each.begins) {
      return unreadable(origin, each.why, std::string(each.hint));
    }
  }
  return unreadable(origin, "it is neither a URL nor keyword=value text that libpq understands");
}

std::map<std::string, std::string> parse(const Endpoint& endpoint) {
  const std::string& text = endpoint.uri.reveal();
  // libpq would take a string without '=' and '://' for no pairs at all, and stop at a zero byte.
  if (text.find('\0') != std::string::npos) throw unreadable(endpoint.origin, "a zero byte in it");
  char* words = nullptr;
  const Options options(PQconninfoParse(text.c_str(), &words), PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> owned(words, PQfreemem);
  if (!options) {
    if (const auto foreign = foreign_parameters(endpoint.origin, text)) throw *foreign;
    throw translate(endpoint.origin, words != nullptr ? words : "");
  }
  std::map<std::string, std::string> values;
  for (const auto* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr && *option->val != '\0') values[option->keyword] = option->val;
  }
  return values;
}

std::vector<std::string> split(std::string_view list) {
  std::vector<std::string> parts;
  for (;;) {
    const auto comma = list.find(',');
    parts.emplace_back(list.substr(0, comma));
    if (comma == std::string_view::npos) return parts;
    list.remove_prefix(comma + 1);
  }
}

bool is_port(std::string_view text) {
  return text.empty() ||
         (text.size() <= 5 && text.find_first_not_of("0123456789") == std::string_view::npos);
}

// A character of a password that is not percent-encoded moves a part of the password into host,
// port or database, which messages show.
void require_plausible(const std::map<std::string, std::string>& values,
                       const std::string& origin) {
  for (const auto& [keyword, value] : values) {
    const auto parts = split(value);
    if (keyword == "port" && !std::all_of(parts.begin(), parts.end(), is_port)) {
      throw unreadable(origin, "its port is not a number");
    }
    const bool at_sign = std::any_of(parts.begin(), parts.end(), [](const std::string& part) {
      return part.find('@') != std::string::npos && part[0] != '@' && part[0] != '/';
    });
    if (keyword == "host" && at_sign) throw unreadable(origin, "there is an '@' in its host");
    if (keyword == "service") {
      throw unreadable(origin, "'service' is not supported",
                       "write the settings of the service into the connection string");
    }
  }
}

const char* environment_name(const std::string& keyword) {
  static const Options k_defaults(PQconndefaults(), PQconninfoFree);
  for (const auto* option = k_defaults.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (keyword == option->keyword) return option->envvar;
  }
  return nullptr;
}

// libpq's parseServiceFile() reads lines of fewer than 256 bytes before version 14, and removes
// white space at their end.
bool fits_a_line(const std::string& keyword, const std::string& value) {
  constexpr std::size_t k_longest_pair = 250;
  constexpr std::string_view k_space = " \t\v\f\r\n";
  return keyword.size() + value.size() < k_longest_pair &&
         value.find_first_of("\r\n") == std::string::npos &&
         k_space.find(value.back()) == std::string_view::npos;
}

bool is_handed_on(const std::string& keyword) { return keyword != "client_encoding"; }

/// `db1:5432,[::1]`, a socket's directory percent-encoded. One port for all hosts, or one for each.
std::string authority_of(const Conninfo& conninfo) {
  const auto hosts = split(conninfo.value("host"));
  const auto ports = split(conninfo.value("port"));
  std::string text;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    const auto& host = hosts[i];
    const bool is_v6 = host.find(':') != std::string::npos;
    const auto& port = ports.size() == 1 ? ports[0] : i < ports.size() ? ports[i] : std::string();
    text +=
        fmt::format("{}{}{}{}", i == 0 ? "" : ",", is_v6 ? "[" + host + "]" : percent_encode(host),
                    port.empty() ? "" : ":", port);
  }
  return text;
}

std::string service_text(const Conninfo& conninfo) {
  std::string text = fmt::format("[{}]\n", k_service);
  for (const auto& [keyword, value] : conninfo.values()) {
    if (is_handed_on(keyword) && fits_a_line(keyword, value)) {
      text += fmt::format("{}={}\n", keyword, value);
    }
  }
  return text;
}

std::vector<std::string> for_environment(const Conninfo& conninfo) {
  std::vector<std::string> variables;
  for (const auto& [keyword, value] : conninfo.values()) {
    if (!is_handed_on(keyword) || fits_a_line(keyword, value)) continue;
    const char* name = environment_name(keyword);
    if (name == nullptr) {
      throw Error(
          ErrorKind::config,
          fmt::format("cannot pass the value of '{}' to PostgreSQL's programs", keyword),
          "it must be shorter than 230 bytes, without a line break and without white space at its "
          "end",
          conninfo.origin());
    }
    variables.push_back(fmt::format("{}={}", name, value));
  }
  return variables;
}

}  // namespace

Conninfo::Conninfo(const Endpoint& endpoint) : values_(parse(endpoint)), origin_(endpoint.origin) {
  require_plausible(values_, origin_);
  const auto fill_in = [&](const char* keyword, const std::string& value) {
    if (!value.empty()) values_.try_emplace(keyword, value);
  };
  fill_in("user", endpoint.username);
  fill_in("password", endpoint.password.reveal());
  fill_in("dbname", "postgres");
  fill_in("keepalives_idle", "60");
  fill_in("keepalives_interval", "10");
  fill_in("keepalives_count", "6");
}

Conninfo Conninfo::with_database(const DatabaseName& name) const {
  return with("dbname", name.text());
}

Conninfo Conninfo::with(const std::string& keyword, std::string value) const {
  Conninfo other = *this;
  if (value.empty()) {
    other.values_.erase(keyword);
  } else {
    other.values_[keyword] = std::move(value);
  }
  return other;
}

std::string Conninfo::value(const std::string& keyword) const {
  const auto found = values_.find(keyword);
  return found == values_.end() ? std::string() : found->second;
}

std::string Conninfo::display() const {
  const auto hosts = split(value(values_.count("host") != 0 ? "host" : "hostaddr"));
  const auto ports = split(value("port"));
  std::string text;
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    // A single port applies to all hosts.
    const auto& port = ports.size() == 1 ? ports[0] : i < ports.size() ? ports[i] : ports.back();
    const bool bare_ipv6 = hosts[i].find(':') != std::string::npos && hosts[i][0] != '/';
    text += fmt::format(fmt::runtime(bare_ipv6 ? "{}[{}]:{}" : "{}{}:{}"), i == 0 ? "" : ",",
                        hosts[i].empty() ? "localhost" : hosts[i], port.empty() ? "5432" : port);
  }
  return text;
}

std::vector<Conninfo> Conninfo::each_host() const {
  const auto count = split(value(values_.count("host") != 0 ? "host" : "hostaddr")).size();
  const bool even = values_.count("hostaddr") == 0 || split(value("hostaddr")).size() == count;
  if (count < 2 || !even) return {*this};  // libpq refuses lists of different lengths
  std::vector<Conninfo> all;
  for (std::size_t i = 0; i < count; ++i) {
    auto one = *this;
    for (const auto* keyword : {"host", "hostaddr", "port"}) {
      const auto parts = split(value(keyword));
      if (parts.size() == count) one = one.with(keyword, parts[i]);
    }
    all.push_back(std::move(one));
  }
  if (value("load_balance_hosts") == "random") {
    std::shuffle(all.begin(), all.end(), std::mt19937(std::random_device()()));
  }
  if (value("target_session_attrs") != "prefer-standby") return all;
  // When no host is a standby, the second round accepts any host.
  for (std::size_t i = 0; i < count; ++i) {
    all.push_back(all[i].with("target_session_attrs", "any"));
    all[i] = all[i].with("target_session_attrs", "standby");
  }
  return all;
}

Conninfo::Pointers Conninfo::pointers() const {
  Pointers pointers;
  for (const auto& [keyword, value] : values_) {
    pointers.keywords.push_back(keyword.c_str());
    pointers.values.push_back(value.c_str());
  }
  pointers.keywords.push_back(nullptr);
  pointers.values.push_back(nullptr);
  return pointers;
}

ServiceFile::ServiceFile(const Conninfo& conninfo)
    : file_("tidegate-service", service_text(conninfo)), environment_(for_environment(conninfo)) {
  environment_.push_back("PGSERVICEFILE=" + MemoryFile::path_for_child(0));
}

std::string ServiceFile::argument() { return fmt::format("--dbname=service={}", k_service); }

std::string url_of(const Conninfo& conninfo) {
  const auto user = conninfo.value("user");
  const auto password = conninfo.value("password");
  std::string url = "postgresql://" + percent_encode(user);
  if (!password.empty()) url += ":" + percent_encode(password);
  if (!user.empty() || !password.empty()) url += "@";
  url += authority_of(conninfo) + "/" + percent_encode(conninfo.value("dbname"));
  char mark = '?';
  for (const auto& [keyword, value] : conninfo.values()) {
    const bool said = keyword == "user" || keyword == "password" || keyword == "host" ||
                      keyword == "port" || keyword == "dbname";
    if (said || !is_handed_on(keyword)) continue;
    url += fmt::format("{}{}={}", std::exchange(mark, '&'), keyword, percent_encode(value));
  }
  return url;
}

}  // namespace tidegate::engine::postgresql
