#include "journal/deliveries.hpp"

#include <mutex>

#include "journal/store.hpp"

namespace tidegate::journal {
namespace {

constexpr const char* k_create_queue = R"sql(
CREATE TABLE deliveries (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  delivery   TEXT NOT NULL UNIQUE,
  number     INTEGER NOT NULL,
  received   INTEGER NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed')),
  not_before INTEGER NOT NULL DEFAULT 0,
  tries      INTEGER NOT NULL DEFAULT 0,
  why        TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX deliveries_waiting ON deliveries (number, id) WHERE state = 'waiting';
)sql";

constexpr StoreKind k_queue_kind{"queue", "server.queue", 0x74647175 /* "tdqu" */, 1,
                                 k_create_queue};

constexpr const char* k_put = R"sql(
INSERT INTO deliveries (delivery, number, received, state) VALUES (?, ?, ?, 'waiting')
ON CONFLICT (delivery) DO NOTHING
)sql";

/// A permanently failed delivery is deleted first: the new row gets a new id, so that a run that
/// started earlier cannot mark it done.
constexpr const char* k_put_again =
    "DELETE FROM deliveries WHERE delivery = ? AND state = 'failed'";

constexpr const char* k_next = R"sql(
SELECT number, max(id), min(tries) FROM deliveries WHERE state = 'waiting'
GROUP BY number HAVING max(not_before) <= ? ORDER BY min(id) LIMIT 1
)sql";

constexpr const char* k_done = R"sql(
UPDATE deliveries SET state = 'done', why = '' WHERE state = 'waiting' AND number = ? AND id <= ?
)sql";

constexpr const char* k_failed = R"sql(
UPDATE deliveries SET state = ?, why = ?, not_before = ?, tries = tries + 1
WHERE state = 'waiting' AND number = ? AND id <= ?
)sql";

std::int64_t milliseconds(SystemTime time) { return time.time_since_epoch().count(); }

}  // namespace

class Deliveries::Impl {
 public:
  template <typename Work>
  auto translated(Work work) {
    const std::lock_guard lock(mutex_);
    try {
      return work();
    } catch (const SQLite::Exception& error) {
      refuse_store(path_, k_queue_kind, "use", error);
    }
  }

  explicit Impl(const std::optional<std::string>& file) : path_(file.value_or(":memory:")) {
    translated([&] { file_ = open_store(path_, k_queue_kind); });
  }

  SQLite::Database& file() { return *file_; }

 private:
  std::string path_;
  std::unique_ptr<SQLite::Database> file_;
  std::mutex mutex_;
};

Deliveries::Deliveries(const std::optional<std::string>& file)
    : impl_(std::make_unique<Impl>(file)) {}
Deliveries::~Deliveries() = default;

Deliveries::Taken Deliveries::put(const std::string& delivery, PullNumber number, SystemTime now) {
  return impl_->translated([&] {
    SQLite::Transaction both(impl_->file(), SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement failed(impl_->file(), k_put_again);
    failed.bind(1, delivery);
    failed.exec();
    SQLite::Statement row(impl_->file(), k_put);
    row.bind(1, delivery);
    row.bind(2, number.value());
    row.bind(3, milliseconds(now));
    const bool is_new = row.exec() > 0;
    both.commit();
    return is_new ? Taken::waits : Taken::known;
  });
}

std::optional<QueuedSync> Deliveries::next(SystemTime now) {
  return impl_->translated([&]() -> std::optional<QueuedSync> {
    SQLite::Statement row(impl_->file(), k_next);
    row.bind(1, milliseconds(now));
    if (!row.executeStep()) return std::nullopt;
    const auto number = PullNumber::parse(row.getColumn(0).getString());
    if (!number) return std::nullopt;
    return QueuedSync{*number, row.getColumn(1).getInt64(), row.getColumn(2).getInt()};
  });
}

void Deliveries::done(const QueuedSync& wish) {
  impl_->translated([&] {
    SQLite::Statement row(impl_->file(), k_done);
    row.bind(1, wish.number.value());
    row.bind(2, wish.upto);
    row.exec();
  });
}

void Deliveries::failed(const QueuedSync& wish, const std::string& why,
                        std::optional<SystemTime> again) {
  impl_->translated([&] {
    SQLite::Statement row(impl_->file(), k_failed);
    row.bind(1, again ? "waiting" : "failed");
    row.bind(2, why);
    row.bind(3, milliseconds(again.value_or(SystemTime{})));
    row.bind(4, wish.number.value());
    row.bind(5, wish.upto);
    row.exec();
  });
}

int Deliveries::waiting() {
  return impl_->translated([&] {
    return impl_->file()
        .execAndGet("SELECT count(*) FROM deliveries WHERE state = 'waiting'")
        .getInt();
  });
}

void Deliveries::forget(SystemTime before) {
  impl_->translated([&] {
    SQLite::Statement row(impl_->file(),
                          "DELETE FROM deliveries WHERE state != 'waiting' AND received < ?");
    row.bind(1, milliseconds(before));
    row.exec();
  });
}

}  // namespace tidegate::journal
