#include "support/pull_world.hpp"

#include <fmt/format.h>

namespace tidegate::test {
namespace {

std::string database_of(int number) { return fmt::format("syrf_pr_{}", number); }

constexpr std::string_view k_notice = "notice ";
constexpr std::string_view k_status = "status ";

class PlainWriter final : public preview::CommentWriter {
 public:
  std::string status(const preview::ReportSubject& subject) const override {
    return fmt::format("status {} {}{}{}", subject.database, preview::to_text(subject.holds),
                       subject.working ? " working" : "", subject.failure.empty() ? "" : " failed");
  }
  std::string notice(preview::Notice notice, const preview::ReportSubject& subject) const override {
    return fmt::format("notice {}{}", preview::to_text(notice),
                       subject.failure.empty() ? "" : ": " + subject.failure);
  }
  std::string clean(const std::string& words) const override { return words; }
};

}  // namespace

std::shared_ptr<const preview::CommentWriter> plain_writer() {
  return std::make_shared<PlainWriter>();
}

RestorePlan PlannedPreviews::restore_plan(PullNumber number, const std::string& commit) const {
  auto plan = test::restore_plan(topology_, fmt::format("pr-{}", number.value()));
  plan.commit = commit;
  return plan;
}

DropPlan PlannedPreviews::drop_plan(PullNumber number, const std::string& commit) const {
  auto plan = test::drop_plan(topology_, fmt::format("pr-{}", number.value()));
  plan.commit = commit;
  plan.seed = seed_plan;
  plan.limits.retries = retries;
  return plan;
}

PullWorld::PullWorld() {
  sync_plan.writer = plain_writer();
  take();
}

std::unique_ptr<preview::PreviewBackend> PullWorld::backend(engine::Engine& through,
                                                            journal::Journal& record) {
  const auto borrowed = std::shared_ptr<engine::Engine>(&through, [](auto*) {});
  auto previews = std::make_unique<PlannedPreviews>(
      topology, borrowed, [this] { return std::make_unique<FakeEngine>(server); });
  previews->seed_plan = seed_plan;
  previews->retries = retries;
  return preview::engine_backend(std::move(previews), record, {});
}

preview::SyncResult PullWorld::sync(int number, preview::Trigger asked) {
  return preview::sync(start(), forge, *backend(engine, journal), sync_plan,
                       PullNumber::parse(std::to_string(number)).value(), asked);
}

preview::SyncResult PullWorld::sync(int number, engine::Engine& through) {
  return preview::sync(start(), forge, *backend(through, journal), sync_plan,
                       PullNumber::parse(std::to_string(number)).value());
}

preview::ReconcileResult PullWorld::reconcile() {
  return preview::reconcile(start(), forge, *backend(engine, journal), sync_plan);
}

std::vector<preview::Orphan> PullWorld::sweep(const preview::SweepPlan& how) {
  return preview::sweep(start(), forge, *backend(engine, journal), sync_plan, how);
}

std::string PullWorld::holds(int number) {
  const auto lock = server.lock();
  const auto* database = server.find(database_of(number));
  const bool bare = database == nullptr || (!database->latest && data(database_of(number)).empty());
  if (bare) return "none";
  const auto& latest = database->latest;
  return fmt::format("{}{}", latest && latest->snapshot ? "snapshot" : "seed",
                     latest && latest->locked ? " locked" : "");
}

void PullWorld::application_seeds(int number) {
  server.load(database_of(number), "pmProject", {{"s", "seed"}});
}

std::vector<std::string> PullWorld::notices(int number) const {
  std::vector<std::string> found;
  for (const auto& text : host.comments(number)) {
    if (text.rfind(k_notice, 0) != 0) continue;
    found.push_back(text.substr(k_notice.size(), text.size() - k_notice.size() - 1));
  }
  return found;
}

std::string PullWorld::sticky(int number) const {
  std::string found;
  for (const auto& text : host.comments(number)) {
    if (text.rfind(k_status, 0) == 0) found += text.substr(k_status.size());
  }
  return found;
}

}  // namespace tidegate::test
