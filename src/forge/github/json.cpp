#include "forge/github/json.hpp"

#include "base/error.hpp"
#include "base/utc.hpp"

namespace tidegate::forge::github {
namespace {

constexpr int k_deepest = 64;

bool is_shallow(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '[' || c == '{')) {
      if (++depth > k_deepest) return false;
    } else if (!quoted && (c == ']' || c == '}')) {
      --depth;
    }
  }
  return true;
}

PullState state_of(const Json& json) {
  if (text_at(json, {"state"}) == "open") return PullState::open;
  const auto& merged = at(json, {"merged"});
  const bool is_merged =
      !text_at(json, {"merged_at"}).empty() || (merged.is_boolean() && merged.get<bool>());
  return is_merged ? PullState::merged : PullState::closed;
}

// When the head's repository does not exist any more, it was a fork.
bool is_fork(const Json& json) {
  const auto head = text_at(json, {"head", "repo", "full_name"});
  return head.empty() || head != text_at(json, {"base", "repo", "full_name"});
}

std::optional<PullNumber> number_of(const Json& json) {
  return PullNumber::parse(std::to_string(number_at(json, {"number"})));
}

Error no_pull_request(const std::string& why) {
  return {ErrorKind::remote, why, "check that 'github.api_url' is the address of GitHub's API"};
}

bool is_state(std::string_view text) { return text == "open" || text == "closed"; }

/// Missing labels are an error: treated as "no labels", they would unlock a locked preview.
std::vector<std::string> labels_of(const Json& json) {
  const auto& list = at(json, {"labels"});
  if (!list.is_array()) throw no_pull_request("GitHub's answer contains no labels");
  std::vector<std::string> names;
  for (const auto& label : list) {
    names.push_back(text_at(label, {"name"}));
    if (names.back().empty()) throw no_pull_request("GitHub's answer has a label without a name");
  }
  return names;
}

}  // namespace

// The depth is checked first: the parser itself recurses as deep as the text is nested.
std::optional<Json> parse_json(std::string_view text) {
  if (!is_shallow(text)) return std::nullopt;
  auto json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) return std::nullopt;
  return json;
}

const Json& at(const Json& json, std::initializer_list<const char*> path) {
  static const Json none;
  const auto* here = &json;
  for (const auto* key : path) {
    if (!here->is_object()) return none;
    const auto found = here->find(key);
    if (found == here->end()) return none;
    here = &*found;
  }
  return *here;
}

std::string text_at(const Json& json, std::initializer_list<const char*> path) {
  const auto& value = at(json, path);
  return value.is_string() ? value.get<std::string>() : std::string();
}

std::int64_t number_at(const Json& json, std::initializer_list<const char*> path) {
  const auto& value = at(json, path);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

PullRequest pull_of(const Json& json) {
  const auto number = number_of(json);
  const auto commit = text_at(json, {"head", "sha"});
  if (!number || commit.empty() || !is_state(text_at(json, {"state"}))) {
    throw no_pull_request("GitHub's answer is not a pull request");
  }
  PullRequest pull{.number = *number, .state = state_of(json), .commit = commit, .labels = {}};
  const auto& draft = at(json, {"draft"});
  pull.draft = draft.is_boolean() && draft.get<bool>();
  pull.fork = is_fork(json);
  pull.labels = labels_of(json);
  pull.closed_at = parse_rfc3339(text_at(json, {"closed_at"}));
  pull.updated_at = parse_rfc3339(text_at(json, {"updated_at"}));
  pull.title = text_at(json, {"title"});
  pull.author = text_at(json, {"user", "login"});
  pull.branch = text_at(json, {"head", "ref"});
  return pull;
}

}  // namespace tidegate::forge::github
