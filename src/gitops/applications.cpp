#include "gitops/applications.hpp"

#include "base/utc.hpp"
#include "gitops/objects.hpp"

namespace tidegate::gitops {
bool is_application_file(std::string_view path) {
  const auto slash = path.rfind('/');
  const auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return name == k_access_file || name == k_jobs_file || name == k_ended_file;
}

std::string application_text(const RenderPlan& plan, PullNumber number) {
  const auto values = placeholders(plan, {.number = number});
  return to_documents(k_comment, {Tree{{"database", plan.name},
                                       {"number", values.number},
                                       {"namespace", expanded(plan.previews.space, values)}}});
}

std::string ended_text(SystemTime when) {
  return to_documents(k_comment, {Tree{{"ended", to_rfc3339(when)}}});
}

std::optional<SystemTime> ended_at(std::string_view text) {
  return parse_rfc3339(written_text(text, "ended"));
}

}  // namespace tidegate::gitops
