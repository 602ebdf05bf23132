#include "engine/postgresql/publish/comment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.hpp"
#include "model/metadata_json.hpp"

namespace tidegate::engine::postgresql {
namespace {

using Json = nlohmann::ordered_json;

constexpr auto k_staging = "tidegateStaging";
constexpr auto k_own_words = "comment";
constexpr std::string_view k_prefix = "tidegate_";
constexpr std::size_t k_run_digits = 8;

constexpr std::array<std::pair<Purpose, const char*>, 3> k_purposes{{
    {Purpose::copy, "copy"},
    {Purpose::aside, "aside"},
    {Purpose::scratch, "scratch"},
}};

std::optional<Json> object_in(const std::string& comment) {
  if (comment.empty() || comment.front() != '{') return std::nullopt;
  auto json = Json::parse(comment, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  return json;
}

bool is_metadata(const Json& json) {
  return json.contains("timestamp") && json.contains("status") && json.contains("collections");
}

std::string text_in(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool all_of(std::string_view text, int (*is)(int)) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](unsigned char c) {
    return is(c) != 0 && std::isupper(c) == 0;
  });
}

std::string whose(const std::string& database) {
  return fmt::format("the comment of database '{}'", database);
}

}  // namespace

std::string comment_of(const Metadata& metadata, const std::string& own_words) {
  auto json = to_json(metadata, Definitions::include);
  if (!own_words.empty()) json[k_own_words] = own_words;
  return json.dump();
}

std::string comment_of(const StagingNote& note) {
  const auto* purpose = std::find_if(k_purposes.begin(), k_purposes.end(),
                                     [&](const auto& each) { return each.first == note.purpose; });
  return Json{{k_staging, {{"target", note.target}, {"run", note.run}, {"for", purpose->second}}}}
      .dump();
}

std::optional<Metadata> metadata_in(const std::string& comment, const std::string& database) {
  const auto json = object_in(comment);
  if (!json || !is_metadata(*json)) return std::nullopt;
  try {
    return metadata_from_json(*json);
  } catch (Error& error) {
    throw error.prefixed(whose(database));
  }
}

std::optional<Metadata> metadata_told(const std::string& comment, const std::string& database) {
  const auto json = object_in(comment);
  if (!json || !is_metadata(*json)) return std::nullopt;
  return metadata_as_told(*json, whose(database));
}

std::optional<StagingNote> staging_in(const std::string& comment) {
  const auto json = object_in(comment);
  if (!json || !json->contains(k_staging) || !json->at(k_staging).is_object()) return std::nullopt;
  const auto& note = json->at(k_staging);
  StagingNote result{text_in(note, "target"), text_in(note, "run"), Purpose::copy};
  const auto purpose = text_in(note, "for");
  for (const auto& [value, name] : k_purposes) {
    if (purpose == name) result.purpose = value;
  }
  return result;
}

std::string own_words_in(const std::string& comment) {
  const auto json = object_in(comment);
  if (!json) return comment;
  if (is_metadata(*json)) return text_in(*json, k_own_words);
  return json->contains(k_staging) ? std::string() : comment;
}

DatabaseName staging_name(const std::string& run, int number) {
  return DatabaseName(fmt::format("{}{}_{}", k_prefix, digits_of_run(run), number),
                      EngineKind::postgresql);
}

std::string digits_of_run(const std::string& run) {
  return run.substr(run.size() - std::min(run.size(), k_run_digits));
}

std::string digits_in(const std::string& staging_name) {
  return staging_name.substr(k_prefix.size(), k_run_digits);
}

bool is_staging_name(const std::string& name) {
  const std::string_view view = name;
  if (view.substr(0, k_prefix.size()) != k_prefix) return false;
  const auto rest = view.substr(k_prefix.size());
  return rest.size() > k_run_digits + 1 && all_of(rest.substr(0, k_run_digits), &std::isxdigit) &&
         rest[k_run_digits] == '_' && all_of(rest.substr(k_run_digits + 1), &std::isdigit);
}

}  // namespace tidegate::engine::postgresql
