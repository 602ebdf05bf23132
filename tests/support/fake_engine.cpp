#include "support/fake_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/duration.hpp"
#include "support/fake_archive.hpp"

namespace tidegate::test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_lease_time{30'000};
constexpr milliseconds k_grace{60'000};

bool is_staging(const std::string& name) { return name.rfind("_tidegate", 0) == 0; }

class HeldLease final : public engine::Lease {
 public:
  HeldLease(FakeServer& server, WriteTarget target, std::string run, std::shared_ptr<bool> dead)
      : server_(server), target_(std::move(target)), run_(std::move(run)), dead_(std::move(dead)) {}
  ~HeldLease() override {
    const auto lock = server_.lock();
    auto* database = server_.find(target_.database().text());
    if (*dead_ || database == nullptr || !database->lease) return;
    if (database->lease->holder.run != run_) return;
    if (database->lease->plan) {  // past the commit point: the next holder finishes it
      database->lease->alive = false;
      database->lease->until = server_.now();
    } else {
      database->lease.reset();  // the database that it may have made stays, as on real servers
    }
  }
  const WriteTarget& target() const override { return target_; }
  void confirm(Run& /*run*/) override {
    const auto* database = server_.find(target_.database().text());
    if (database == nullptr || !database->lease || database->lease->holder.run != run_) {
      throw Error(ErrorKind::conflict,
                  fmt::format("the lease on '{}' was lost", target_.database().text()));
    }
  }
  std::vector<std::string> recovered() const override { return found; }

  std::vector<std::string> found;

 private:
  FakeServer& server_;
  WriteTarget target_;
  std::string run_;
  std::shared_ptr<bool> dead_;
};

class FakeStaged final : public engine::Staged {
 public:
  FakeStaged(FakeServer& server, std::string database, std::shared_ptr<bool> dead)
      : server_(server), database_(std::move(database)), dead_(std::move(dead)) {}
  ~FakeStaged() override {
    const auto lock = server_.lock();
    if (*dead_ || !armed) return;
    if (auto* database = server_.find(database_)) {
      for (const auto& [name, staging] : names) {
        if (is_staging(staging)) database->collections.erase(staging);
      }
    }
  }
  engine::StageOutcome outcome() const override {
    return why.empty() ? engine::StageOutcome::complete : engine::StageOutcome::source_changed;
  }
  std::string reason() const override { return why; }
  SystemTime cut() const override { return moment; }
  Consistency consistency() const override { return kept; }
  std::string method() const override { return "fake"; }
  const std::vector<Content>& contents() const override { return content; }
  int unchanged() const override { return in_place; }

  std::string why;
  SystemTime moment{};
  Consistency kept = Consistency::per_collection;
  std::vector<Content> content, expected;
  std::map<std::string, std::string> names;  // final → staging, or → itself when left in place
  int in_place = 0;
  bool from_snapshot = false;
  bool armed = true;

 private:
  FakeServer& server_;
  std::string database_;
  std::shared_ptr<bool> dead_;
};

Content describe(const std::string& name, const FakeCollection& collection) {
  Content content;
  content.name = name;
  content.type = collection.type;
  content.documents = static_cast<std::int64_t>(collection.documents.size());
  content.bytes = collection.bytes();
  content.indexes = 1;
  content.checksum = collection.checksum();
  content.definition = collection.definition;
  return content;
}

/// The collection that a reader of a database sees: from the commit point on, the new content by
/// its staging names.
const FakeCollection* as_read(const FakeDatabase& database, const std::string& name) {
  std::string stored = name;
  if (database.lease && database.lease->plan) {
    const auto renamed = database.lease->plan->renames.find(name);
    if (renamed != database.lease->plan->renames.end() &&
        database.collections.count(renamed->second) != 0) {
      stored = renamed->second;
    }
  }
  const auto found = database.collections.find(stored);
  return found == database.collections.end() ? nullptr : &found->second;
}

std::optional<Metadata> published(const FakeDatabase& database) {
  if (database.lease && database.lease->plan && database.lease->plan->phase == "publishing") {
    return database.lease->plan->metadata;
  }
  return database.latest;
}

std::optional<engine::Holder> holder_of(const FakeServer& server, const FakeDatabase& database) {
  if (!database.lease) return std::nullopt;
  auto holder = database.lease->holder;
  holder.expired = !database.lease->alive && database.lease->until <= server.now();
  holder.renewed_ago =
      database.lease->alive
          ? milliseconds{0}
          : std::max(milliseconds{0}, server.now() - (database.lease->until - k_lease_time));
  if (database.lease->plan) holder.phase = database.lease->plan->phase;
  return holder;
}

void compare(engine::VerifyReport& report, const Content& expected, const FakeCollection* found) {
  const auto differ = [&](const std::string& what, const std::string& a, const std::string& b) {
    if (a != b) report.differences.push_back({expected.name, what, a, b});
  };
  if (found == nullptr) {
    differ("collection", "present", "absent");
    return;
  }
  differ("documents", std::to_string(expected.documents), std::to_string(found->documents.size()));
  if (!expected.checksum.empty()) differ("checksum", expected.checksum, found->checksum());
  if (!expected.definition.empty()) differ("definition", expected.definition, found->definition);
}

/// A file of JSON, documents by id by collection; one of its own in place of a command.
std::map<std::string, std::map<std::string, std::string>> seed_data(const SeedPlan& plan) {
  if (plan.file.empty()) return {{"seeds", {{"1", "seed data"}}}};
  std::ifstream file(plan.file);
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (json.is_discarded()) throw Error(ErrorKind::config, "no seed data: " + plan.file);
  return json;
}

bool is_leftover(const FakeDatabase& database) {
  return !database.latest && !(database.lease && database.lease->plan) &&
         std::all_of(database.collections.begin(), database.collections.end(),
                     [](const auto& entry) { return is_staging(entry.first); });
}

}  // namespace

std::string FakeCollection::checksum() const {
  std::uint64_t hash = 1469598103934665603U;
  const auto add = [&hash](const std::string& text) {
    for (const unsigned char byte : text + '\0') hash = (hash ^ byte) * 1099511628211U;
  };
  for (const auto& [id, text] : documents) {
    add(id);
    add(text);
  }
  return fmt::format("{:016x}", hash);
}

Bytes FakeCollection::bytes() const {
  Bytes sum;
  for (const auto& [id, text] : documents) {
    sum += Bytes{static_cast<std::int64_t>(id.size() + text.size())};
  }
  return sum;
}

void FakeServer::load(const std::string& database, const std::string& collection,
                      std::map<std::string, std::string> documents, const std::string& definition) {
  const std::scoped_lock lock(mutex_);
  FakeCollection made;
  made.documents = std::move(documents);
  if (!definition.empty()) made.definition = definition;
  made.uuid = next_uuid_++;
  databases_[database].collections[collection] = std::move(made);
}

std::map<std::string, FakeCollection> FakeServer::read(const std::string& database) const {
  const std::scoped_lock lock(mutex_);
  std::map<std::string, FakeCollection> visible;
  const auto found = databases_.find(database);
  if (found == databases_.end()) return visible;
  for (const auto& [name, collection] : found->second.collections) {
    if (!is_staging(name)) visible[name] = collection;
  }
  return visible;
}

FakeDatabase* FakeServer::find(const std::string& database) {
  const std::scoped_lock lock(mutex_);
  const auto found = databases_.find(database);
  return found == databases_.end() ? nullptr : &found->second;
}

void FakeServer::drop_database(const std::string& database) {
  const std::scoped_lock lock(mutex_);
  databases_.erase(database);
}

std::vector<std::string> FakeServer::databases() const {
  const std::scoped_lock lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, database] : databases_) names.push_back(name);
  return names;
}

void FakeServer::step(const std::string& name, const std::function<void()>& action) {
  const std::scoped_lock lock(mutex_);
  // Copies: a hook may take itself away while it runs.
  if (const auto hook = on_step) hook(name);
  action();
  if (const auto hook = after_step) hook(name);
}

FakeEngine::FakeEngine(FakeServer& server) : server_(server) {}

void FakeEngine::crash() {
  const std::scoped_lock lock(server_.mutex_);
  *dead_ = true;
  for (auto& [name, database] : server_.databases_) {
    if (database.lease && database.lease->alive && runs_.count(database.lease->holder.run) != 0) {
      database.lease->alive = false;
      database.lease->until = server_.now() + k_lease_time;
    }
  }
}

void FakeEngine::begin(Run& run, const std::string& call) {
  if (*dead_) throw Error(ErrorKind::internal, "this process is dead");
  run.check();
  server_.step(call, [] {});
}

void FakeEngine::require(const std::set<std::string>& allowed, const std::string& database,
                         const std::string& action) {
  if (allowed.count("*") != 0 || allowed.count(database) != 0) return;
  throw Error(ErrorKind::permission,
              fmt::format("'{}' may not {} '{}'", server_.user, action, database));
}

engine::Capabilities FakeEngine::capabilities(Run& run) {
  begin(run, "capabilities");
  engine::Capabilities can;
  can.product = "Fake";
  can.version = "1.0";
  can.deployment = "in memory";
  can.point_in_time = server_.point_in_time;
  if (!can.point_in_time) can.why_not = "it was told not to";
  can.server_checksum = true;
  can.method = "fake";
  can.relied_on = server_.relied_on;
  can.archive_forms = server_.archive_forms;
  can.server_time = server_.now();
  return can;
}

engine::Rights FakeEngine::rights(Run& run, const DatabaseName& database, engine::Need need) {
  begin(run, "rights");
  const auto has = [&database](const std::set<std::string>& allowed) {
    return allowed.count("*") != 0 || allowed.count(database.text()) != 0;
  };
  engine::Rights rights;
  rights.basis = server_.basis;
  rights.user = server_.user;
  const bool unknown = rights.basis == engine::Rights::Basis::unknown;
  if (!unknown && need == engine::Need::read && !has(server_.readable)) {
    rights.missing.push_back(fmt::format("find on '{}'", database.text()));
  }
  if (!unknown && need == engine::Need::write && !has(server_.writable)) {
    rights.missing.push_back(fmt::format("insert on '{}'", database.text()));
  }
  if (has(server_.writable)) {
    rights.writes = {"insert", "update", "remove"};
    rights.write_roles = {"readWrite@" + database.text()};
  }
  return rights;
}

std::vector<engine::Obstacle> FakeEngine::creation_obstacles(Run& /*run*/,
                                                             const DatabaseName& /*database*/,
                                                             const std::string& /*owner*/) {
  return server_.obstacles;
}

engine::CopyOutlook FakeEngine::outlook(Run& run, const engine::CopyQuestion& /*question*/) {
  begin(run, "outlook");
  return server_.outlook;
}

engine::Inventory FakeEngine::inspect(Run& run, const DatabaseName& name) {
  begin(run, "inspect");
  const std::scoped_lock lock(server_.mutex_);
  engine::Inventory inventory{name, false, {}, {}, {}, {}, {}, {}, {}, {}};
  inventory.filesystem_free = server_.free;
  inventory.server_time = server_.now();
  const auto* database = server_.find(name.text());
  if (database == nullptr) return inventory;
  require(server_.readable, name.text(), "read");
  inventory.exists = true;
  for (const auto& [item_name, collection] : database->collections) {
    if (is_staging(item_name)) {
      inventory.staging.push_back(item_name);
      continue;
    }
    engine::Item item;
    item.name = item_name;
    item.type = collection.type;
    item.documents = static_cast<std::int64_t>(collection.documents.size());
    item.data = collection.bytes();
    item.indexes = 1;
    item.obstacle = collection.obstacle;
    inventory.items.push_back(item);
  }
  engine::tell(inventory, published(*database));
  inventory.holder = holder_of(server_, *database);
  inventory.abandoned = is_leftover(*database);
  return inventory;
}

std::optional<Metadata> FakeEngine::metadata(Run& run, const DatabaseName& name) {
  begin(run, "metadata");
  const std::scoped_lock lock(server_.mutex_);
  const auto* database = server_.find(name.text());
  if (database == nullptr) return std::nullopt;
  require(server_.readable, name.text(), "read");
  return engine::with_lock(published(*database));
}

std::vector<engine::FilledDatabase> FakeEngine::list(Run& run, const NamePattern& pattern) {
  begin(run, "list");
  const std::scoped_lock lock(server_.mutex_);
  std::vector<engine::FilledDatabase> found;
  for (const auto& [name, database] : server_.databases_) {
    const DatabaseName valid(name);
    if (const auto number = pattern.number_in(valid)) {
      found.push_back(
          {valid, *number, std::nullopt, holder_of(server_, database), is_leftover(database)});
      engine::tell(found.back(), published(database));
    }
  }
  std::sort(found.begin(), found.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  return found;
}

std::unique_ptr<engine::Lease> FakeEngine::lease(Run& run, const WriteTarget& target,
                                                 engine::LeaseWish wish) {
  begin(run, "ask for the lease");
  const std::scoped_lock lock(server_.mutex_);
  const auto& name = target.database().text();
  require(server_.writable, name, "write");
  take_over(run, name, wish);
  auto held = std::make_unique<HeldLease>(server_, target, run.id(), dead_);
  runs_.insert(run.id());
  server_.step("lease", [] {});
  held->found = recover(name);
  return held;
}

void FakeEngine::take_over(Run& run, const std::string& name, engine::LeaseWish wish) {
  auto& database = server_.databases_[name];
  if (database.lease && database.lease->holder.run != run.id()) {
    const auto holder = *holder_of(server_, database);
    const auto left = database.lease->until - server_.now();
    const bool may_wait =
        !database.lease->alive && (holder.renewed_ago >= milliseconds{10'000} || left <= wish.wait);
    if (!holder.expired && !may_wait) {
      throw Error(ErrorKind::conflict, fmt::format("'{}' is held by run {}", name, holder.run),
                  "wait for it, or allow waiting with --wait");
    }
    if (!holder.expired) run.sleep(left);
  }
  std::optional<FakePlan> plan;
  if (database.lease) plan = database.lease->plan;
  FakeLease made;
  made.holder.run = run.id();
  made.holder.host = "here";
  made.holder.process = 1;
  made.holder.started = server_.now();
  made.plan = std::move(plan);
  database.lease = std::move(made);
}

std::vector<std::string> FakeEngine::recover(const std::string& name) {
  std::vector<std::string> said;
  auto* database = server_.find(name);
  if (database->lease->plan) {
    said.push_back(fmt::format("finished the {} of run {}", database->lease->plan->phase,
                               database->lease->plan->metadata.run));
    const auto lease = *database->lease;
    finish(name);
    if (server_.find(name) == nullptr) {  // a drop took the lease with it
      server_.databases_[name].lease = lease;
      server_.databases_[name].lease->plan.reset();
    }
    database = server_.find(name);
  }
  std::vector<std::string> dead;
  for (const auto& [item, collection] : database->collections) {
    if (is_staging(item)) dead.push_back(item);
  }
  for (const auto& item : dead) {
    server_.step("clear " + item, [&] { database->collections.erase(item); });
  }
  if (!dead.empty()) said.push_back(fmt::format("cleared {} staged collections", dead.size()));
  return said;
}

std::unique_ptr<engine::Staged> FakeEngine::stage(Run& run, const engine::StageRequest& request,
                                                  engine::Lease& lease) {
  begin(run, "stage");
  const std::scoped_lock lock(server_.mutex_);
  const auto target = lease.target().database().text();
  if (request.archive) return load(run, request, target);
  require(server_.readable, request.source.text(), "read");
  if (request.consistency == ConsistencyWish::require && !server_.point_in_time) {
    throw Error(ErrorKind::refused, "a point in time cannot be held here");
  }
  auto staged = std::make_unique<FakeStaged>(server_, target, dead_);
  staged->moment = request.snapshot ? request.snapshot->timestamp : server_.now();
  staged->kept = server_.point_in_time ? Consistency::point_in_time : Consistency::per_collection;
  staged->from_snapshot = request.snapshot.has_value();

  const auto* source = server_.find(request.source.text());
  std::map<std::string, int> before;
  for (const auto& item : request.items) {
    const auto* found = source == nullptr ? nullptr : as_read(*source, item.name);
    if (found != nullptr) before[item.name] = found->uuid;
  }
  std::int64_t documents = 0;
  Bytes bytes;
  for (const auto& item : request.items) {
    documents += item.documents;
    bytes += item.data;
  }
  run.progress().expect(static_cast<int>(request.items.size()), documents, bytes);
  int number = 0;
  for (const auto& item : request.items) {
    run.check();
    run.progress().item_started(item.name, item.documents, item.data);
    server_.step("copy " + item.name, [&] {
      source = server_.find(request.source.text());
      const auto* found = source == nullptr ? nullptr : as_read(*source, item.name);
      if (found == nullptr || found->uuid != before[item.name]) {
        staged->why = fmt::format("'{}' was dropped or replaced while it was copied", item.name);
        return;
      }
      auto& place = server_.databases_[target].collections;
      auto copy = *found;
      if (request.snapshot) {
        if (const auto* recorded = request.snapshot->find(item.name)) {
          copy.definition = recorded->definition;
        }
      }
      staged->expected.push_back(describe(item.name, *found));
      const auto existing = place.find(item.name);
      if (request.snapshot && existing != place.end() &&
          existing->second.checksum() == copy.checksum() &&
          existing->second.definition == copy.definition) {
        staged->names[item.name] = item.name;
        ++staged->in_place;
        staged->content.push_back(describe(item.name, existing->second));
        return;
      }
      if (server_.lose_document_of == item.name && !copy.documents.empty()) {
        copy.documents.erase(copy.documents.begin());
      }
      copy.uuid = server_.next_uuid_++;
      const auto staging = fmt::format("_tidegate.{}.{}", run.id(), ++number);
      staged->content.push_back(describe(item.name, copy));
      staged->names[item.name] = staging;
      place[staging] = std::move(copy);
    });
    if (!staged->why.empty()) return staged;
    ItemResult result;
    result.documents = staged->content.back().documents;
    result.bytes = staged->content.back().bytes;
    result.indexes = 1;
    run.progress().item_finished(item.name, result);
  }
  source = server_.find(request.source.text());
  if (request.snapshot) {
    const auto now = source == nullptr ? std::nullopt : published(*source);
    if (!now || now->run != request.snapshot->run) staged->why = "the snapshot is another one now";
  }
  return staged;
}

std::unique_ptr<engine::Staged> FakeEngine::load(Run& run, const engine::StageRequest& request,
                                                 const std::string& target) {
  auto staged = std::make_unique<FakeStaged>(server_, target, dead_);
  staged->moment = request.snapshot->timestamp;
  staged->kept = request.snapshot->consistency;
  int number = 0;
  for (auto& [name, collection] : read_fake_archive(*request.archive)) {
    run.check();
    server_.step("load " + name, [&, item = name, loaded = collection]() mutable {
      if (const auto* recorded = request.snapshot->find(item)) {
        staged->expected.push_back(*recorded);
      }
      if (server_.lose_document_of == item) loaded.documents.erase(loaded.documents.begin());
      loaded.uuid = server_.next_uuid_++;
      const auto staging = fmt::format("_tidegate.{}.{}", run.id(), ++number);
      staged->content.push_back(describe(item, loaded));
      staged->names[item] = staging;
      server_.databases_[target].collections[staging] = std::move(loaded);
    });
  }
  return staged;
}

engine::VerifyReport FakeEngine::verify(Run& run, engine::Staged& staged, engine::Lease& lease) {
  begin(run, "verify");
  const std::scoped_lock lock(server_.mutex_);
  auto& mine = dynamic_cast<FakeStaged&>(staged);
  engine::VerifyReport report;
  report.method = Verified::checksum;
  const auto& place = server_.databases_[lease.target().database().text()].collections;
  for (const auto& expected : mine.expected) {
    const auto found = place.find(mine.names[expected.name]);
    compare(report, expected, found == place.end() ? nullptr : &found->second);
  }
  report.contents = mine.content;
  for (auto& content : report.contents) content.verified = Verified::checksum;
  return report;
}

void FakeEngine::publish(Run& run, engine::Staged& staged, const Metadata& metadata,
                         engine::Lease& lease) {
  begin(run, "publish");
  const std::scoped_lock lock(server_.mutex_);
  auto& mine = dynamic_cast<FakeStaged&>(staged);
  const auto name = lease.target().database().text();
  lease.confirm(run);
  server_.step("before commit", [] {});
  mine.armed = false;  // an answer that is lost leaves the commit in doubt
  run.shield(k_grace);
  server_.step("commit", [&] {
    FakePlan plan{"publishing", mine.names, {}, metadata};
    for (const auto& [item, staging] : mine.names) {
      plan.uuids[item] = server_.databases_[name].collections.at(staging).uuid;
    }
    server_.databases_[name].lease->plan = std::move(plan);
  });
  finish(name);
}

void FakeEngine::finish(const std::string& name) {
  const auto plan = *server_.find(name)->lease->plan;
  auto& collections = server_.find(name)->collections;
  for (const auto& [item, staging] : plan.renames) {
    if (item == staging || collections.count(staging) == 0) continue;
    server_.step("rename " + item, [&, final_name = item, from = staging] {
      collections[final_name] = collections.at(from);
      collections.erase(from);
    });
  }
  std::vector<std::string> extra;
  for (const auto& [item, collection] : collections) {
    if (!is_staging(item) && plan.renames.count(item) == 0) extra.push_back(item);
  }
  if (plan.phase == "dropping") {
    server_.step("forget", [&] { server_.find(name)->latest.reset(); });
  }
  for (const auto& item : extra) {
    server_.step("remove " + item, [&] { collections.erase(item); });
  }
  server_.step("finish", [&] {
    if (plan.phase == "dropping") {
      server_.drop_database(name);
    } else {
      server_.find(name)->latest = plan.metadata;
      server_.find(name)->lease->plan.reset();
    }
  });
}

void FakeEngine::note(Run& run, const Metadata& metadata, engine::Lease& lease) {
  begin(run, "note");
  const std::scoped_lock lock(server_.mutex_);
  lease.confirm(run);
  server_.step("noted", [&] { server_.find(lease.target().database().text())->latest = metadata; });
}

void FakeEngine::seed(Run& run, const engine::SeedRequest& request, engine::Lease& lease) {
  begin(run, "seed");
  const std::scoped_lock lock(server_.mutex_);
  lease.confirm(run);
  for (const auto& [name, documents] : seed_data(request.plan)) {
    server_.step("seed " + name, [&, &name = name, &documents = documents] {
      server_.load(lease.target().database().text(), name, documents);
    });
  }
}

engine::DumpResult FakeEngine::dump(Run& run, const engine::DumpRequest& request) {
  begin(run, "dump");
  require(server_.readable, request.source.text(), "read");
  FakeCollections taken;
  {
    const std::scoped_lock lock(server_.mutex_);
    const auto* source = server_.find(request.source.text());
    for (const auto& item : request.items) {
      const auto* found = source == nullptr ? nullptr : as_read(*source, item.name);
      if (found == nullptr) throw Error(ErrorKind::remote, fmt::format("'{}' is gone", item.name));
      taken[item.name] = *found;
    }
  }
  engine::DumpResult dumped{
      server_.now(), Consistency::point_in_time, "fake", "fake archive", {}, {}};
  dumped.verified = request.checksums ? Verified::checksum : Verified::none;
  write_fake_archive(request.path, request.form, taken, [&](const std::string& name) {
    run.check();
    server_.step("dump " + name, [] {});
  });
  for (const auto& [name, collection] : taken) {
    auto content = describe(name, collection);
    if (!request.checksums) content.checksum.clear();
    content.verified = dumped.verified;
    dumped.contents.push_back(std::move(content));
  }
  server_.step("dumped", [] {});
  return dumped;
}

engine::VerifyReport FakeEngine::examine(Run& run, const std::filesystem::path& archive,
                                         const Metadata& expected) {
  begin(run, "examine");
  engine::VerifyReport report;
  const auto listed = read_fake_archive(archive);
  for (const auto& content : expected.contents) {
    if (listed.count(content.name) == 0) {
      report.differences.push_back({content.name, "collection", "present", "absent"});
    }
  }
  return report;
}

void FakeEngine::drop(Run& run, engine::Lease& lease) {
  begin(run, "drop");
  const std::scoped_lock lock(server_.mutex_);
  const auto name = lease.target().database().text();
  lease.confirm(run);
  if (!run.shielded()) run.shield(k_grace);
  server_.step("commit", [&] {
    FakePlan plan{"dropping", {}, {}, {}};
    plan.metadata.run = run.id();
    server_.find(name)->lease->plan = std::move(plan);
  });
  finish(name);
}

engine::VerifyReport FakeEngine::audit(Run& run, const DatabaseName& name,
                                       const Metadata& expected) {
  begin(run, "audit");
  const std::scoped_lock lock(server_.mutex_);
  require(server_.readable, name.text(), "read");
  engine::VerifyReport report;
  report.method = Verified::checksum;
  report.contents = expected.contents;
  const auto* database = server_.find(name.text());
  for (const auto& content : expected.contents) {
    compare(report, content, database == nullptr ? nullptr : as_read(*database, content.name));
  }
  for (const auto& [item, collection] : server_.read(name.text())) {
    if (expected.find(item) == nullptr) {
      report.differences.push_back({item, "collection", "absent", "present"});
    }
  }
  return report;
}

}  // namespace tidegate::test
