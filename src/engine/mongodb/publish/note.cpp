#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "engine/mongodb/copy/inspect.hpp"
#include "engine/mongodb/copy/staged.hpp"
#include "engine/mongodb/driver/faults.hpp"
#include "engine/mongodb/publish/metadata_codec.hpp"

namespace tidegate::engine::mongodb {
namespace {

/// Fields that metadata has only sometimes: where one is absent, that is meant.
constexpr std::array<std::string_view, 4> k_may_be_absent{"snapshot", "pullRequest", "locked",
                                                          "lastFailure"};

/// The document as it shall be, with what `before` holds besides: the UUIDs of what was published,
/// and fields of other programs'.
Bson document_of(const Metadata& metadata, const std::optional<Bson>& before) {
  auto result = to_bson(metadata);
  if (!before) return result;
  for (const auto& key : before->keys()) {
    const bool meant =
        std::find(k_may_be_absent.begin(), k_may_be_absent.end(), key) != k_may_be_absent.end();
    if (meant || result.has(key)) continue;
    if (const auto value = before->at(key)) result.add_value(key, *value);
  }
  return result;
}

Bson either_absent_or(const std::optional<Bson>& before, const char* field) {
  Bson condition;
  const auto value = before->at(field);
  return value ? condition.add_value("$eq", *value) : condition.add("$exists", false);
}

/// `latest` as it was read: a process that was paused finds another run's there, or another lock.
Bson unchanged(const std::optional<Bson>& before) {
  return doc("_id", k_latest_id, "run", either_absent_or(before, "run"), "locked",
             either_absent_or(before, "locked"));
}

std::int64_t replace(Run& run, Server& server, ServerLease& lease,
                     const std::optional<Bson>& before, const Bson& wanted) {
  Bson command = doc("update", std::string_view(lease.metadata_collection()));
  command.add_array("updates", Bson().add("0", doc("q", unchanged(before), "u", wanted)));
  return server.write(run, lease.database(), command).number("n");
}

std::int64_t insert(Run& run, Server& server, ServerLease& lease, const Bson& wanted) {
  Bson command = doc("insert", std::string_view(lease.metadata_collection()));
  command.add_array("documents", Bson().add("0", wanted));
  try {
    return server.write(run, lease.database(), command).number("n");
  } catch (const Error& error) {
    if (error.server_code() != k_duplicate_key) throw;
    return 0;
  }
}

}  // namespace

void note(Run& run, Server& server, ServerLease& lease, const Metadata& metadata) {
  lease.refuse_stuck();  // what it would write over at its end
  const auto read = [&] {
    return records(run, server, lease.target().database(), lease.metadata_collection()).latest;
  };
  const auto before = read();
  const auto wanted = document_of(metadata, before);
  lease.confirm(run);
  const auto written =
      before ? replace(run, server, lease, before, wanted) : insert(run, server, lease, wanted);
  // Sent twice after a lost answer, the second finds its own.
  if (written == 1 || read() == wanted) return;
  throw Error(ErrorKind::conflict,
              fmt::format("what '{}' says of itself was changed by another run meanwhile; it was "
                          "left as it is",
                          lease.database()),
              "run the command again");
}

}  // namespace tidegate::engine::mongodb
