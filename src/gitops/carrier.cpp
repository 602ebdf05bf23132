#include "gitops/carrier.hpp"

#include <utility>

namespace tidegate::gitops {
namespace {

using preview::Action;
using preview::Carried;
using preview::Errand;
using preview::Holds;
using preview::Standing;

std::string label_of(const std::optional<LockRecord>& lock) { return lock ? lock->label : ""; }

class CommittingCarrier final : public preview::Carrier {
 public:
  CommittingCarrier(std::unique_ptr<preview::Carrier> engine, Commits commits)
      : engine_(std::move(engine)), commits_(std::move(commits)) {}

  std::string database(PullNumber number) const override { return engine_->database(number); }
  std::optional<Standing> look(Run& run, PullNumber number) override {
    return engine_->look(run, number);
  }
  std::vector<Standing> list(Run& run) override { return engine_->list(run); }

  std::optional<Metadata> mirror(Run& run, const PullRequest& pull,
                                 const std::optional<LockRecord>& lock,
                                 const Standing& standing) override {
    const auto& metadata = standing.metadata;
    const auto before = metadata ? metadata->locked : std::nullopt;
    if (label_of(before) != label_of(lock)) {
      commits_.commit(run, pull, Data::left, {lock ? "lock" : "unlock", {}});
    }
    return engine_->mirror(run, pull, lock, standing);
  }

  Carried carry(Run& run, const Errand& errand) override {
    const auto& pull = errand.pull;
    const auto& decision = errand.decision;
    if (decision.action == Action::none) return {};
    if (errand.may_go_on) errand.may_go_on(run);
    const bool is_fill = decision.action == Action::fill;
    if (!is_fill && decision.afterwards == Holds::nothing) {
      return asked(run, commits_.remove(run, pull.number, {"remove", decision.reason}));
    }
    const auto data = decision.locked ? Data::fill_once : Data::as_deployed;
    const Why why{is_fill ? "fill" : "reset", decision.reason};
    return asked(run, commits_.commit(run, pull, data, why));
  }

  /// Without a Job that fills: what is there stays as it is until the next push.
  Carried tend(Run& run, const Errand& errand) override {
    return asked(run,
                 commits_.commit(run, errand.pull, Data::left, {"tend", errand.decision.reason}));
  }

 private:
  static Carried asked(const Run& run, const Written& written) {
    return {false, std::nullopt, said(written, run.mode()), written.changed};
  }

  std::unique_ptr<preview::Carrier> engine_;
  Commits commits_;
};

}  // namespace

std::unique_ptr<preview::Carrier> committing_carrier(std::unique_ptr<preview::Carrier> engine,
                                                     Commits commits) {
  return std::make_unique<CommittingCarrier>(std::move(engine), std::move(commits));
}

}  // namespace tidegate::gitops
