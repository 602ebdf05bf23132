#include "engine/postgresql/driver/uri_parameters.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <cctype>
#include <memory>

namespace tidegate::engine::postgresql {
namespace {

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

bool is_known(std::string_view parameter) {
  static const Options k_defaults(PQconndefaults(), PQconninfoFree);
  if (parameter == "ssl") return true;  // libpq takes it for sslmode=require
  for (const auto* option = k_defaults.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    if (parameter == option->keyword) return true;
  }
  return false;
}

bool is_word(std::string_view text) {
  constexpr std::size_t k_longest_word = 40;
  return !text.empty() && text.size() <= k_longest_word &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '.'; });
}

}  // namespace

std::vector<std::string> unknown_parameters(std::string_view uri) {
  std::vector<std::string> unknown;
  const auto question = uri.find('?');
  if (question == std::string_view::npos) return unknown;
  auto query = uri.substr(question + 1);
  if (query.find('@') != std::string_view::npos) return unknown;
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos) continue;  // not a parameter: it may be anything
    const auto name = pair.substr(0, equals);
    if (is_word(name) && !is_known(name)) unknown.emplace_back(name);
  }
  return unknown;
}

}  // namespace tidegate::engine::postgresql
