#pragma once

/// The right to write one place: a session's advisory lock in the maintenance database, keyed by
/// the target's name, and nobody's in any other maintenance database of the server. The server
/// gives it back when the session ends, however that happens, so nothing runs out and nothing is
/// renewed.

#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// Not thread safe. All that overwrites or drops is sent over its session: what has lost the lease
/// has lost the way to do harm.
class SessionLease final : public engine::Lease {
 public:
  /// @throws Error conflict: held by another, who is named; config: the connection goes through a
  /// proxy that hands a session's statements to several of the server's processes, or its
  /// maintenance database is the target itself.
  SessionLease(Run& run, Server& server, const WriteTarget& target, LeaseWish wish);
  /// Gives it back, at once where the server still answers.
  ~SessionLease() override;
  SessionLease(const SessionLease&) = delete;
  SessionLease& operator=(const SessionLease&) = delete;

  const WriteTarget& target() const override { return target_; }
  const DatabaseName& database() const { return target_.database(); }
  void confirm(Run& run) override;
  std::vector<std::string> recovered() const override { return recovered_; }
  void add_recovered(std::string text) { recovered_.push_back(std::move(text)); }
  SqlSession& session() { return session_; }
  /// A name at which no database is.
  DatabaseName free_staging_name(Run& run);

 private:
  void take(Run& run, LeaseWish wish);

  Server& server_;
  WriteTarget target_;
  Run& run_;
  SqlSession session_;
  std::vector<std::string> recovered_;
  int staged_ = 0;
};

/// Takes the lock of this name for the session, or says that another session has it. For staging
/// databases too: whoever makes one holds its lock, so that nobody clears it meanwhile. Locks of
/// other maintenance databases on the same server count.
bool try_lock(SqlSession& session, Run& run, const DatabaseName& name);
void unlock(SqlSession& session, Run& run, const DatabaseName& name);

/// Who holds the lease of a target; nothing when it is free.
std::optional<Holder> holder(Server& server, Run& run, const DatabaseName& database);

/// `tidegate/<run> 4711@host`, within the 63 bytes that a server keeps.
std::string session_name(const std::string& run);
/// What session_name() was made of; nothing for a name that is not of its form.
std::optional<Holder> holder_named(const std::string& session_name);

}  // namespace tidegate::engine::postgresql
