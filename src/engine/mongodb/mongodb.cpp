#include "engine/mongodb/mongodb.hpp"

#include <cstdlib>
#include <optional>

#include "engine/mongodb/access/capabilities.hpp"
#include "engine/mongodb/access/creation.hpp"
#include "engine/mongodb/access/grants.hpp"
#include "engine/mongodb/access/rights.hpp"
#include "engine/mongodb/archive/dump.hpp"
#include "engine/mongodb/copy/audit.hpp"
#include "engine/mongodb/copy/inspect.hpp"
#include "engine/mongodb/copy/staged.hpp"
#include "engine/mongodb/publish/recover.hpp"
#include "engine/mongodb/seed/seed.hpp"

namespace tidegate::engine::mongodb {
namespace {

class MongoEngine final : public Engine {
 public:
  MongoEngine(const Endpoint& endpoint, std::string metadata_collection, LeaseTimes times)
      : endpoint_(endpoint),
        server_(endpoint),
        metadata_collection_(std::move(metadata_collection)),
        times_(times) {}

  Capabilities capabilities(Run& run) override { return mongodb::capabilities(run, server_); }

  Rights rights(Run& run, const DatabaseName& database, Need need) override {
    return mongodb::rights(run, server_, database, need, metadata_collection_);
  }

  Rights reading_rights(Run& run, const DatabaseName& database,
                        const Selection& selection) override {
    return mongodb::reading_rights(run, server_, database, selection, metadata_collection_);
  }

  std::vector<Obstacle> creation_obstacles(Run& run, const DatabaseName& database,
                                           const std::string& /*owner*/) override {
    return mongodb::creation_obstacles(run, server_, database);
  }

  Inventory inspect(Run& run, const DatabaseName& database) override {
    return mongodb::inspect(run, server_, database, metadata_collection_);
  }

  std::optional<Metadata> metadata(Run& run, const DatabaseName& database) override {
    return published_metadata(run, server_, database, metadata_collection_);
  }

  std::vector<FilledDatabase> list(Run& run, const NamePattern& pattern) override {
    return mongodb::list(run, server_, pattern, metadata_collection_);
  }

  std::unique_ptr<Lease> lease(Run& run, const WriteTarget& target, LeaseWish wish) override {
    auto lease =
        std::make_unique<ServerLease>(run, server_, target, metadata_collection_, times_, wish);
    recover(run, server_, *lease);
    return lease;
  }

  std::unique_ptr<Staged> stage(Run& run, const StageRequest& request, Lease& lease) override {
    return mongodb::stage(run, server_, own(lease), request, capabilities(run));
  }

  VerifyReport verify(Run& run, Staged& staged, Lease& lease) override {
    return mongodb::verify(run, server_, own(lease), own(staged));
  }

  void publish(Run& run, Staged& staged, const Metadata& metadata, Lease& lease) override {
    mongodb::publish(run, server_, own(lease), own(staged), metadata);
  }

  void note(Run& run, const Metadata& metadata, Lease& lease) override {
    mongodb::note(run, server_, own(lease), metadata);
  }

  void seed(Run& run, const SeedRequest& request, Lease& lease) override {
    mongodb::seed(run, server_, endpoint_, own(lease), request.plan);
  }

  DumpResult dump(Run& run, const DumpRequest& request) override {
    return mongodb::dump(run, server_, request, capabilities(run));
  }

  void drop(Run& run, Lease& lease) override { mongodb::drop(run, server_, own(lease)); }

  VerifyReport audit(Run& run, const DatabaseName& database, const Metadata& expected) override {
    return mongodb::audit(run, server_, database, expected, metadata_collection_);
  }

 private:
  static ServerLease& own(Lease& lease) { return dynamic_cast<ServerLease&>(lease); }
  static StagedCopy& own(Staged& staged) { return dynamic_cast<StagedCopy&>(staged); }

  Endpoint endpoint_;
  Server server_;
  std::string metadata_collection_;
  LeaseTimes times_;
};

}  // namespace

LeaseTimes lease_times(const char* seconds) {
  LeaseTimes times;
  if (const int whole = seconds ? std::atoi(seconds) : 0; whole > 0) {
    times.lasts = std::chrono::seconds(whole);
    times.renewed_every = times.lasts / 6;
    times.fresh = times.lasts / 3;
  }
  return times;
}

Kind kind(LeaseTimes times) {
  Kind kind;
  kind.kind = EngineKind::mongodb;
  kind.own_databases = {DatabaseName("admin"), DatabaseName("local"), DatabaseName("config")};
  kind.connect = [times](const Endpoint& endpoint, const std::string& metadata_collection) {
    return std::make_unique<MongoEngine>(endpoint, metadata_collection, times);
  };
  kind.grants = grants;
  return kind;
}

}  // namespace tidegate::engine::mongodb
