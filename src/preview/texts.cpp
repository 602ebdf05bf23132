#include "preview/texts.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <kainjow/mustache.hpp>
#include <sstream>

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "base/utc.hpp"
#include "preview/markdown.hpp"

namespace tidegate::preview {
namespace {

using kainjow::mustache::data;
using kainjow::mustache::mustache;

constexpr std::string_view k_extension = ".md";
/// GitHub accepts 65,536 characters; the rest is for the hidden state before the text
/// (remembered.hpp).
constexpr std::size_t k_longest_text = 60000;
constexpr std::size_t k_largest_template = 64UL * 1024;

void set_flag(data& to, const std::string& name, bool value) {
  to.set(name, value ? data::type::bool_true : data::type::bool_false);
}

/// An empty value is set to false, so that `{{#name}}` tests whether there is one.
void set_code(data& to, const std::string& name, std::string_view value) {
  if (value.empty()) {
    set_flag(to, name, false);
  } else {
    to.set(name, as_code(value));
  }
}

void set_block(data& to, const std::string& name, std::string_view value) {
  if (value.empty()) {
    set_flag(to, name, false);
  } else {
    to.set(name, as_code_block(value));
  }
}

bool is_open(const PullRequest& pull) { return pull.state == PullState::open; }

bool has_preview_label(const CommentContext& context) {
  return has_label(context.pull.labels, context.policy.labels.preview);
}

bool is_wanted(const CommentContext& context) {
  return is_open(context.pull) && has_preview_label(context) &&
         (!context.pull.fork || context.policy.forks);
}

std::string why_unwanted(const CommentContext& context) {
  if (!is_open(context.pull)) {
    return fmt::format("the pull request is {}", to_text(context.pull.state));
  }
  if (!has_preview_label(context)) {
    return fmt::format("the label {} is off", as_code(context.policy.labels.preview));
  }
  return "the pull request comes from a fork";
}

data database_data(const CommentDatabase& told, bool several) {
  data one;
  set_flag(one, "several", several);
  set_code(one, "name", told.name);
  set_code(one, "database", told.database);
  set_code(one, "production", told.production);
  set_code(one, "snapshot", told.snapshot);
  set_flag(one, "nothing", told.holds == TargetContent::nothing);
  set_flag(one, "unknown", told.holds == TargetContent::unknown);
  set_flag(one, "from_seed", told.holds == TargetContent::seed);
  set_flag(one, "from_snapshot", told.holds == TargetContent::snapshot);
  if (told.snapshot_time) {
    one.set("snapshot_time", to_minute(*told.snapshot_time));
  } else {
    set_flag(one, "snapshot_time", false);
  }
  set_flag(one, "snapshot_unknown", told.snapshot_unknown);
  set_code(one, "database_commit", told.commit);
  return one;
}

data databases_data(const CommentContext& context) {
  data list{data::type::list};
  for (const auto& told : context.databases) {
    list << database_data(told, context.databases.size() > 1);
  }
  return list;
}

/// These come from the operator's configuration and were checked to be URLs and plain names.
data urls_data(const CommentContext& context) {
  data list{data::type::list};
  for (const auto& url : context.pages.urls) {
    data one;
    one.set("name", url.name);
    one.set("url", with_number(url.pattern, context.pull.number));
    list << one;
  }
  return list;
}

void set_pull(data& to, const CommentContext& context) {
  const auto& pull = context.pull;
  to.set("number", std::to_string(pull.number.value()));
  to.set("state", std::string(to_text(pull.state)));
  set_flag(to, "closed_or_merged", !is_open(pull));
  set_flag(to, "merged", pull.state == PullState::merged);
  set_flag(to, "draft", pull.draft);
  set_flag(to, "fork", pull.fork);
  to.set("commit", pull.commit.empty() ? std::string("not known") : as_code(pull.commit));
  set_code(to, "title", pull.title);
  set_code(to, "author", pull.author);
  set_code(to, "branch", pull.branch);
}

data data_of(const CommentContext& context) {
  data all;
  const auto& labels = context.policy.labels;
  set_pull(all, context);
  set_code(all, "preview_label", labels.preview);
  set_code(all, "snapshot_label", labels.snapshot);
  set_code(all, "lock_label", labels.lock);
  set_flag(all, "wanted", is_wanted(context));
  all.set("why_unwanted", why_unwanted(context));
  set_flag(all, "use_snapshot", has_label(context.pull.labels, labels.snapshot));
  set_flag(all, "locked", context.locked);
  set_flag(all, "was_locked", context.was_locked);
  set_flag(all, "refresh_on_push", context.policy.refresh == Refresh::on_push);
  set_flag(all, "seed_by_application", context.policy.seeder == Seeder::application);
  set_code(all, "namespace", with_number(context.pages.namespace_name, context.pull.number));
  all.set("databases", databases_data(context));
  all.set("urls", urls_data(context));
  set_block(all, "failure", context.failure);
  set_block(all, "hint", context.hint);
  return all;
}

mustache parsed(const std::string& text) {
  mustache made(text);
  // Values are already escaped for Markdown.
  made.set_custom_escape([](const std::string& value) { return value; });
  return made;
}

/// Empty sections leave blank lines: removes them between list items, and keeps one elsewhere.
std::string tidied(const std::string& text) {
  std::string result, line, before;
  bool gap = false;
  std::istringstream lines(text);
  while (std::getline(lines, line)) {
    if (line.empty()) {
      gap = true;
      continue;
    }
    const bool in_list = before.starts_with("- ") && line.starts_with("- ");
    if (gap && !before.empty() && !in_list) result += '\n';
    result += line + '\n';
    before = line;
    gap = false;
  }
  return result;
}

Error cannot_read(const std::filesystem::path& path, std::string_view why) {
  return Error(ErrorKind::config, fmt::format("cannot read '{}': {}", path.string(), why),
               "'github.templates' names a directory of templates");
}

std::string read_template(const std::filesystem::path& path) {
  errno = 0;
  std::ifstream input(path, std::ios::binary);
  if (!input) throw cannot_read(path, std::strerror(errno));
  std::string text(k_largest_template + 1, '\0');
  input.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(input.gcount()));
  if (text.size() > k_largest_template) throw cannot_read(path, "it is larger than 64 KiB");
  const auto made = parsed(text);
  if (!made.is_valid()) {
    throw Error(ErrorKind::config, fmt::format("'{}' is no template of mustache: {}", path.string(),
                                               made.error_message()));
  }
  return text;
}

Error unknown_template(const std::filesystem::path& path) {
  std::vector<std::string> names;
  for (const auto& [name, text] : own_templates()) names.push_back(name + std::string(k_extension));
  const auto meant = did_you_mean(path.filename().string(), names);
  return Error(ErrorKind::config, fmt::format("'{}' is the template of no text", path.string()),
               meant ? fmt::format("did you mean '{}'?", *meant)
                     : fmt::format("texts are {}", fmt::join(names, ", ")));
}

}  // namespace

Texts::Texts() : templates_(own_templates()) {}

Texts::Texts(const std::string& directory) : Texts() {
  if (directory.empty()) return;
  std::error_code code;
  const std::filesystem::directory_iterator entries(directory, code);
  if (code) throw cannot_read(directory, code.message());
  for (const auto& entry : entries) {
    const auto& path = entry.path();
    if (path.extension() != k_extension) continue;
    const auto found = templates_.find(path.stem().string());
    if (found == templates_.end()) throw unknown_template(path);
    found->second = read_template(path);
  }
}

std::string Texts::render(std::string_view name, const CommentContext& context) const {
  auto made = parsed(templates_.find(name)->second);
  return cut_text(tidied(made.render(data_of(context))), k_longest_text);
}

std::string Texts::status(const CommentContext& context) const { return render("status", context); }

std::string Texts::notice(Notice notice, const CommentContext& context) const {
  return render(to_text(notice), context);
}

nlohmann::ordered_json to_json(const CommentContext& context) {
  using Json = nlohmann::ordered_json;
  const auto or_null = [](const std::string& text) { return text.empty() ? Json() : Json(text); };
  const auto& pull = context.pull;
  Json databases = Json::array();
  for (const auto& told : context.databases) {
    databases.push_back(
        {{"name", told.name},
         {"database", told.database},
         {"source", to_text(told.holds)},
         {"production", or_null(told.production)},
         {"snapshot", or_null(told.snapshot)},
         {"snapshot_time", told.snapshot_time ? Json(to_rfc3339(*told.snapshot_time)) : Json()},
         {"commit", or_null(told.commit)}});
  }
  Json urls = Json::object();
  for (const auto& url : context.pages.urls) urls[url.name] = with_number(url.pattern, pull.number);
  return {{"number", pull.number.value()},
          {"state", to_text(pull.state)},
          {"preview", is_wanted(context)},
          {"locked", context.locked},
          {"commit", or_null(pull.commit)},
          {"namespace", or_null(with_number(context.pages.namespace_name, pull.number))},
          {"databases", std::move(databases)},
          {"urls", std::move(urls)}};
}

}  // namespace tidegate::preview
