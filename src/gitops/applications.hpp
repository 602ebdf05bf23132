#pragma once

/// The files beside a preview's folders which an ApplicationSet reads: an Application exists as
/// long as its file does. So an Application can be deleted before its folder is, which holds the
/// Job that cleans up during the deletion.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "gitops/manifest.hpp"
#include "gitops/render.hpp"

namespace tidegate::gitops {

/// In the preview's folder: the files for `access/`, and for `jobs/` (or for both).
inline constexpr std::string_view k_access_file = "access.yaml", k_jobs_file = "jobs.yaml";
/// Records that the preview is over, and since when.
inline constexpr std::string_view k_ended_file = "ended.yaml";
/// The Job that an Application runs while it is deleted.
inline constexpr std::string_view k_cleanup_file = "jobs/cleanup.yaml";
/// The intent of the pull request, as a manifest among the Jobs.
inline constexpr std::string_view k_intent_file = "jobs/intent.yaml";

/// Whether this is the path of a file for an ApplicationSet, which is no manifest.
bool is_application_file(std::string_view path);

/// The values for templates of ApplicationSets: `database`, `number`, `namespace`.
std::string application_text(const RenderPlan& plan, PullNumber number);

struct PreviewEnd {
  SystemTime since{};
  std::optional<SystemTime> gone{};  ///< since when its database is known to be
  std::optional<FillRequest>
      again{};  ///< when the cleanup was last asked for again, and how often in all
};
std::string end_text(const PreviewEnd& end);
/// Nothing where `text` is none.
std::optional<PreviewEnd> end_in(std::string_view text);

/// `data` of the intent, and the Ask in such a manifest; nothing where nothing is asked for.
Tree intent_data(const PreviewIntent& intent);
std::optional<FillRequest> ask_in(std::string_view manifest);

}  // namespace tidegate::gitops
