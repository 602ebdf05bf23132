#include "app/pull_lock.hpp"

#include <fmt/format.h>

namespace tidegate::app {
namespace {

bool protects_something(Run& run, engine::Engine& engine, const DatabaseName& database) {
  const auto found = engine.inspect(run, database);
  return found.exists && !found.abandoned;
}

Error labelled(PullNumber number, const std::string& label) {
  return {
      ErrorKind::locked,
      fmt::format("pull request {} has the label '{}'; nothing was changed", number.value(), label),
      fmt::format("remove '{}' from the pull request first", label)};
}

/// The lock of one pull request, as its labels say now.
class PullLock {
 public:
  PullLock(std::shared_ptr<forge::Forge> forge, engine::Engine& engine, PullNumber number,
           DatabaseName database, std::string label)
      : forge_(std::move(forge)),
        engine_(engine),
        number_(number),
        database_(std::move(database)),
        label_(std::move(label)) {}

  void require_unlocked(Run& run) const {
    if (!protects_something(run, engine_, database_)) return;
    if (has_label(labels(run), label_)) throw labelled(number_, label_);
  }

 private:
  std::vector<std::string> labels(Run& run) const {
    try {
      return forge_->pull_request(run, number_).labels;
    } catch (const Error& error) {
      run.check();
      throw preview::lock_in_doubt(number_, error);
    }
  }

  std::shared_ptr<forge::Forge> forge_;
  engine::Engine& engine_;
  PullNumber number_;
  DatabaseName database_;
  std::string label_;
};

}  // namespace

preview::RequireUnchanged require_unlocked_pull(const Services& services,
                                                const config::Config& config,
                                                engine::Engine& engine, const TargetName& target,
                                                const DatabaseName& database) {
  if (!target.number || !config.try_forge_plan().value) return {};
  const PullLock lock(services.forge(config), engine, *target.number, database,
                      config.pull_policy().labels.lock);
  return [lock](Run& run) { lock.require_unlocked(run); };
}

}  // namespace tidegate::app
