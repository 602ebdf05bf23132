#include "engine/mongodb/publish/lease.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <random>

#include "base/duration.hpp"
#include "base/utc.hpp"
#include "engine/mongodb/driver/faults.hpp"

namespace tidegate::engine::mongodb {
namespace {

using std::chrono::milliseconds;

// A renewal that hangs longer than this is given up; the next tick begins another.
constexpr milliseconds k_renewal_limit{4'000};
constexpr int k_commit_tries = 6;
constexpr milliseconds k_commit_limit{10'000};  // a server that hangs is given up, too
constexpr milliseconds k_commit_pause{1'000};

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "unknown";
}

Bson after_now(milliseconds duration) {
  // By way of numbers: understood by every server that understands $$NOW in an update.
  Bson sum;
  sum.add("0", doc("$toLong", "$$NOW")).add("1", static_cast<std::int64_t>(duration.count()));
  return doc("$toDate", Bson().add_array("$add", sum));
}

Bson pair(const char* operation, const Bson& values) { return Bson().add_array(operation, values); }

Bson one_stage(const Bson& stage) { return Bson().add("0", stage); }

/// A write that waited for locks carries the time at which it arrived: never back.
Bson not_before(const char* field, const Bson& value_holder) {
  Bson values;
  values.add("0", std::string_view(field));
  if (const auto value = value_holder.at("v")) values.add_value("1", *value);
  return pair("$max", values);
}

std::string new_token() {
  std::random_device entropy;
  return fmt::format("{:08x}{:08x}", entropy(), entropy());
}

}  // namespace

ServerLease::ServerLease(Run& run, Server& server, const WriteTarget& target,
                         std::string metadata_collection, LeaseTimes times, LeaseWish wish)
    : server_(server),
      target_(target),
      metadata_collection_(std::move(metadata_collection)),
      times_(times),
      run_id_(run.id()),
      token_(new_token()),
      own_run_(run.id() + " lease", run.clock(), run.log(), silent_, ending_.get_token(),
               std::nullopt) {
  acquire(run, wish);
  renewer_ = std::jthread([this](std::stop_token stop) { renew_until(stop); });
}

ServerLease::~ServerLease() {
  ending_.request_stop();
  renewer_.request_stop();
  if (renewer_.joinable()) renewer_.join();
  give_back();
}

// The whole decision is made by the server in one write, on its own clock: the query of an upsert
// may not hold $expr.
Bson ServerLease::take(Run& run) {
  const Bson expires = [] {
    Bson values;
    values.add("0", "$expires").add("1", SystemTime{});
    return pair("$ifNull", values);
  }();
  Bson mine_values, over_values;
  mine_values.add("0", "$run").add("1", std::string_view(run_id_));
  over_values.add("0", doc("$toLong", expires)).add("1", doc("$toLong", "$$NOW"));
  const Bson mine = pair("$eq", mine_values);
  Bson free_values;
  free_values.add("0", mine).add("1", pair("$lte", over_values));

  Bson keep_previous;
  keep_previous.add("0", mine).add("1", "$previous").add("2", "$run");
  Bson fresh = doc("_id", "lease", "run", std::string_view(run_id_), "token",
                   std::string_view(token_), "host", std::string_view(host_name()), "process",
                   static_cast<std::int64_t>(getpid()), "started", "$$NOW", "renewed", "$$NOW",
                   "expires", after_now(times_.lasts), "phase", "$phase", "plan", "$plan",
                   "committed", "$committed", "previous", pair("$cond", keep_previous));
  Bson branches;
  branches.add("0", pair("$or", free_values)).add("1", fresh).add("2", "$$ROOT");

  Bson command = doc("findAndModify", std::string_view(metadata_collection_), "query",
                     doc("_id", "lease"), "upsert", true, "new", true);
  command.add_array("update", one_stage(doc("$replaceWith", pair("$cond", branches))));
  return server_.write(run, database(), command).document("value");
}

void ServerLease::acquire(Run& run, LeaseWish wish) {
  const auto begun = run.clock().steady();
  const auto pause =
      std::max(milliseconds{100}, std::min(milliseconds{1000}, times_.renewed_every / 2));
  for (;;) {
    Bson held;
    try {
      held = take(run);
    } catch (const Error& error) {
      if (says_unsupported(error) || says_malformed(error)) {
        throw refusal_without(ServerCapability::update_by_pipeline, error.message());
      }
      if (error.server_code() != k_duplicate_key) throw;
      continue;  // two upserts met; the other one has won
    }
    if (held.text("token") == token_) {
      renewed_ = run.clock().steady();
      previous_run_ = held.text("previous");
      if (held.has("plan.run")) unfinished_ = PublishPlan::read(held.document("plan"));
      return;
    }
    const auto now = server_.now(run);
    const auto age = now - held.time("renewed").value_or(SystemTime{});
    const bool alive = age < times_.fresh || held.time("busyUntil").value_or(SystemTime{}) > now;
    if (alive && run.clock().steady() - begun >= wish.wait) throw conflict(held, age);
    run.sleep(pause);
  }
}

Error ServerLease::conflict(const Bson& held, milliseconds age) const {
  return Error(ErrorKind::conflict,
               fmt::format("'{}' ({}) is held by run {} on host '{}' (process {}) since {}, last "
                           "sign of life {} ago",
                           target_.label(), database(), held.text("run"), held.text("host"),
                           held.number("process"),
                           to_second(held.time("started").value_or(SystemTime{})), to_text(age)),
               "wait until it is done, or let this run wait for it with --wait 10m");
}

bool ServerLease::change(Run& run, const Bson& fields, const CommandOptions& how) {
  const auto begun = run.clock().steady();
  Bson command = doc("findAndModify", std::string_view(metadata_collection_), "query",
                     doc("_id", "lease", "token", std::string_view(token_)), "new", true, "fields",
                     doc("run", 1));
  command.add_array("update", one_stage(doc("$set", fields)));
  const auto found = server_.write(run, database(), command, how).document("value");
  if (found.text("run") != run_id_) return false;
  renewed_ = begun;
  return true;
}

bool ServerLease::renew(Run& run, const CommandOptions& how) {
  const Bson fields = doc("renewed", not_before("$renewed", doc("v", "$$NOW")), "expires",
                          not_before("$expires", doc("v", after_now(times_.lasts))));
  return change(run, fields, how);
}

void ServerLease::confirm(Run& run) {
  // A process that was paused sees by its own clock that it has to ask.
  if (run.clock().steady() - renewed_.load() < times_.renewed_every / 5) return;
  if (!renew(run, {})) lost(run);
}

void ServerLease::begin_blocking(Run& run, milliseconds estimate) {
  blocking_until_ = run.clock().steady() + times_.lasts + estimate;
  const auto until = after_now(times_.lasts + estimate);
  if (!change(run, doc("renewed", "$$NOW", "expires", until, "busyUntil", until), {})) lost(run);
}

void ServerLease::end_blocking(Run& run) {
  blocking_until_ = SteadyTime{};
  const Bson fields =
      doc("renewed", "$$NOW", "expires", after_now(times_.lasts), "busyUntil", SystemTime{});
  if (!change(run, fields, {})) lost(run);
}

int ServerLease::next_number() {
  static std::atomic<int> next{1};
  return next++;
}

void ServerLease::lost(Run& run) {
  const auto found = server_.all(run, database(),
                                 doc("find", std::string_view(metadata_collection_), "filter",
                                     doc("_id", "lease"), "limit", 1));
  if (found.empty()) {
    throw Error(ErrorKind::unreachable,
                fmt::format("the server has lost the record that this run holds '{}' ({})",
                            target_.label(), database()),
                "a change of primary can do that; run the command again");
  }
  if (found.front().text("token") == token_) {
    throw Error(ErrorKind::conflict,
                fmt::format("this run's hold of '{}' ({}) had run out; nothing was published",
                            target_.label(), database()),
                "this process was paused for too long; run the command again");
  }
  throw Error(ErrorKind::conflict,
              fmt::format("this run has lost its hold of '{}' ({}): it is held by run {} now",
                          target_.label(), database(), found.front().text("run")),
              "this process was paused for too long; nothing of the other run's was touched");
}

void ServerLease::renew_until(std::stop_token stop) {
  while (!stop.stop_requested()) {
    own_run_.clock().sleep(times_.renewed_every, stop);
    // While writes are blocked a renewal could only queue up.
    if (stop.stop_requested()) return;
    if (blocking_until_.load() > own_run_.clock().steady() + times_.lasts) continue;
    try {
      renew(own_run_, {.idempotent = false, .max_time = k_renewal_limit, .needs = {}});
    } catch (const std::exception& error) {
      // The next renewal may work; each step that destroys something confirms the lease first.
      if (stop.stop_requested()) return;
      own_run_.log().warning(
          fmt::format("cannot renew the hold of '{}': {}", database(), error.what()),
          {{"run", run_id_}});
    }
  }
}

void ServerLease::commit(Run& run, const PublishPlan& plan) {
  const auto mark = new_token();
  Bson alive, mine, either;
  alive.add("0", doc("$toLong", "$expires")).add("1", doc("$toLong", "$$NOW"));
  mine.add("0", "$committed").add("1", std::string_view(mark));
  either.add("0", pair("$gt", alive)).add("1", pair("$eq", mine));
  // In one write on the server's own clock, as taking it is. `$literal`: the plan holds texts that
  // begin with `$`.
  Bson with_plan, branches;
  with_plan.add("0", "$$ROOT");
  with_plan.add("1",
                doc("phase", plan.purpose == PublishPlan::Purpose::drop ? "dropping" : "publishing",
                    "committed", std::string_view(mark), "plan", doc("$literal", plan.bson())));
  branches.add("0", pair("$or", either))
      .add("1", pair("$mergeObjects", with_plan))
      .add("2", "$$ROOT");
  Bson command = doc("findAndModify", std::string_view(metadata_collection_), "query",
                     doc("_id", "lease", "token", std::string_view(token_)), "new", true, "fields",
                     doc("committed", 1));
  command.add_array("update", one_stage(doc("$replaceWith", pair("$cond", branches))));
  bool unknown = false;  // whether an earlier try may have arrived
  for (int attempt = 1;; ++attempt) {
    try {
      in_doubt_ = true;
      const bool written = write_plan(run, command).text("value.committed") == mark;
      in_doubt_ = unknown && !written;
      if (!written) lost(run);
      plan_written_ = true;
      return;
    } catch (const Error& error) {
      if (!in_doubt_) throw;
      if (!unknown && was_not_written(error)) in_doubt_ = false;
      // In doubt a server that cannot be found is asked for again, too: an election may be going
      // on.
      const bool ask_again = is_transient(error) || was_written(error) ||
                             error.kind() == ErrorKind::timeout ||
                             (unknown && error.kind() == ErrorKind::unreachable);
      if (!ask_again || attempt == k_commit_tries) throw;
    }
    unknown = true;
    run.sleep(k_commit_pause * attempt);
  }
}

/// A stop would make `cancelled` of whatever the server says, and so hide what became of the write.
Bson ServerLease::write_plan(Run& run, const Bson& command) {
  Run own(run_id_ + " commit", run.clock(), run.log(), silent_, {}, 2 * k_commit_limit);
  return server_.write(own, database(), command,
                       {.idempotent = false, .max_time = k_commit_limit, .needs = {}});
}

void ServerLease::clear(Run& run) {
  server_.write(run, database(),
                doc("findAndModify", std::string_view(metadata_collection_), "query",
                    doc("_id", "lease", "token", std::string_view(token_)), "update",
                    doc("$unset", doc("phase", "", "plan", "", "committed", "")), "new", true,
                    "fields", doc("run", 1)));
  plan_written_ = false;
  unfinished_.reset();
  stuck_.reset();
}

void ServerLease::refuse_stuck() const {
  if (!stuck_) return;
  Error error(stuck_->kind(),
              fmt::format("what an earlier run had begun to publish in '{}' cannot be finished: {}",
                          database(), stuck_->message()),
              "fill it again, or drop it");
  throw error.with_server_code(stuck_->server_code());
}

void ServerLease::give_back() noexcept {
  try {
    Run own(run_id_ + " release", own_run_.clock(), own_run_.log(), silent_, {}, k_renewal_limit);
    const Bson mine = doc("_id", "lease", "token", std::string_view(token_));
    if (plan_written_ || in_doubt_ || unfinished_) {
      // The plan must stay; the next run need not wait for the lease.
      Bson command =
          doc("findAndModify", std::string_view(metadata_collection_), "query", mine, "new", true);
      command.add_array("update", one_stage(doc("$set", doc("expires", "$$NOW"))));
      server_.write(own, database(), command);
      return;
    }
    const Bson one = doc("q", Bson(mine).add("plan", doc("$exists", false)), "limit", 1);
    Bson command = doc("delete", std::string_view(metadata_collection_));
    command.add_array("deletes", Bson().add("0", one));
    server_.write(own, database(), command);
  } catch (const std::exception& error) {
    own_run_.log().warning(
        fmt::format("cannot give back the hold of '{}': {}; it ends by itself in {}", database(),
                    error.what(), to_text(times_.lasts)),
        {{"run", run_id_}});
  }
}

}  // namespace tidegate::engine::mongodb
