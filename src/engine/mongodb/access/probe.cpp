#include "engine/mongodb/access/probe.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/mongodb/access/capabilities.hpp"
#include "engine/mongodb/copy/definition.hpp"
#include "engine/mongodb/copy/empty_timestamps.hpp"
#include "engine/mongodb/copy/read_timestamp.hpp"
#include "engine/mongodb/driver/faults.hpp"
#include "engine/mongodb/publish/publish.hpp"

namespace tidegate::engine::mongodb {
namespace {

using Id = ServerCapability;
using State = ServerCapabilities::State;

/// Older than any server's history.
constexpr ClusterTime k_long_ago{1, 1};
constexpr std::uint32_t k_a_day_s = 86'400;
constexpr std::chrono::milliseconds k_read_limit{10'000};
constexpr std::chrono::milliseconds k_remove_limit{4'000};

/// Two options of which servers that lose options lose at least one. No document breaks the
/// validator, since there is none.
Bson options_to_keep() {
  return doc("validator", doc("tidegate", doc("$exists", false)), "collation", doc("locale", "en"));
}

/// One document of a collection as it was at a time.
Bson find_at(const std::string& collection, ClusterTime time) {
  return doc("find", std::string_view(collection), "limit", 1, "singleBatch", true, "readConcern",
             ReadPoint{time}.concern());
}

/// Two collections, empty or as good as that, and what becomes of them.
class ProbeScratch {
 public:
  ProbeScratch(Run& run, Server& server, ServerLease& lease)
      : run_(run),
        server_(server),
        database_(lease.database()),
        with_options_(staging_name(run.id(), ServerLease::next_number())),
        plain_(staging_name(run.id(), ServerLease::next_number())) {}

  ~ProbeScratch() {
    if (!removed_) remove_after_failure();
  }
  ProbeScratch(const ProbeScratch&) = delete;
  ProbeScratch& operator=(const ProbeScratch&) = delete;

  void try_all(ServerCapabilities& result) {
    make(plain_, {});
    make_with_options();
    const auto before = look();
    result.found(Id::collection_uuid, !before.plain.empty() && !before.with_options.empty());
    if (result.state(Id::read_timestamp) == State::unproven) try_read_timestamp(result);
    try_empty_timestamps(result);
    const auto copied = try_copy(result, before);
    if (copied) try_rename(result, *copied);
    remove(run_);
    removed_ = true;
    result.set_tried();
  }

 private:
  void remove(Run& run) {
    drop_collection(run, server_, {database_, with_options_});
    drop_collection(run, server_, {database_, plain_});
  }

  /// The run itself may be stopped, and its time over.
  void remove_after_failure() noexcept {
    try {
      SilentProgress silent;
      Run own(run_.id() + " discard", run_.clock(), run_.log(), silent, {}, k_remove_limit);
      remove(own);
    } catch (const std::exception& error) {
      run_.log().warning(fmt::format("cannot remove the probe's collections in '{}': {}; the next "
                                     "run does it",
                                     database_, error.what()),
                         {{"run", run_.id()}});
    }
  }

  struct Seen {
    std::string with_options, plain;  ///< UUIDs
    Bson options_of_first, options_of_second;
  };

  void make(const std::string& name, const Bson& options) {
    Bson command = doc("create", std::string_view(name));
    for (const auto& key : options.keys()) command.add_value(key, *options.at(key));
    try {
      server_.write(run_, database_, command);
    } catch (const Error& error) {
      if (error.server_code() != k_namespace_exists) throw;  // the answer to a first try was lost
    }
  }

  /// A server that knows no such options cannot lose them, and cannot hold a collection that has
  /// them: that one's own copy is refused in the server's words.
  void make_with_options() {
    try {
      make(with_options_, options_to_keep());
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::remote) throw;
      make(with_options_, {});
    }
  }

  Seen look() {
    Seen seen;
    for (const auto& each : server_.collections(run_, database_, {with_options_, plain_})) {
      const bool first = each.name == with_options_;
      (first ? seen.with_options : seen.plain) = each.uuid;
      (first ? seen.options_of_first : seen.options_of_second) = each.options;
    }
    return seen;
  }

  /// A read at a time must not see a later write. Where the read is refused, this stays unproven.
  void try_read_timestamp(ServerCapabilities& result) {
    const auto time = server_.read(run_, "admin", doc("hello", 1)).cluster_time("operationTime");
    if (!time) return result.found(Id::read_timestamp, false);
    Bson insert = doc("insert", std::string_view(plain_));
    insert.add_array("documents", Bson().add("0", doc("_id", 1)));
    try {
      server_.write(run_, database_, insert);
    } catch (const Error& error) {
      if (error.server_code() != k_duplicate_key) throw;  // the answer to a first try was lost
    }
    try {
      const auto reply = server_.read(run_, database_, find_at(plain_, *time));
      result.found(Id::read_timestamp, reply.documents("cursor.firstBatch").empty());
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::remote) throw;
    }
  }

  void try_empty_timestamps(ServerCapabilities& result) {
    const auto empty = doc("$set", doc("at", ClusterTime{}));
    Bson update = doc("update", std::string_view(plain_));
    update.add_array("updates",
                     Bson().add("0", doc("q", doc("_id", 2), "u", empty, "upsert", true)));
    try {
      server_.write(run_, database_, update);
      result.found(Id::empty_timestamps,
                   count_empty_timestamps(run_, server_, {database_, plain_}) == 1);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::remote) throw;
      result.found(Id::empty_timestamps, false);
    }
  }

  /// The copied documents do not count here, only the collection's options afterwards.
  std::optional<Seen> try_copy(ServerCapabilities& result, const Seen& before) {
    Bson command = doc("aggregate", std::string_view(plain_));
    command.add_array("pipeline",
                      Bson().add("0", doc("$out", doc("db", std::string_view(database_), "coll",
                                                      std::string_view(with_options_)))));
    command.add("cursor", Bson());
    try {
      server_.write(run_, database_, command, {.idempotent = true, .max_time = {}, .needs = {}});
    } catch (const Error& error) {
      if (!says_unsupported(error)) throw;
      result.found(Id::copy_to_database, false);
      return std::nullopt;
    }
    result.found(Id::copy_to_database, true);
    auto after = look();
    const bool kept = same_options(after.options_of_first, before.options_of_first);
    result.found(Id::out_keeps_options, kept);
    if (kept) return after;
    drop_collection(run_, server_, {database_, with_options_});
    make_with_options();
    return look();
  }

  void try_rename(ServerCapabilities& result, const Seen& before) {
    try {
      rename_collection(run_, server_, {database_, with_options_}, plain_, Replace::yes);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::remote) throw;
      result.found(Id::rename_over, false);
      return;
    }
    const auto after = look();
    result.found(Id::rename_over, after.with_options.empty() && after.plain != before.plain);
    result.found(Id::rename_keeps_uuid, !after.plain.empty() && after.plain == before.with_options);
    result.found(Id::rename_keeps_options,
                 same_options(after.options_of_second, before.options_of_first));
  }

  Run& run_;
  Server& server_;
  std::string database_, with_options_, plain_;
  bool removed_ = false;
};

void say(Run& run, const ServerCapabilities& known) {
  for (const auto& each : known.list()) {
    if (each.state != State::fallback) continue;
    run.log().debug(fmt::format("the server lacks '{}': {}", each.name, each.note),
                    {{"run", run.id()}});
  }
}

/// Whether the command is one that the server knows: a refusal for want of rights says that, too.
bool answers(Run& run, Server& server, const Bson& command) {
  try {
    server.read(run, "admin", command);
    return true;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::permission) return true;
    if (error.kind() != ErrorKind::remote) throw;
    return false;
  }
}

/// Whether a read at this time is refused, and not because the server does not know what is asked.
bool refuses_time(Run& run, Server& server, const Namespace& source, ClusterTime time) {
  try {
    server.read(run, source.database, find_at(source.collection, time),
                {.idempotent = true, .max_time = k_read_limit, .needs = {}});
    return false;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::timeout) run.check();  // it may wait for that time to come
    if (error.kind() != ErrorKind::remote && error.kind() != ErrorKind::timeout) throw;
    return !says_unsupported(error);
  }
}

std::string identity_of(const Bson& build_info, const Bson& hello) {
  return build_info.without({"ok", "$clusterTime", "operationTime"}).json() + hello.text("me") +
         hello.document("topologyVersion").without({"counter"}).json();
}

}  // namespace

ServerCapabilities known_capabilities(const Bson& build_info, const Bson& hello) {
  ServerCapabilities known(is_genuine_mongod(build_info) ? State::ok : State::unproven,
                           identity_of(build_info, hello));
  const auto described = describe(build_info, hello);
  if (!described.point_in_time) known.found(Id::read_timestamp, false);
  if (!described.server_checksum) known.found(Id::database_hash, false);
  return known;
}

ServerCapabilities ask_capabilities(Run& run, Server& server, const Bson& build_info,
                                    const Bson& hello) {
  auto known = known_capabilities(build_info, hello);
  if (const auto before = server.known(); before && before->identity() == known.identity()) {
    return *before;
  }
  if (known.state(Id::database_hash) == State::unproven) {
    Bson command = doc("dbHash", 1);
    command.add_array("collections", Bson::strings({"_tidegate.none"}));
    known.found(Id::database_hash, answers(run, server, command));
  }
  if (known.state(Id::current_operations) == State::unproven) {
    Bson command = doc("aggregate", 1);
    command.add_array("pipeline", Bson().add("0", doc("$currentOp", doc("allUsers", false))));
    known.found(Id::current_operations, answers(run, server, command.add("cursor", Bson())));
  }
  server.know(known);
  return known;
}

ServerCapabilities require_capabilities(Run& run, Server& server, ServerLease& lease) {
  const auto build_info = server.read(run, "admin", doc("buildInfo", 1));
  auto known =
      ask_capabilities(run, server, build_info, server.read(run, "admin", doc("hello", 1)));
  if (!known.is_tried()) {
    lease.confirm(run);
    known.found(Id::update_by_pipeline, true);  // by such writes the lease was taken
    ProbeScratch(run, server, lease).try_all(known);
    server.know(known);
    say(run, known);
  }
  known.refuse_missing();
  return known;
}

bool keeps_read_timestamps(Run& run, Server& server, const std::vector<CollectionCopy>& pieces) {
  auto known = server.known();
  if (known && known->state(Id::read_timestamp) != State::unproven) {
    return known->has(Id::read_timestamp);
  }
  const auto piece = std::find_if(pieces.begin(), pieces.end(), [](const auto& each) {
    return !each.is_view() && !each.is_capped() && each.expected_documents > 0;
  });
  if (piece == pieces.end()) return true;  // nothing is there that could be read at another moment
  const auto now = choose_cut(run, server, true).at.time;
  const bool keeps =
      now && refuses_time(run, server, piece->source, k_long_ago) &&
      refuses_time(run, server, piece->source, {now->seconds + k_a_day_s, now->increment});
  if (known) {
    known->found(Id::read_timestamp, keeps);
    server.know(*known);
  }
  return keeps;
}

}  // namespace tidegate::engine::mongodb
