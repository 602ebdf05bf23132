#include "engine/postgresql/postgresql.hpp"

#include "engine/postgresql/access/creation.hpp"
#include "engine/postgresql/access/grants.hpp"
#include "engine/postgresql/access/rights.hpp"
#include "engine/postgresql/archive/dump.hpp"
#include "engine/postgresql/copy/audit.hpp"
#include "engine/postgresql/copy/inspect.hpp"
#include "engine/postgresql/copy/production.hpp"
#include "engine/postgresql/copy/staged.hpp"
#include "engine/postgresql/publish/recover.hpp"
#include "engine/postgresql/seed/seed.hpp"

namespace tidegate::engine::postgresql {
namespace {

class PostgresEngine final : public Engine {
 public:
  explicit PostgresEngine(const Endpoint& endpoint) : server_(endpoint) {}

  Capabilities capabilities(Run& run) override { return postgresql::capabilities(run, server_); }

  Rights rights(Run& run, const DatabaseName& database, Need need) override {
    return postgresql::rights(run, server_, database, need);
  }

  std::vector<Obstacle> creation_obstacles(Run& run, const DatabaseName& /*database*/,
                                           const std::string& owner) override {
    return postgresql::creation_obstacles(run, server_, owner);
  }

  Rights reading_rights(Run& run, const DatabaseName& database,
                        const Selection& selection) override {
    return postgresql::rights(run, server_, database, Need::read, selection);
  }

  CopyOutlook outlook(Run& run, const CopyQuestion& question) override {
    return postgresql::outlook(run, server_, question);
  }

  Inventory inspect(Run& run, const DatabaseName& database) override {
    return postgresql::inspect(run, server_, database);
  }

  std::optional<Metadata> metadata(Run& run, const DatabaseName& database) override {
    return published_metadata(run, server_, database);
  }

  std::vector<FilledDatabase> list(Run& run, const NamePattern& pattern) override {
    return postgresql::list(run, server_, pattern);
  }

  std::unique_ptr<Lease> lease(Run& run, const WriteTarget& target, LeaseWish wish) override {
    auto lease = std::make_unique<SessionLease>(run, server_, target, wish);
    recover(run, *lease);
    return lease;
  }

  std::unique_ptr<Staged> stage(Run& run, const StageRequest& request, Lease& lease) override {
    return postgresql::stage(run, server_, own(lease), request);
  }

  VerifyReport verify(Run& run, Staged& staged, Lease& /*lease*/) override {
    return postgresql::verify(run, server_, own(staged));
  }

  void publish(Run& run, Staged& staged, const Metadata& metadata, Lease& lease) override {
    postgresql::publish(run, own(lease), own(staged), metadata);
  }

  void note(Run& run, const Metadata& metadata, Lease& lease) override {
    postgresql::note(run, own(lease), metadata);
  }

  void seed(Run& run, const SeedRequest& request, Lease& lease) override {
    postgresql::seed(run, server_, own(lease), request);
  }

  DumpResult dump(Run& run, const DumpRequest& request) override {
    return postgresql::dump(run, server_, request);
  }

  VerifyReport examine(Run& run, const std::filesystem::path& archive,
                       const Metadata& expected) override {
    return postgresql::examine(run, archive, expected);
  }

  void drop(Run& run, Lease& lease) override { postgresql::drop(run, own(lease)); }

  VerifyReport audit(Run& run, const DatabaseName& database, const Metadata& expected) override {
    return postgresql::audit(run, server_, database, expected);
  }

 private:
  static SessionLease& own(Lease& lease) { return dynamic_cast<SessionLease&>(lease); }
  static StagedDatabase& own(Staged& staged) { return dynamic_cast<StagedDatabase&>(staged); }

  Server server_;
};

}  // namespace

Kind kind() {
  Kind kind;
  kind.kind = EngineKind::postgresql;
  for (const auto* name : {"postgres", "template0", "template1"}) {
    kind.own_databases.emplace_back(name, EngineKind::postgresql);
  }
  kind.connect = [](const Endpoint& endpoint, const std::string& /*metadata_collection*/) {
    return std::make_unique<PostgresEngine>(endpoint);
  };
  kind.grants = grants;
  return kind;
}

}  // namespace tidegate::engine::postgresql
