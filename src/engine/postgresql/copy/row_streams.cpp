#include "engine/postgresql/copy/row_streams.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/side_by_side.hpp"
#include "engine/postgresql/driver/faults.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr int k_rows_between_reports = 20'000;
constexpr Bytes k_frozen_from{1024 * 1024};  // below this, TRUNCATE costs more than it saves
constexpr auto k_money_locale = "lc_monetary";

/// The two ends of a stream.
struct Lane {
  SqlSession source;
  SqlSession target;
};

/// The part of a table that is not copied yet, and the progress of that table.
struct TableState {
  PartSum sum;
  int open_parts = 0;
  std::int64_t rows = 0;  ///< copied so far
  SteadyTime began{};
};

class RowStreams {
 public:
  RowStreams(Run& run, Server& server, const ExportedSnapshot& moment, const RowTarget& target,
             const std::vector<Relation>& relations)
      : run_(run),
        server_(server),
        moment_(moment),
        target_(target),
        relations_(relations),
        states_(relations.size()) {
    for (const auto& setting : target.writing) {
      if (setting.name == k_money_locale) money_locale_ = setting.value;
    }
  }

  std::vector<Checksum> copy(int server_version) {
    const auto parts = parts_of(relations_, target_.parallel, server_version);
    for (const auto& part : parts) ++states_[part.relation].open_parts;
    each(parts, true);
    // The parts that waited for the others, one at a time.
    const auto refused = std::exchange(refused_, {});
    for (const auto& part : refused) each({part}, false);
    std::vector<Checksum> sums;
    for (std::size_t i = 0; i < relations_.size(); ++i) {
      sums.push_back(checksum_of(relations_[i], states_[i].sum));
    }
    return sums;
  }

 private:
  void each(const std::vector<TablePart>& parts, bool may_wait) {
    side_by_side(parts.size(), target_.parallel,
                 [&](std::size_t turn, const std::atomic<bool>& abandoned) {
                   carry(parts[turn], may_wait, abandoned);
                 });
  }

  void carry(const TablePart& part, bool may_wait, const std::atomic<bool>& abandoned) {
    begin(part);
    for (bool again = true;; again = false) {
      try {
        return finish(part, carry_once(part, abandoned));
      } catch (const Error& error) {
        run_.check();
        if (may_wait && is_integrity(error) && relations_.size() > 1) {
          const std::lock_guard lock(mutex_);
          refused_.push_back(part);
          return;
        }
        if (!again || error.kind() != ErrorKind::unreachable) throw;
        run_.log().warning(fmt::format("'{}' is copied again: {}", relations_[part.relation].name,
                                       error.message()),
                           {{"run", run_.id()}});
      }
    }
  }

  static bool is_integrity(const Error& error) {
    constexpr int k_class = 36 * 36 * 36;
    return error.server_code() / k_class == code_of("23");
  }

  PartSum carry_once(const TablePart& part, const std::atomic<bool>& abandoned) {
    const auto& relation = relations_[part.relation];
    auto lane = take();
    const bool copied = relation.kind == 'r';
    PartSum sum;
    if (!copied) {
      sum = sum_up(run_, lane.source, relation, part, moment_.search_path());
    } else {
      if (!money_locale_.empty()) set_money_locale(lane.source, money_locale_);
      sum = stream(lane, relation, part, abandoned);
      if (!money_locale_.empty()) {
        set_money_locale(lane.source, "C");
        sum = sum_up(run_, lane.source, relation, part, moment_.search_path());
      }
    }
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(lane));
    return sum;
  }

  /// Reads amounts of money under the settings of the sessions that wrote them, as they are written
  /// again. Sums need one form everywhere, so such rows are read once more for the sum.
  void set_money_locale(SqlSession& session, const std::string& value) {
    session.ask(run_, "SELECT pg_catalog.set_config($1, $2, false)", {k_money_locale, value});
  }

  PartSum stream(Lane& lane, const Relation& table, const TablePart& part,
                 const std::atomic<bool>& abandoned) {
    PartSum sum;
    // Rows written after TRUNCATE in the same transaction can be frozen.
    const bool frozen = part.is_whole() && table.data >= k_frozen_from;
    lane.target.tell(run_, frozen ? "BEGIN; TRUNCATE ONLY " + table.quoted : "BEGIN");
    {
      PartReader reader(run_, lane.source, table, part, moment_.search_path());
      RowWriter writer(run_, lane.target, writing_statement(table, frozen),
                       fmt::format("INSERT on '{}' of the copy", table.name));
      int unreported = 0;
      while (const auto line = reader.next()) {
        writer.put(sum.add(*line, table));
        writer.put("\n");
        if (++unreported < k_rows_between_reports) continue;
        advance(part, std::exchange(unreported, 0));
        if (abandoned) throw Error(ErrorKind::cancelled, "another table has failed");
      }
      writer.finish();
      advance(part, unreported);
    }
    lane.target.tell(run_, "COMMIT");
    return sum;
  }

  Lane take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto lane = std::move(idle_.back());
        idle_.pop_back();
        return lane;
      }
    }
    return {moment_.join(run_), open_target()};
  }

  SqlSession open_target() {
    auto session = server_.open(run_, target_.database);
    apply(run_, session, target_.writing);
    apply(run_, session, overrides(run_, session, SessionUse::load));
    // A copy lost in a crash of the server is never published: publishing waits for the disk.
    apply(run_, session, {{"synchronous_commit", "off"}});
    if (!target_.role.empty()) session.tell(run_, "SET ROLE " + session.name(target_.role));
    return session;
  }

  void begin(const TablePart& part) {
    const auto& relation = relations_[part.relation];
    const std::lock_guard lock(mutex_);
    auto& state = states_[part.relation];
    if (state.began != SteadyTime{} || relation.is_view()) return;
    state.began = run_.clock().steady();
    run_.progress().item_started(relation.name, relation.rows, relation.data);
  }

  void advance(const TablePart& part, int rows) {
    const std::lock_guard lock(mutex_);
    auto& state = states_[part.relation];
    state.rows += rows;
    run_.progress().item_advanced(relations_[part.relation].name, "copy", state.rows);
  }

  void finish(const TablePart& part, const PartSum& sum) {
    const auto& relation = relations_[part.relation];
    const std::lock_guard lock(mutex_);
    auto& state = states_[part.relation];
    state.sum.add(sum);
    if (--state.open_parts != 0 || relation.is_view()) return;
    ItemResult result;
    result.documents = state.sum.rows.rows();
    result.bytes = state.sum.rows.bytes();
    result.indexes = relation.indexes;
    result.copy_time =
        std::chrono::duration_cast<std::chrono::milliseconds>(run_.clock().steady() - state.began);
    run_.progress().item_finished(relation.name, result);
  }

  Run& run_;
  Server& server_;
  const ExportedSnapshot& moment_;
  const RowTarget& target_;
  const std::vector<Relation>& relations_;
  std::string money_locale_;
  std::mutex mutex_;
  std::vector<TableState> states_;
  std::vector<Lane> idle_;
  std::vector<TablePart> refused_;
};

}  // namespace

std::vector<Checksum> copy_rows(Run& run, Server& server, const ExportedSnapshot& moment,
                                const RowTarget& target, const std::vector<Relation>& relations) {
  return RowStreams(run, server, moment, target, relations).copy(server.version(run));
}

}  // namespace tidegate::engine::postgresql
