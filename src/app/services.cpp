#include "app/services.hpp"

#include <fmt/format.h>

#include "archive/dry_run.hpp"
#include "engine/dry_run.hpp"
#include "forge/dry_run.hpp"
#include "journal/log_journal.hpp"
#include "journal/sqlite_journal.hpp"

namespace tidegate::app {
namespace {

/// A dry run is no run: nothing is recorded.
class NoJournal final : public journal::Journal {
 public:
  void started(const journal::RunRecord&) override {}
  void finished(const journal::RunRecord&) override {}
  std::vector<journal::RunRecord> recent(int) override { return {}; }
};

}  // namespace

Services::Services(const Adapters& adapters, SharedConfig config, Log& log, Mode mode)
    : adapters_(adapters), config_(std::move(config)), log_(log), mode_(mode) {}

const engine::Kind& Services::kind(EngineKind wanted) const {
  for (const auto& kind : adapters_.engines) {
    if (kind.kind == wanted) return kind;
  }
  throw Error(
      ErrorKind::config,
      fmt::format("this version of tidegate cannot operate {} databases yet", to_text(wanted)),
      "other databases of the same file are not affected");
}

std::unique_ptr<engine::Engine> Services::engine(EngineKind wanted, const Endpoint& endpoint,
                                                 const std::string& metadata_collection) const {
  auto real = kind(wanted).connect(endpoint, metadata_collection);
  if (mode_ == Mode::real) return real;
  return std::make_unique<engine::DryRun>(std::move(real));
}

engine::Connect Services::connect(EngineKind wanted, const config::ValueOrError<Endpoint>& endpoint,
                                  const std::string& metadata_collection) const {
  if (!endpoint.value) {
    auto missing = endpoint.missing.value_or(Error(ErrorKind::config, "not configured"));
    return [missing]() -> std::unique_ptr<engine::Engine> { throw missing; };
  }
  return [this, wanted, endpoint = *endpoint.value, metadata_collection] {
    return engine(wanted, endpoint, metadata_collection);
  };
}

std::unique_ptr<archive::Store> Services::store(const ArchivePlan& plan) const {
  auto real = adapters_.open_store(plan);
  if (mode_ == Mode::real) return real;
  return archive::dry_run(std::move(real));
}

std::unique_ptr<forge::Forge> Services::forge(const config::Config& config) const {
  auto real = adapters_.open_forge(config.forge_plan());
  if (mode_ == Mode::real) return real;
  return forge::dry_run(std::move(real));
}

std::unique_ptr<journal::Journal> Services::open_journal() const {
  if (mode_ == Mode::dry_run) return std::make_unique<NoJournal>();
  if (const auto file = journal_file()) {
    return std::make_unique<journal::SqliteJournal>(*file, adapters_.redactor);
  }
  return std::make_unique<journal::LogJournal>(log_);
}

journal::Journal& Services::journal() {
  std::call_once(journal_opened_, [this] { journal_ = open_journal(); });
  return *journal_;
}

}  // namespace tidegate::app
