#include "gitops/applications.hpp"

#include <charconv>

#include "base/utc.hpp"
#include "gitops/objects.hpp"

namespace tidegate::gitops {
namespace {

void put_ask(Tree& tree, const FillRequest& ask) {
  tree["asked"] = to_rfc3339(ask.when);
  tree["attempt"] = std::to_string(ask.attempt);
}

}  // namespace

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

std::string end_text(const PreviewEnd& end) {
  Tree tree{{"ended", to_rfc3339(end.since)}};
  if (end.gone) tree["gone"] = to_rfc3339(*end.gone);
  if (end.again) put_ask(tree, *end.again);
  return to_documents(k_comment, {tree});
}

std::optional<PreviewEnd> end_in(std::string_view text) {
  const auto since = parse_rfc3339(written_text(text, "ended"));
  if (!since) return std::nullopt;
  return PreviewEnd{*since, parse_rfc3339(written_text(text, "gone")), ask_in(text)};
}

Tree intent_data(const PreviewIntent& intent) {
  Tree data{{"pull-request", std::to_string(intent.number.value())},
            {"fill", to_text(intent.fill)},
            {"locked", intent.locked ? "true" : "false"}};
  if (intent.fill == Fill::nothing) return data;
  data["commit"] = intent.commit;
  if (!intent.ask) return data;
  put_ask(data, *intent.ask);
  return data;
}

std::optional<FillRequest> ask_in(std::string_view manifest) {
  const auto when = parse_rfc3339(written_text(manifest, "asked"));
  if (!when) return std::nullopt;
  const auto attempt = written_text(manifest, "attempt");
  FillRequest ask{*when};
  std::from_chars(attempt.data(), attempt.data() + attempt.size(), ask.attempt);
  return ask;
}

}  // namespace tidegate::gitops
