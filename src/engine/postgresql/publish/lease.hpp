#pragma once

/// The right to write one target: a session's advisory lock in the maintenance database, keyed by
/// the target's name, while no session holds that lock in another maintenance database of the
/// server. The server releases it when the session ends for any reason, so it does not expire and
/// is not renewed.

#include <optional>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {

/// Not thread safe. Every statement that overwrites or drops is sent over the lease's session: a
/// run that has lost the lease cannot send it any more.
class SessionLease final : public engine::Lease {
 public:
  /// @throws Error conflict: another run, which is named, holds it; config: the connection goes
  /// through a proxy that sends a session's statements to several processes of the server, or the
  /// maintenance database is the target itself.
  SessionLease(Run& run, Server& server, const WriteTarget& target, LeaseWish wish);
  /// Releases it, without delay where the server still answers.
  ~SessionLease() override;
  SessionLease(const SessionLease&) = delete;
  SessionLease& operator=(const SessionLease&) = delete;

  const WriteTarget& target() const override { return target_; }
  const DatabaseName& database() const { return target_.database(); }
  void confirm(Run& run) override;
  std::vector<std::string> recovered() const override { return recovered_; }
  void add_recovered(std::string text) { recovered_.push_back(std::move(text)); }
  SqlSession& session() { return session_; }
  /// A staging name that no database has.
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

/// Takes the lock of this name for the session. @returns false where another session has it. A run
/// also holds the lock of each staging database that it makes, so that no other run removes it
/// meanwhile. Locks in other maintenance databases of the same server count.
bool try_lock(SqlSession& session, Run& run, const DatabaseName& name);
void unlock(SqlSession& session, Run& run, const DatabaseName& name);

/// The holder of a target's lease; nothing when it is free.
std::optional<Holder> holder(Server& server, Run& run, const DatabaseName& database);

/// `tidegate/<run> 4711@host`, within the 63 bytes that a server keeps.
std::string session_name(const std::string& run);
/// The holder whose session_name() this is; nothing for a name of another form.
std::optional<Holder> holder_named(const std::string& session_name);

}  // namespace tidegate::engine::postgresql
