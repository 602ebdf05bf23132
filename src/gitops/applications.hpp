#pragma once

/// The files beside a preview's folders which an ApplicationSet reads: as long as such a file is
/// there, the Application that is made of it is to be. So an Application can go before its folder
/// does, which holds the Job that cleans up while it goes.

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "gitops/render.hpp"

namespace tidegate::gitops {

/// In the preview's folder. Over `access/`, and over `jobs/` (or over both).
inline constexpr std::string_view k_access_file = "access.yaml", k_jobs_file = "jobs.yaml";
/// Since when the preview is over, in place of `jobs.yaml`.
inline constexpr std::string_view k_ended_file = "ended.yaml";

/// What is asked for, as a manifest among the Jobs, and the key in it that says when a person did.
inline constexpr std::string_view k_intent_file = "jobs/intent.yaml", k_asked_key = "asked";

/// Whether that is the path of such a file, which is no manifest.
bool is_application_file(std::string_view path);

/// What templates of ApplicationSets are told: `database`, `number`, `namespace`.
std::string application_text(const RenderPlan& plan, PullNumber number);

std::string ended_text(SystemTime when);
/// Nothing: that is no such text.
std::optional<SystemTime> ended_at(std::string_view text);

}  // namespace tidegate::gitops
