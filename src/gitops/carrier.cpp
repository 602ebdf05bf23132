#include "gitops/carrier.hpp"

#include <algorithm>
#include <utility>

namespace tidegate::gitops {
namespace {

using preview::Action;
using preview::Carried;
using preview::Errand;
using preview::Holds;
using preview::Standing;

std::string action_of(const preview::Decision& decision) {
  for (const auto notice : decision.notices) {
    if (notice == preview::Notice::locked) return "lock";
    if (notice == preview::Notice::unlocked) return "unlock";
  }
  return "tend";
}

class CommittingCarrier final : public preview::Carrier {
 public:
  CommittingCarrier(std::unique_ptr<preview::Carrier> engine, Commits commits)
      : engine_(std::move(engine)), commits_(std::move(commits)) {}

  std::string database(PullNumber number) const override { return engine_->database(number); }
  std::optional<Standing> look(Run& run, PullNumber number) override {
    auto standing = engine_->look(run, number);
    if (!standing && folders(run).contains(number)) standing = folder(number);
    return standing;
  }

  std::vector<Standing> list(Run& run) override {
    auto standings = engine_->list(run);
    append_folders(folders(run), standings);
    return standings;
  }

  std::optional<Metadata> mirror(Run& run, const PullRequest& pull,
                                 const std::optional<LockRecord>& lock,
                                 const Standing& standing) override {
    return engine_->mirror(run, pull, lock, standing);
  }

  Carried carry(Run& run, const Errand& errand) override {
    const auto& pull = errand.pull;
    const auto& decision = errand.decision;
    if (decision.action == Action::none) return {};
    if (errand.may_go_on) errand.may_go_on(run);
    const bool is_fill = decision.action == Action::fill;
    if (!is_fill && decision.afterwards == Holds::nothing) return end(run, errand);
    const Wanted wanted{.data = decision.locked ? Data::fill_once : Data::as_deployed,
                        .again = errand.again};
    const Why why{is_fill ? "fill" : "reset", decision.reason};
    return asked(run, commits_.commit(run, pull, wanted, why));
  }

  /// Commits files without a Job that fills: the database stays as it is until the next push.
  Carried tend(Run& run, const Errand& errand) override {
    const Why why{action_of(errand.decision), errand.decision.reason};
    const auto written = commits_.commit(run, errand.pull, {Data::left, false, errand.filled}, why);
    auto carried = asked(run, written);
    carried.done = !written.to_come;
    return carried;
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

  Carried end(Run& run, const Errand& errand) {
    const bool there = engine_->look(run, errand.pull.number).has_value();
    const auto remains = there ? Remains::database : Remains::nothing;
    const Why why{"end", errand.decision.reason};
    const auto written = commits_.end(run, errand.pull, remains, why);
    auto carried = asked(run, written);
    carried.done = !there;
    if (!written.changed) {
      carried.says = there ? "nothing to change: the cluster has yet to drop it"
                           : "its files stay until its Applications are gone";
    }
    return carried;
  }

  Standing folder(PullNumber number) const {
    return {.number = number, .database = database(number), .leftover = true};
  }

  void append_folders(const std::set<PullNumber>& numbers, std::vector<Standing>& standings) const {
    for (const auto number : numbers) {
      const bool known = std::any_of(standings.begin(), standings.end(),
                                     [&](const auto& each) { return each.number == number; });
      if (!known) standings.push_back(folder(number));
    }
    std::sort(standings.begin(), standings.end(),
              [](const auto& a, const auto& b) { return a.number < b.number; });
  }

  static Carried asked(const Run& run, const Written& written) {
    return {false, std::nullopt, said(written, run.mode()), written.attempt};
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
