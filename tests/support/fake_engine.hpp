#pragma once

/// A database server in memory that behaves as a real one where it matters: staging under other
/// names, leases that run out, a publish of several steps after one commit point, and death at any
/// of them.

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.hpp"

namespace tidegate::test {

struct FakeCollection {
  std::map<std::string, std::string> documents;  ///< by id
  std::string type = "collection";
  std::string definition = R"({"indexes":["_id_"]})";
  std::string obstacle = {};
  int uuid = 0;

  std::string checksum() const;
  Bytes bytes() const;
};

/// The plan that the commit point writes: all that another run needs to finish the publish.
struct FakePlan {
  std::string phase;                           ///< `publishing` or `dropping`
  std::map<std::string, std::string> renames;  ///< final name → staging name; equal: left in place
  std::map<std::string, int> uuids;            ///< by final name
  Metadata metadata;
};

struct FakeLease {
  engine::Holder holder;
  bool alive = true;   ///< its process renews it
  SystemTime until{};  ///< counts once it is not alive
  std::optional<FakePlan> plan;
};

struct FakeDatabase {
  std::map<std::string, FakeCollection> collections;  ///< staging among them: `_tidegate.…`
  std::optional<Metadata> latest;
  std::optional<FakeLease> lease;
};

/// Not an Error, not even an exception: nothing in the program may catch the death of its process.
struct Crashed {};

/// The server; shared by the engines of all clients, who may be on several threads.
class FakeServer {
 public:
  explicit FakeServer(const Clock& clock) : clock_(clock) {}

  // Set up by a test.
  std::vector<engine::Capability> relied_on;
  bool point_in_time = true;
  std::optional<Bytes> free = Bytes{1'000'000'000};
  engine::Rights::Basis basis = engine::Rights::Basis::privileges;
  std::string user = "fake_user";
  std::set<std::string> readable = {"*"}, writable = {"*"};  ///< databases; `*`: any
  std::vector<engine::Obstacle> obstacles{};                 ///< to making databases
  std::chrono::milliseconds clock_ahead{0};                  ///< of the client's
  std::vector<ArchiveForm> archive_forms{ArchiveForm::custom, ArchiveForm::directory};
  engine::CopyOutlook outlook;
  std::string lose_document_of;  ///< a collection whose copy comes out one document short
  /// Called before each step that the server takes for a client, by name: `copy pmProject`,
  /// `commit`, `rename pmProject` … May throw, change databases, or advance time.
  std::function<void(const std::string& step)> on_step;
  /// The same, once the step is done: a fault here is an answer that was lost.
  std::function<void(const std::string& step)> after_step;

  void load(const std::string& database, const std::string& collection,
            std::map<std::string, std::string> documents, const std::string& definition = {});
  /// Published contents only.
  std::map<std::string, FakeCollection> read(const std::string& database) const;
  FakeDatabase* find(const std::string& database);
  void drop_database(const std::string& database);
  std::vector<std::string> databases() const;
  const Clock& clock() const { return clock_; }
  SystemTime now() const { return clock_.now() + clock_ahead; }
  /// While it is held, no other client does anything.
  std::unique_lock<std::recursive_mutex> lock() const { return std::unique_lock(mutex_); }
  /// Runs `action` as one step.
  void step(const std::string& name, const std::function<void()>& action);

 private:
  friend class FakeEngine;
  const Clock& clock_;
  mutable std::recursive_mutex mutex_;
  std::map<std::string, FakeDatabase> databases_;
  int next_uuid_ = 1;
};

/// One client. Dead after crash(): nothing that it has made does anything any more, its destructors
/// included, so that staging, plan and lease stay as they are.
class FakeEngine final : public engine::Engine {
 public:
  explicit FakeEngine(FakeServer& server);

  void crash();

  engine::Capabilities capabilities(Run& run) override;
  engine::Rights rights(Run& run, const DatabaseName& database, engine::Need need) override;
  std::vector<engine::Obstacle> creation_obstacles(Run& run, const DatabaseName& database,
                                                   const std::string& owner) override;
  engine::CopyOutlook outlook(Run& run, const engine::CopyQuestion& question) override;
  engine::Inventory inspect(Run& run, const DatabaseName& database) override;
  std::optional<Metadata> metadata(Run& run, const DatabaseName& database) override;
  std::vector<engine::FilledDatabase> list(Run& run, const NamePattern& pattern) override;
  std::unique_ptr<engine::Lease> lease(Run& run, const WriteTarget& target,
                                       engine::LeaseWish wish) override;
  std::unique_ptr<engine::Staged> stage(Run& run, const engine::StageRequest& request,
                                        engine::Lease& lease) override;
  engine::VerifyReport verify(Run& run, engine::Staged& staged, engine::Lease& lease) override;
  void publish(Run& run, engine::Staged& staged, const Metadata& metadata,
               engine::Lease& lease) override;
  void note(Run& run, const Metadata& metadata, engine::Lease& lease) override;
  void seed(Run& run, const engine::SeedRequest& request, engine::Lease& lease) override;
  engine::DumpResult dump(Run& run, const engine::DumpRequest& request) override;
  engine::VerifyReport examine(Run& run, const std::filesystem::path& archive,
                               const Metadata& expected) override;
  void drop(Run& run, engine::Lease& lease) override;
  engine::VerifyReport audit(Run& run, const DatabaseName& database,
                             const Metadata& expected) override;

 private:
  void begin(Run& run, const std::string& call);
  void require(const std::set<std::string>& allowed, const std::string& database,
               const std::string& action);
  void take_over(Run& run, const std::string& database, engine::LeaseWish wish);
  std::vector<std::string> recover(const std::string& database);
  void finish(const std::string& database);
  std::unique_ptr<engine::Staged> load(Run& run, const engine::StageRequest& request,
                                       const std::string& target);
  FakeServer& server_;
  std::set<std::string> runs_;
  std::shared_ptr<bool> dead_ = std::make_shared<bool>(false);
};

}  // namespace tidegate::test
