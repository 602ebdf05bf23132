#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "base/side_by_side.hpp"
#include "engine/mongodb/copy/checksum.hpp"
#include "engine/mongodb/copy/copy.hpp"
#include "engine/mongodb/copy/copy_monitor.hpp"
#include "engine/mongodb/copy/empty_timestamps.hpp"
#include "engine/mongodb/copy/staged.hpp"
#include "engine/mongodb/driver/faults.hpp"

namespace tidegate::engine::mongodb {
namespace {

/// How far a copy that was read at no moment may be from its source, which goes on living: a
/// hundredth and a hundred.
constexpr std::int64_t k_plausible_part = 100;
constexpr std::int64_t k_plausible_rest = 100;

// Measured at 130 MB/s on two cores; a slow disk does a tenth of that.
constexpr std::int64_t k_slowest_bytes_per_ms = 10'000;

using Differences = std::vector<Difference>;

void differ(Differences& differences, const CollectionCopy& piece, const char* what,
            const std::string& expected, const std::string& found) {
  differences.push_back({piece.name, what, expected, found});
}

Bytes size_of(const CollectionCopy& piece) {
  return piece.source_sum ? piece.source_sum->bytes : piece.expected_bytes;
}

bool plausible(std::int64_t source, std::int64_t copy) {
  if ((source == 0) != (copy == 0)) return false;
  return std::abs(source - copy) <= std::max(source, copy) / k_plausible_part + k_plausible_rest;
}

/// Count and size of what was just written, as the server keeps them (exact but for a server that
/// crashed in between), or, where that is not what is expected, summed up.
Checksum staged_sum(Run& run, Server& server, const Namespace& staged, const Checksum& expected) {
  const auto stats =
      server.read(run, staged.database, doc("collStats", std::string_view(staged.collection)));
  const Checksum kept{stats.number("count"), {stats.number("size")}, {}};
  const bool equal = kept.documents == expected.documents && kept.bytes == expected.bytes;
  return equal ? kept : server_sum(run, server, staged);
}

/// Count and size do not show a timestamp that the server has put in an empty one's place.
void compare_empty_timestamps(Run& run, Server& server, const Namespace& staged,
                              const CollectionCopy& piece, Differences& differences) {
  if (piece.empty_timestamps == 0) return;
  const auto found = count_empty_timestamps(run, server, staged);
  if (found == piece.empty_timestamps) return;
  if (!piece.read_at.time && plausible(piece.empty_timestamps, found)) return;
  differ(differences, piece, "documents with an empty timestamp",
         std::to_string(piece.empty_timestamps), std::to_string(found));
}

/// Against production: count and size as they were at the moment of the copy.
void compare_sums(Run& run, Server& server, ServerLease& lease, CollectionCopy& piece,
                  Differences& differences) {
  const Namespace place{lease.database(), piece.staging};
  compare_empty_timestamps(run, server, place, piece, differences);
  const auto staged = staged_sum(run, server, place, *piece.source_sum);
  auto& source = *piece.source_sum;
  if (staged.documents == source.documents && staged.bytes == source.bytes) {
    piece.verified = Verified::size;
  } else if (!piece.read_at.time && plausible(source.documents, staged.documents)) {
    piece.verified = Verified::count;
    source = staged;  // what is recorded is what was copied
  } else {
    if (staged.documents != source.documents) {
      differ(differences, piece, "documents", std::to_string(source.documents),
             std::to_string(staged.documents));
    }
    if (staged.bytes != source.bytes) {
      differ(differences, piece, "bytes", std::to_string(source.bytes.count),
             std::to_string(staged.bytes.count));
    }
  }
}

/// An archive holds a capped collection's sum in natural order, and a server of another version may
/// have made the snapshot's: the order that dbHash takes is the version's.
bool equal_in_another_order(Run& run, Server& server, const CollectionCopy& piece,
                            const Namespace& place) {
  const auto& recorded = *piece.recorded;
  if (!piece.is_capped()) return false;
  const auto average = recorded.documents > 0 ? recorded.bytes.count / recorded.documents : 0;
  const auto equals = [&](Order order) {
    return stream_sum(run, server, place, average, {}, order).md5 == recorded.checksum;
  };
  return equals(Order::natural) || equals(Order::by_id);
}

/// The server has put its time in place of empty timestamps, if the snapshot has any. Looked for
/// only where the checksum differs: that costs a restore nothing.
void carry_timestamps_again(Run& run, Server& server, ServerLease& lease, CollectionCopy& piece) {
  const Namespace place{lease.database(), piece.staging};
  if (piece.file || !keeps_empty_timestamps(server)) return;
  TimestampRestorer copy(run, server, place, piece.definition.options.has("validator"));
  if (restore_empty_timestamps(run, server, piece.source, ReadPoint{}.concern(), copy) == 0) return;
  piece.checksum = checksum(run, server, place, piece.expected_documents, size_of(piece));
}

/// Against what the snapshot or the archive recorded of itself.
void compare_recorded(Run& run, Server& server, ServerLease& lease, CollectionCopy& piece,
                      Differences& differences) {
  const auto& recorded = *piece.recorded;
  if (!recorded.checksum.empty()) {
    if (piece.checksum != recorded.checksum) carry_timestamps_again(run, server, lease, piece);
    if (piece.checksum != recorded.checksum &&
        equal_in_another_order(run, server, piece, {lease.database(), piece.staging})) {
      piece.checksum = recorded.checksum;
    }
    if (piece.checksum == recorded.checksum) {
      piece.verified = Verified::checksum;
    } else {
      differ(differences, piece, "checksum", recorded.checksum, piece.checksum);
    }
    return;
  }
  carry_timestamps_again(run, server, lease, piece);
  const auto staged =
      server_sum(run, server, {lease.database(), piece.unchanged ? piece.name : piece.staging});
  if (staged.documents != recorded.documents) {
    differ(differences, piece, "documents", std::to_string(recorded.documents),
           std::to_string(staged.documents));
  } else if (recorded.bytes.count != 0 && staged.bytes != recorded.bytes) {
    differ(differences, piece, "bytes", std::to_string(recorded.bytes.count),
           std::to_string(staged.bytes.count));
  } else {
    piece.verified = recorded.bytes.count != 0 ? Verified::size : Verified::count;
  }
}

void check(Run& run, Server& server, ServerLease& lease, CollectionCopy& piece,
           Differences& differences) {
  const auto& name = piece.unchanged ? piece.name : piece.staging;
  piece.checksum =
      checksum(run, server, {lease.database(), name}, piece.expected_documents, size_of(piece));
  if (piece.unchanged) {
    piece.verified =
        Verified::checksum;  // compared by the caller: it is copied after all if it differs
  } else if (piece.recorded) {
    compare_recorded(run, server, lease, piece, differences);
  } else {
    compare_sums(run, server, lease, piece, differences);
  }
}

/// How long the checksums may take: less than the copies did, and whatever was not copied at a slow
/// disk's pace.
std::chrono::milliseconds estimate(const std::vector<CollectionCopy*>& pieces) {
  std::chrono::milliseconds sum{0};
  for (const auto* piece : pieces) {
    const std::chrono::milliseconds by_size(size_of(*piece).count / k_slowest_bytes_per_ms);
    sum += piece->unchanged ? by_size : std::min(by_size, 2 * piece->copy_time);
  }
  return sum;
}

void check_all(Run& run, Server& server, ServerLease& lease,
               const std::vector<CollectionCopy*>& pieces, int parallel, Differences& differences) {
  if (pieces.empty()) return;
  std::mutex mutex;
  const LeaseExtension blocking(run, lease, estimate(pieces));
  side_by_side(pieces.size(), parallel, [&](std::size_t i, const std::atomic<bool>&) {
    Differences found;
    check(run, server, lease, *pieces[i], found);
    const std::lock_guard lock(mutex);
    differences.insert(differences.end(), found.begin(), found.end());
  });
}

/// Copies each collection that was to stay and whose checksum shows that it is not equal.
std::vector<CollectionCopy*> copy_what_differs(Run& run, Server& server, ServerLease& lease,
                                               StagedCopy& staged) {
  std::vector<CollectionCopy*> copied;
  for (auto& piece : staged.pieces()) {
    if (piece.unchanged && piece.checksum != piece.recorded->checksum) copied.push_back(&piece);
  }
  side_by_side(copied.size(), staged.request().parallel,
               [&](std::size_t i, const std::atomic<bool>&) {
                 copied[i]->unchanged = false;
                 copy_at_cut(run, server, lease, staged, *copied[i]);
                 report_copied(run, *copied[i]);
               });
  copy_renamed_again(run, server, lease, staged, copied);
  if (!copied.empty()) note_uuids(run, server, lease, staged.pieces());
  return copied;
}

std::vector<CollectionCopy*> collections_of(StagedCopy& staged, bool unchanged) {
  std::vector<CollectionCopy*> found;
  for (auto& piece : staged.pieces()) {
    if (!piece.is_view() && piece.unchanged == unchanged) found.push_back(&piece);
  }
  return found;
}

/// Called only after the copy was verified: with TTL indexes its documents begin to expire.
void add_all_ttl(Run& run, Server& server, ServerLease& lease, const StagedCopy& staged,
                 const std::vector<CollectionCopy*>& copied) {
  if (!staged.request().snapshot) return;
  side_by_side(copied.size(), staged.request().parallel,
               [&](std::size_t i, const std::atomic<bool>&) {
                 add_ttl(run, server, lease.database(), *copied[i]);
               });
}

/// Collections that stay are checked last of all: their users may write to them until then.
void check_pieces(Run& run, Server& server, ServerLease& lease, StagedCopy& staged,
                  Differences& differences) {
  const int parallel = staged.request().parallel;
  auto copied = collections_of(staged, false);
  for (;;) {
    check_all(run, server, lease, copied, parallel, differences);
    if (!differences.empty()) return;
    add_all_ttl(run, server, lease, staged, copied);
    check_all(run, server, lease, collections_of(staged, true), parallel, differences);
    copied = copy_what_differs(run, server, lease, staged);
    if (copied.empty()) return;
  }
}

}  // namespace

VerifyReport verify(Run& run, Server& server, ServerLease& lease, StagedCopy& staged) {
  VerifyReport report;
  for (auto& piece : staged.pieces()) {
    if (piece.is_view()) piece.verified = Verified::checksum;  // its definition is the whole of it
  }
  const CopyMonitor watch(run, server, lease.database());
  try {
    check_pieces(run, server, lease, staged, report.differences);
  } catch (const Error& error) {
    if (!says_source_changed(error)) throw;
    staged.set_changed(error.message());
    return report;
  }

  staged.describe();
  report.contents = staged.contents();
  report.method = Verified::checksum;
  for (const auto& piece : staged.pieces()) report.method = weaker(report.method, piece.verified);
  return report;
}

}  // namespace tidegate::engine::mongodb
