#include "gitops/objects.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace tidegate::gitops {
namespace {

/// A list, of which the hook and the configuration may each have a part.
constexpr std::string_view k_sync_options = "argocd.argoproj.io/sync-options";

void replace_all(std::string& text, std::string_view what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), by);
    at += by.size();
  }
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/// RFC 1123; the longest names that a Job and its pods, and a CronJob's Jobs leave room for.
void check_name(const std::string& kind, const std::string& name) {
  const std::size_t most = kind == "CronJob" ? 52 : kind == "Job" || kind == "Service" ? 63 : 253;
  const bool good = !name.empty() && name.size() <= most &&
                    std::all_of(name.begin(), name.end(), is_name_character) &&
                    name.front() != '-' && name.front() != '.' && name.back() != '-' &&
                    name.back() != '.';
  if (good) return;
  throw Error(
      ErrorKind::config,
      fmt::format("'{}' is no name for a {}: 1 to {} of a-z, 0-9, '-' and '.'", name, kind, most),
      "names are configured below 'render'");
}

bool is_label_character(char c) {
  return is_name_character(c) || (c >= 'A' && c <= 'Z') || c == '_';
}

/// The server takes no other values; names are those that people know from there.
void check_label(const std::string& name, const std::string& value) {
  constexpr std::size_t k_most = 63;
  const auto is_edge = [](char c) {
    return is_label_character(c) && c != '-' && c != '_' && c != '.';
  };
  const bool good = value.empty() || (value.size() <= k_most &&
                                      std::all_of(value.begin(), value.end(), is_label_character) &&
                                      is_edge(value.front()) && is_edge(value.back()));
  if (good) return;
  throw Error(ErrorKind::config,
              fmt::format("'{}' cannot be the value of the label '{}': up to {} of A-Z, a-z, 0-9, "
                          "'-', '_' and '.', with a letter or digit first and last",
                          value, name, k_most),
              "use 'render.annotations', which may hold any text");
}

/// The tree at a dotted path, made where it is not there.
Tree& at_path(Tree& root, std::string_view path) {
  auto* at = &root;
  while (true) {
    const auto dot = path.find('.');
    at = &(*at)[std::string(path.substr(0, dot))];
    if (dot == std::string_view::npos) return *at;
    path.remove_prefix(dot + 1);
  }
}

bool is_part(const RenderPlan& plan, const std::string& path, Forge forge) {
  return path.starts_with("databases." + plan.name + ".") || path.starts_with("log.") ||
         (forge == Forge::included && path.starts_with("github."));
}

std::string as_file(const Tree& root) { return fmt::format("# {}\n{}", k_comment, to_yaml(root)); }

void put(Tree& root, const WrittenValue& value) {
  auto& place = at_path(root, value.path);
  if (value.is_list) {
    place = value.items;
  } else {
    place = value.items.front();
  }
}

/// Kubernetes makes the tries, and kills at its own deadline: the program must end before that.
void leave_trying_to_kubernetes(Tree& section, const JobLimits& limits) {
  section["timeout"] = duration_text(limits.deadline - k_minute);
  section["retries"] = "0";
}

std::string configuration(const RenderPlan& plan, Forge forge) {
  Tree root = Tree::object();
  for (const auto& value : plan.written) {
    if (is_part(plan, value.path, forge)) put(root, value);
  }
  auto& database = root["databases"][plan.name];
  leave_trying_to_kubernetes(database["snapshot"], plan.producer.limits);
  if (plan.topology.previews || !plan.topology.targets.empty()) {
    leave_trying_to_kubernetes(database["previews"], plan.previews.limits);
  }
  return as_file(root);
}

Tree annotations_of(const RenderPlan& plan, const Hook& hook) {
  Tree annotations = Tree::object();
  if (!hook.phase.empty()) annotations["argocd.argoproj.io/hook"] = hook.phase;
  if (!hook.delete_policy.empty()) {
    annotations["argocd.argoproj.io/hook-delete-policy"] = hook.delete_policy;
  }
  if (!hook.sync_options.empty()) {
    annotations[std::string(k_sync_options)] = hook.sync_options;
  }
  if (hook.wave != 0) annotations["argocd.argoproj.io/sync-wave"] = std::to_string(hook.wave);
  for (const auto& [name, value] : plan.pod.annotations) {
    auto& annotation = annotations[name];
    const bool both = name == k_sync_options && annotation.is_string();
    annotation = both ? annotation.get<std::string>() + "," + value : value;
  }
  return annotations;
}

}  // namespace

std::string expanded(std::string text, const Placeholders& values) {
  replace_all(text, "{database}", values.database);
  replace_all(text, "{number}", values.number);
  replace_all(text, "{sha}", values.sha);
  replace_all(text, "{target}", values.target);
  return text;
}

JobAccess expanded(JobAccess access, const Placeholders& values) {
  for (auto& variable : access.variables) variable.secret = expanded(variable.secret, values);
  for (auto& file : access.files) {
    file.path = expanded(file.path, values);
    file.secret = expanded(file.secret, values);
  }
  return access;
}

Placeholders placeholders(const RenderPlan& plan, const PreviewIntent& intent) {
  constexpr std::size_t k_short = 7;
  return {.database = plan.name,
          .number = std::to_string(intent.number.value()),
          .sha = intent.commit.substr(0, k_short)};
}

Tree labels_of(const RenderPlan& plan, const ObjectPlace& placed) {
  Tree labels{{"app.kubernetes.io/name", "tidegate"},
              {"app.kubernetes.io/component", placed.component},
              {"app.kubernetes.io/instance", plan.name},
              {"app.kubernetes.io/managed-by", "tidegate"}};
  for (const auto& [name, value] : plan.pod.labels) {
    check_label(name, value);
    labels[name] = value;
  }
  return labels;
}

Tree object(const RenderPlan& plan, std::string_view api, std::string_view kind,
            const ObjectPlace& placed, const Hook& hook) {
  Tree tree{{"apiVersion", api}, {"kind", kind}};
  tree["metadata"]["name"] = placed.name;
  if (!placed.space.empty()) tree["metadata"]["namespace"] = placed.space;
  tree["metadata"]["labels"] = labels_of(plan, placed);
  auto annotations = annotations_of(plan, hook);
  if (!annotations.empty()) tree["metadata"]["annotations"] = std::move(annotations);
  return tree;
}

std::string file_text(const Tree& tree) {
  check_name(tree.at("kind").get<std::string>(), tree.at("metadata").at("name").get<std::string>());
  return to_documents(k_comment, {tree});
}

void add(Files& files, const std::string& path, const Tree& tree) {
  merge(files, {{path, file_text(tree)}});
}

std::string duration_text(std::chrono::seconds duration) {
  const auto seconds = duration.count();
  return seconds % k_minute.count() == 0 ? fmt::format("{}m", seconds / k_minute.count())
                                         : fmt::format("{}s", seconds);
}

std::string whole_configuration(const RenderPlan& plan) {
  Tree root = Tree::object();
  for (const auto& value : plan.written) {
    const bool commits = value.path.starts_with("gitops.") || value.path.starts_with("render.");
    if (!commits || plan.workflows.commits) put(root, value);
  }
  return as_file(root);
}

Tree configuration_map(const RenderPlan& plan, const ObjectPlace& placed, Forge forge,
                       const Hook& hook) {
  auto map = object(plan, "v1", "ConfigMap", placed, hook);
  map["data"][std::string(k_file_name)] = configuration(plan, forge);
  return map;
}

}  // namespace tidegate::gitops
