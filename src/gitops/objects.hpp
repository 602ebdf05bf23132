#pragma once

/// The parts that all rendered objects have in common.

#include <chrono>
#include <string>
#include <string_view>

#include "gitops/manifest.hpp"
#include "gitops/render.hpp"

namespace tidegate::gitops {

inline constexpr std::string_view k_comment =
    "Rendered by 'tidegate render' from tidegate.yaml: change that, and render again.";
/// Name of the container, and of the ConfigMap's key and mount.
inline constexpr std::string_view k_container = "tidegate";
inline constexpr std::string_view k_file_name = "tidegate.yaml";
inline constexpr std::string_view k_configuration_folder = "/etc/tidegate";

/// `{number}`, `{sha}`, `{database}`, `{target}` replaced.
struct Placeholders {
  std::string database{}, number{}, sha{}, target{};
};
std::string expanded(std::string text, const Placeholders& values);
/// Replaces them in the names of its Secrets and the paths of its files.
JobAccess expanded(JobAccess access, const Placeholders& values);
Placeholders placeholders(const RenderPlan& plan, const PreviewIntent& intent);

/// The name and namespace of an object, and the component that it belongs to.
struct ObjectPlace {
  std::string name, space;
  std::string component;  ///< `producer`, `restore` …
};

/// How Argo CD is to apply it; empty texts: an ordinary resource.
struct Hook {
  std::string phase{}, delete_policy{};
  int wave = 0;  ///< 0: none is said
  std::string sync_options{};
};
/// Of hooks that fill. Argo CD counts the result of a failed Job that is still there for the next
/// try (argo-cd 14046), so that it must go at once.
inline constexpr std::string_view k_fill_delete_policy = "BeforeHookCreation,HookFailed";

/// apiVersion, kind and metadata with the plan's labels and annotations.
Tree object(const RenderPlan& plan, std::string_view api, std::string_view kind,
            const ObjectPlace& placed, const Hook& hook = {});
Tree labels_of(const RenderPlan& plan, const ObjectPlace& placed);

/// One object as a file. Checks its name. @throws Error config.
std::string file_text(const Tree& tree);

/// Adds it under `<folder>/<name>.yaml`.
void add(Files& files, const std::string& path, const Tree& tree);

/// A rendered Job's own time limit is shorter than its deadline by this.
constexpr std::chrono::seconds k_minute{60};

/// `29m`, `870s`.
std::string duration_text(std::chrono::seconds duration);

/// The part of the configuration that jobs of this database need, as a ConfigMap: one try, a minute
/// less than Kubernetes gives them.
enum class Forge { left_out, included };
Tree configuration_map(const RenderPlan& plan, const ObjectPlace& placed, Forge forge,
                       const Hook& hook = {});

/// The configuration file as it is, for workflows that run the program itself. The sections
/// `gitops` and `render` are in it only where workflows make commits.
std::string whole_configuration(const RenderPlan& plan);

}  // namespace tidegate::gitops
