#pragma once

/// The connections, the log and the journal of one process, as its configuration and mode want
/// them.

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "app/adapters.hpp"
#include "base/log.hpp"
#include "base/run.hpp"
#include "config/config.hpp"
#include "engine/connect.hpp"
#include "journal/journal.hpp"

namespace tidegate::app {

/// Shared by everything that is made from it, since the daemon replaces its configuration while
/// work goes on.
using SharedConfig = std::shared_ptr<const config::Config>;

/// Made once, from the configuration that the process starts with. In a dry run engines, places and
/// the code host only print their steps, and nothing is recorded. Thread safe.
class Services {
 public:
  /// `adapters` and `log` outlive it. Values of `config` are read when they are needed.
  Services(const Adapters& adapters, SharedConfig config, Log& log, Mode mode);

  const Adapters& adapters() const { return adapters_; }
  Log& log() const { return log_; }
  Mode mode() const { return mode_; }
  /// How long a run waits for another one that holds its target.
  engine::LeaseWish wish() const { return {config_->wait()}; }

  /// @throws Error config: this program cannot operate such databases.
  const engine::Kind& kind(EngineKind kind) const;
  /// One engine for one credential.
  std::unique_ptr<engine::Engine> engine(EngineKind kind, const Endpoint& endpoint,
                                         const std::string& metadata_collection) const;
  /// For plans that connect only when they need to; a missing value becomes an Error then.
  engine::Connect connect(EngineKind kind, const config::ValueOrError<Endpoint>& endpoint,
                          const std::string& metadata_collection) const;
  /// A place for archives.
  std::unique_ptr<archive::Store> store(const ArchivePlan& plan) const;
  /// The code host of `config`. @throws Error config.
  std::unique_ptr<forge::Forge> forge(const config::Config& config) const;

  /// Where runs are recorded.
  journal::Journal& journal();
  /// The journal's file, where one is configured.
  std::optional<std::string> journal_file() const { return config_->journal(); }

 private:
  std::unique_ptr<journal::Journal> open_journal() const;
  const Adapters& adapters_;
  SharedConfig config_;
  Log& log_;
  Mode mode_;
  std::once_flag journal_opened_;
  std::unique_ptr<journal::Journal> journal_;
};

}  // namespace tidegate::app
