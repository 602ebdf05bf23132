#pragma once

/// The plan as files. Each function is pure: the same plan gives the same bytes.

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "gitops/intent.hpp"
#include "model/render_plan.hpp"

namespace tidegate::gitops {

/// Text by relative path, `/` between folders.
using Files = std::map<std::string, std::string>;

/// The things that can be rendered besides previews.
enum class Subject { producer, targets, policies, workflows, sweep, alerts };
inline constexpr std::array k_subjects{Subject::producer,  Subject::targets, Subject::policies,
                                       Subject::workflows, Subject::sweep,   Subject::alerts};
std::string_view to_text(Subject subject);

/// All errors are config: Kubernetes does not accept a name, a value that the plan needs is
/// missing, or two objects have the same name.
Files render(const RenderPlan& plan, const std::vector<Subject>& subjects);

/// The files of one pull request: below `<database>/previews/pr-<number>/`, in `access/` its user,
/// secret and configuration, in `jobs/` the Jobs for its database and their intent; beside them the
/// files of Applications (applications.hpp). Empty where nothing is asked for.
Files render_preview(const RenderPlan& plan, const PreviewIntent& intent);

/// The folder of one pull request's files, without `/` at its end.
std::string preview_folder(const RenderPlan& plan, PullNumber number);

/// Adds the files of another database. @throws Error config: the same file twice.
void merge(Files& files, const Files& more);

/// For administrators: the users of A6 as AtlasDatabaseUser objects, and the roles that take less
/// than Atlas's built-in ones.
std::string atlas_users(const RenderPlan& plan, PullNumber example);

}  // namespace tidegate::gitops
