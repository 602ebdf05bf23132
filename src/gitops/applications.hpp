#pragma once

/// The files beside a preview's folders which an ApplicationSet reads: as long as such a file is
/// there, the Application that is made of it is to be. So an Application can go before its folder
/// does, which holds the Job that cleans up while it goes.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "gitops/manifest.hpp"
#include "gitops/render.hpp"

namespace tidegate::gitops {

/// In the preview's folder. Over `access/`, and over `jobs/` (or over both).
inline constexpr std::string_view k_access_file = "access.yaml", k_jobs_file = "jobs.yaml";
/// That the preview is over, and since when.
inline constexpr std::string_view k_ended_file = "ended.yaml";
/// The Job that an Application runs while it goes.
inline constexpr std::string_view k_cleanup_file = "jobs/cleanup.yaml";
/// The intent of the pull request, as a manifest among the Jobs.
inline constexpr std::string_view k_intent_file = "jobs/intent.yaml";

/// Whether that is the path of such a file, which is no manifest.
bool is_application_file(std::string_view path);

/// The values for templates of ApplicationSets: `database`, `number`, `namespace`.
std::string application_text(const RenderPlan& plan, PullNumber number);

struct End {
  SystemTime since{};
  std::optional<SystemTime> gone{};  ///< since when its database is known to be
};
std::string end_text(const End& end);
/// Nothing: that is no such text.
std::optional<End> end_in(std::string_view text);

/// `data` of the intent, and the Ask in such a manifest; nothing where nothing is asked for.
Tree intent_data(const PreviewIntent& intent);
std::optional<Ask> ask_in(std::string_view manifest);

}  // namespace tidegate::gitops
