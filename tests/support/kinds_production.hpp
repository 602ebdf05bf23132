#pragma once

/// A production with one object of each kind, the user that takes snapshots of it, and what the
/// program says of the objects.

#include <string>
#include <vector>

#include "support/postgres_server.hpp"
#include "support/program.hpp"
#include "support/specimens.hpp"

namespace tidegate::test {

/// A user as some service gives it, and what its productions have besides.
struct Producer {
  std::string name;             ///< for people
  std::string attributes;       ///< of its role
  std::string grants;           ///< SQL; may make the role {cloud}
  bool owner = true;            ///< `previews.owner`
  std::string production = {};  ///< SQL, when everything else is there
};

/// The report of one command on objects that are not carried as they are.
struct Answer {
  int exit_code = 0;
  std::string warnings, failures;  ///< a line each
};

/// Databases and roles are gone at the end.
class KindsProduction {
 public:
  KindsProduction(PostgresServer& server, const Producer& producer);
  ~KindsProduction();
  KindsProduction(const KindsProduction&) = delete;
  KindsProduction& operator=(const KindsProduction&) = delete;

  /// With the names that roles and databases have in place of those in braces.
  std::string named(std::string text) const;
  void make(const Specimen& each);
  /// The opposite; fails where the specimen does not say how.
  void take_away(const Specimen& each);
  /// In `shop` or `pr_1`. Empty also where the question needs a type or role that is not there.
  std::string probe(const std::string& database, const Specimen& each);

  Json in_database() const { return {{"database", prefix_ + "snapshot"}}; }
  Json in_archives() const {
    return {{"directory", (directory_.path() / "archives").string()}, {"checksums", true}};
  }
  /// `place`: the section `snapshot`.
  void configure(const Json& place);
  Answer check();
  /// `snapshot` or `restore`.
  Answer carry_out(std::vector<std::string> arguments);

  bool exists(const std::string& name);
  void drop_copies();
  /// As if the archive were on a server of its own, with the role {gone} missing there.
  void leave_production();

 private:
  void make_roles();
  void make_production();
  void let_read();
  void drop_subscriptions(const std::string& name);
  Outcome tidegate(std::vector<std::string> arguments);

  PostgresServer& server_;
  const Producer& producer_;
  std::string prefix_;
  TempDir directory_{"kinds"};
};

}  // namespace tidegate::test
