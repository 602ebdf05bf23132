#include "config/check_forge.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "model/pull_request.hpp"

namespace tidegate::config {

namespace {

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_blank_or_control(char c) { return c == ' ' || is_control(c); }

bool good_repository_part(std::string_view part) {
  constexpr std::string_view k_letters =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return !part.empty() && part != "." && part != ".." && part.size() <= 100 &&
         part.find_first_not_of(k_letters) == std::string_view::npos;
}

class ForgeChecker {
 public:
  ForgeChecker(const Resolver& resolver, std::vector<Problem>& problems)
      : resolver_(resolver), problems_(problems) {}

  using Complaint = std::function<std::optional<std::string>(std::string_view)>;

  void form(const std::string& path, const Complaint& complaint) {
    const auto value = literal(path);
    if (!value) return;
    if (const auto wrong = complaint(value->text())) problem(*value, *wrong);
  }

  void credential() {
    const auto token = configured("github.token");
    const auto app = configured("github.app.id");
    const auto key = configured("github.app.private_key");
    if (token && app) problem(*app, "both 'token' and 'app' are given: keep one");
    if (key && !app) problem(*key, "belongs to an app, whose 'id' is missing");
    if (app && !key) problem(*app, "is an app without its 'private_key'");
  }

  void labels() {
    const std::vector<std::string> paths{"github.labels.preview", "github.labels.snapshot",
                                         "github.labels.lock"};
    const LabelNames defaults;
    const std::vector<std::string> standing{defaults.preview, defaults.snapshot, defaults.lock};
    std::vector<std::string> names;
    for (std::size_t i = 0; i < paths.size(); ++i) {
      form(paths[i], label_complaint);
      const auto value = configured(paths[i]);
      const auto known = literal(paths[i]);
      if (value && !known) return;  // a variable's
      const auto name = known ? known->text() : standing[i];
      if (has_label(names, name)) {
        const Value place = known ? *known : Value{paths[i], {name}, false, {}};
        problem(place, fmt::format("'{}' is another label's name too", name));
      }
      names.push_back(name);
    }
  }

 private:
  /// The value, unless it comes from a variable of another program.
  std::optional<Value> configured(const std::string& path) const {
    auto value = resolver_.written(path);
    if (value && is_stand_in(*find_option(path), value->origin.where)) return std::nullopt;
    return value;
  }

  /// The value where it holds no variables, so that it is known now.
  std::optional<Value> literal(const std::string& path) const {
    auto value = configured(path);
    if (!value || value->key != path) return std::nullopt;
    if (value->origin.source == Source::file && has_variables(value->text())) return std::nullopt;
    return value;
  }

  void problem(const Value& value, std::string text) {
    const bool variable = value.origin.source == Source::environment;
    problems_.push_back({value.line(), variable ? value.origin.where : value.key, std::move(text)});
  }

  const Resolver& resolver_;
  std::vector<Problem>& problems_;
};

}  // namespace

std::optional<std::string> repository_complaint(std::string_view text) {
  const auto slash = text.find('/');
  if (slash != std::string_view::npos && good_repository_part(text.substr(0, slash)) &&
      good_repository_part(text.substr(slash + 1))) {
    return std::nullopt;
  }
  return fmt::format("'{}' names no repository, such as camaradesuk/syrf", text);
}

std::optional<std::string> url_complaint(std::string_view text) {
  const auto after = text.starts_with("https://")  ? text.substr(8)
                     : text.starts_with("http://") ? text.substr(7)
                                                   : std::string_view();
  constexpr std::string_view k_marks = "<>\"`\\";
  if (!after.empty() && after.front() != '/' &&
      std::none_of(after.begin(), after.end(), is_blank_or_control) &&
      after.find_first_of(k_marks) == std::string_view::npos) {
    return std::nullopt;
  }
  return fmt::format("'{}' is no address that begins with https:// or http://", text);
}

std::optional<std::string> gitops_address_complaint(std::string_view text) {
  const auto begin = text.find("://");
  if (begin == std::string_view::npos) return std::nullopt;
  const auto rest = text.substr(begin + 3);
  const auto user = rest.substr(0, rest.find('/'));
  const auto at = user.rfind('@');
  if (at == std::string_view::npos) return std::nullopt;
  if (user.substr(0, at).find(':') != std::string_view::npos) return "has a password in it";
  if (text.starts_with("http")) return "has a user in it, which may well be a token";
  return std::nullopt;
}

std::optional<std::string> gitops_folder_complaint(std::string_view text) {
  if (text.find(k_number) != std::string_view::npos) return std::nullopt;
  return fmt::format("'{}' has no {} in it", text, k_number);
}

std::optional<std::string> label_complaint(std::string_view text) {
  constexpr std::size_t k_longest = 200;  // GitHub: 50 characters, of up to four bytes each
  if (text.find(',') != std::string_view::npos || text.size() > k_longest ||
      std::any_of(text.begin(), text.end(), is_control)) {
    return fmt::format("'{}' cannot be a label: 1 to 50 characters without commas", text);
  }
  if (text.empty() || text.front() == ' ' || text.back() == ' ') {
    return fmt::format("'{}' cannot be a label: blanks around it", text);
  }
  return std::nullopt;
}

void check_forge(const Resolver& resolver, const std::vector<std::string>& url_names,
                 std::vector<Problem>& problems) {
  ForgeChecker checker(resolver, problems);
  checker.form("github.repository", repository_complaint);
  checker.form("github.api_url", url_complaint);
  for (const auto& name : url_names) checker.form("github.urls." + name, url_complaint);
  checker.credential();
  checker.labels();
}

void check_gitops(const Resolver& resolver, std::vector<Problem>& problems) {
  ForgeChecker checker(resolver, problems);
  checker.form("gitops.repository", gitops_address_complaint);
  checker.form("gitops.folder", gitops_folder_complaint);
}

}  // namespace tidegate::config
