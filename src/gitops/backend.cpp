#include "gitops/backend.hpp"

#include <algorithm>
#include <utility>

namespace tidegate::gitops {
namespace {

using preview::Action;
using preview::ApplyRequest;
using preview::ApplyResult;
using preview::PreviewState;
using preview::TargetContent;

std::string action_of(const preview::Decision& decision) {
  for (const auto notice : decision.notices) {
    if (notice == preview::Notice::locked) return "lock";
    if (notice == preview::Notice::unlocked) return "unlock";
  }
  return "tend";
}

class GitopsBackend final : public preview::PreviewBackend {
 public:
  GitopsBackend(std::unique_ptr<preview::PreviewBackend> engine, Commits commits)
      : engine_(std::move(engine)), commits_(std::move(commits)) {}

  std::string database(PullNumber number) const override { return engine_->database(number); }
  std::optional<PreviewState> inspect(Run& run, PullNumber number) override {
    auto standing = engine_->inspect(run, number);
    if (!standing && folders(run).contains(number)) standing = folder(number);
    return standing;
  }

  std::vector<PreviewState> list(Run& run) override {
    auto standings = engine_->list(run);
    append_folders(folders(run), standings);
    return standings;
  }

  std::optional<Metadata> record_lock(Run& run, const PullRequest& pull,
                                      const std::optional<LockRecord>& lock,
                                      const PreviewState& standing) override {
    return engine_->record_lock(run, pull, lock, standing);
  }

  ApplyResult apply(Run& run, const ApplyRequest& request) override {
    const auto& pull = request.pull;
    const auto& decision = request.decision;
    if (decision.action == Action::none) return {};
    if (request.require_unchanged) request.require_unchanged(run);
    const bool is_fill = decision.action == Action::fill;
    if (!is_fill && decision.afterwards == TargetContent::nothing) return end(run, request);
    const DesiredPreview wanted{.data = decision.locked ? Data::fill_once : Data::as_deployed,
                                .again = request.again};
    const CommitReason why{is_fill ? "fill" : "reset", decision.reason};
    return asked(run, commits_.commit(run, pull, wanted, why));
  }

  /// Commits files without a Job that fills: the database stays as it is until the next push.
  ApplyResult maintain(Run& run, const ApplyRequest& request) override {
    const CommitReason why{action_of(request.decision), request.decision.reason};
    const auto written =
        commits_.commit(run, request.pull, {Data::left, false, request.filled}, why);
    auto result = asked(run, written);
    result.done = !written.to_come;
    return result;
  }

 private:
  /// Empty where the repository cannot be asked: the databases alone are enough for most previews.
  std::set<PullNumber> folders(Run& run) const {
    try {
      return commits_.standing(run);
    } catch (const Error& error) {
      run.check();
      run.log().warning("folders of previews that are over could not be listed: " + error.message(),
                        {{"run", run.id()}, {"hint", error.hint()}});
      return {};
    }
  }

  ApplyResult end(Run& run, const ApplyRequest& request) {
    const bool there = engine_->inspect(run, request.pull.number).has_value();
    const auto remains = there ? RemainingData::database : RemainingData::nothing;
    const CommitReason why{"end", request.decision.reason};
    const auto written = commits_.end(run, request.pull, remains, why);
    auto result = asked(run, written);
    result.done = !there;
    if (!written.changed) {
      result.says = there ? "nothing to change: the cluster has yet to drop it"
                          : "its files stay until its Applications are gone";
    }
    return result;
  }

  PreviewState folder(PullNumber number) const {
    return {.number = number, .database = database(number), .abandoned = true};
  }

  void append_folders(const std::set<PullNumber>& numbers,
                      std::vector<PreviewState>& standings) const {
    for (const auto number : numbers) {
      const bool known = std::any_of(standings.begin(), standings.end(),
                                     [&](const auto& each) { return each.number == number; });
      if (!known) standings.push_back(folder(number));
    }
    std::sort(standings.begin(), standings.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
  }

  static ApplyResult asked(const Run& run, const CommitResult& written) {
    return {false, std::nullopt, said(written, run.mode()), written.attempt};
  }

  std::unique_ptr<preview::PreviewBackend> engine_;
  Commits commits_;
};

}  // namespace

std::unique_ptr<preview::PreviewBackend> gitops_backend(
    std::unique_ptr<preview::PreviewBackend> engine, Commits commits) {
  return std::make_unique<GitopsBackend>(std::move(engine), std::move(commits));
}

}  // namespace tidegate::gitops
