#include "gitops/commit.hpp"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "gitops/intent.hpp"
#include "gitops/render.hpp"

namespace tidegate::gitops {
namespace {

constexpr std::string_view k_number = "{number}", k_open = "{{", k_close = "}}";
constexpr std::string_view k_names = "number, action, commit and reason";
constexpr std::size_t k_digits = 7;  // of a commit, for people

std::string first_digits(const std::string& commit) { return commit.substr(0, k_digits); }

std::string own_message(const MessageValues& values) {
  auto text = fmt::format("{} pr-{}", values.action, values.number.value());
  if (!values.commit.empty()) text += fmt::format(" at {}", first_digits(values.commit));
  if (!values.reason.empty()) text += fmt::format("\n\n{}", values.reason);
  return text;
}

std::string value_of(std::string_view name, const MessageValues& values) {
  if (name == "number") return std::to_string(values.number.value());
  if (name == "action") return values.action;
  if (name == "commit") return values.commit;
  if (name == "reason") return values.reason;
  throw Error(ErrorKind::config, fmt::format("'gitops.message' has no value '{}'", name),
              fmt::format("there are {}", k_names));
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

}  // namespace

Manifests manifests(RenderPlan plan) {
  return [plan = std::move(plan)](const PullRequest& pull, Data data) {
    const auto holds = data == Data::fill_once ? preview::Holds::nothing : preview::Holds::unknown;
    auto asked = intent(pull, {.holds = holds}, plan.pulls);
    if (data == Data::left) asked.fill = Fill::nothing;
    Files files;
    const auto above = preview_folder(plan, pull.number) + "/";
    for (auto& [path, text] : render_preview(plan, asked)) {
      files.emplace(path.starts_with(above) ? path.substr(above.size()) : path, std::move(text));
    }
    return files;
  };
}

std::string commit_message(const std::string& wording, const MessageValues& values) {
  if (wording.empty()) return own_message(values);
  std::string text;
  std::string_view rest = wording;
  for (auto open = rest.find(k_open); open != rest.npos; open = rest.find(k_open)) {
    const auto close = rest.find(k_close, open);
    if (close == rest.npos) {
      throw Error(ErrorKind::config, "'gitops.message' has a '{{' without its '}}'",
                  "such as '{{action}} pr-{{number}}'");
    }
    text += rest.substr(0, open);
    const auto begin = open + k_open.size();
    text += value_of(trimmed(rest.substr(begin, close - begin)), values);
    rest.remove_prefix(close + k_close.size());
  }
  return text.append(rest);
}

std::string folder_of(const GitopsPlan& plan, const std::string& database, PullNumber number) {
  auto folder = plan.folder;
  const auto at = folder.find(k_number);
  if (at == std::string::npos) {
    throw Error(ErrorKind::config,
                fmt::format("'gitops.folder' is '{}', without {{number}} in it", plan.folder),
                "each pull request has a folder of its own, such as previews/pr-{number}");
  }
  folder.replace(at, k_number.size(), std::to_string(number.value()));
  return folder + "/" + database;
}

Commits::Commits(GitopsPlan plan, std::string database, Manifests manifests, Replace replace)
    : plan_(std::move(plan)),
      database_(std::move(database)),
      manifests_(std::move(manifests)),
      replace_(std::move(replace)) {
  const auto some = *PullNumber::parse("1");
  folder_of(plan_, database_, some);
  commit_message(plan_.message, {.number = some});
  if (replace_) return;
  replace_ = [repository = std::make_shared<Repository>(plan_)](Run& run, const std::string& folder,
                                                                const Files& files,
                                                                const std::string& message) {
    return repository->replace(run, folder, files, message);
  };
}

Written Commits::commit(Run& run, const PullRequest& pull, Data data, const Why& why) const {
  return put(run, manifests_(pull, data), {pull.number, why.action, pull.commit, why.reason});
}

Written Commits::remove(Run& run, PullNumber number, const Why& why) const {
  return put(run, {}, {number, why.action, "", why.reason});
}

Written Commits::put(Run& run, const Files& files, const MessageValues& values) const {
  for (const auto& [path, text] : files) {
    if (text.starts_with(k_mark)) continue;  // else we would not know it again
    throw Error(ErrorKind::internal, fmt::format("'{}' does not begin with '{}'", path, k_mark));
  }
  return replace_(run, folder_of(plan_, database_, values.number), files,
                  commit_message(plan_.message, values));
}

std::string said(const Written& written, Mode mode) {
  if (!written.changed) return "nothing to change";
  if (mode == Mode::dry_run) return "a commit would ask for it";
  return fmt::format("commit {} asks for it", first_digits(written.commit));
}

}  // namespace tidegate::gitops
