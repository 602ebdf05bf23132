#pragma once

/// Connection parameters for libpq and its programs. Opens no connection.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/postgresql/driver/memory_file.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace tidegate::engine::postgresql {

/// libpq's keywords and values for one server and one database, from a URL or from `key=value`
/// text. libpq fills in a value that is not set (from its environment or its password file). Holds
/// the password: show only display().
class Conninfo {
 public:
  /// User and password beside the connection string are used where it has none. The default
  /// database is `postgres`. Unless it says otherwise, a connection whose other end is gone is
  /// detected within two minutes.
  /// @throws Error config: libpq cannot read it; names `endpoint.origin` and the mistake, without
  /// any part of the text itself.
  explicit Conninfo(const Endpoint& endpoint);

  Conninfo with_database(const DatabaseName& name) const;
  /// A copy with the keyword set to this value, or not set where the value is empty.
  Conninfo with(const std::string& keyword, std::string value) const;
  /// Empty where it is not set.
  std::string value(const std::string& keyword) const;
  const std::map<std::string, std::string>& values() const noexcept { return values_; }
  /// The configuration key that it came from.
  const std::string& origin() const noexcept { return origin_; }
  /// Hosts and ports, for messages: `db1:5432,db2:5433`, `/run/postgresql:5432`, `[::1]:5432`.
  std::string display() const;

  /// One Conninfo for each host, in the order in which libpq would try them: a host that never
  /// answers then takes no time from the others.
  std::vector<Conninfo> each_host() const;

  /// For PQconnectStartParams with expand_dbname 0: both end with a null pointer, and point into
  /// this object.
  struct Pointers {
    std::vector<const char*> keywords, values;
  };
  Pointers pointers() const;

 private:
  std::map<std::string, std::string> values_;
  std::string origin_;
};

/// The same as a URL with user and password: for the environment of a program that accepts nothing
/// else, never for an argument list or a message.
std::string url_of(const Conninfo& conninfo);

/// The same for a child program: a service file in memory, passed as a descriptor. It disappears
/// with the last process that holds it, however that ends. So neither an argument list nor a file
/// shows the connection. Values that a service file cannot hold (line breaks, white space at the
/// end, long values) are passed in the environment of that child only.
class ServiceFile {
 public:
  /// Leaves out `client_encoding`: it would change the content of an archive.
  /// @throws Error config: a value can be passed in neither way.
  explicit ServiceFile(const Conninfo& conninfo);

  /// The first of ChildCommand::descriptors.
  int descriptor() const noexcept { return file_.descriptor(); }
  /// For ChildCommand::environment.
  const std::vector<std::string>& environment() const noexcept { return environment_; }
  /// `--dbname=service=tidegate`
  static std::string argument();

 private:
  MemoryFile file_;
  std::vector<std::string> environment_;
};

}  // namespace tidegate::engine::postgresql
