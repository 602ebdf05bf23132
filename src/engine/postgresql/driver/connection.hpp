#pragma once

/// How libpq and its programs are told where to go and as whom. Opens nothing.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/postgresql/driver/memory_file.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace tidegate::engine::postgresql {

/// libpq's own pairs of keyword and value for one server and one database, from a URL or from
/// `key=value` text. A value that is not set is left to libpq (its environment, its password file).
/// Holds the password: only display() may be shown.
class Conninfo {
 public:
  /// User and password beside the connection string fill in what it lacks. A database that it
  /// lacks is `postgres`. Where it does not say otherwise, a connection whose other end is gone is
  /// found out within two minutes.
  /// @throws Error config: libpq cannot read it; names `endpoint.origin` and what is wrong, without
  /// a word of the text itself.
  explicit Conninfo(const Endpoint& endpoint);

  Conninfo with_database(const DatabaseName& name) const;
  /// The keyword set to this value, or not set where that is empty.
  Conninfo with(const std::string& keyword, std::string value) const;
  /// Empty where it is not set.
  std::string value(const std::string& keyword) const;
  const std::map<std::string, std::string>& values() const noexcept { return values_; }
  /// Which configuration key it came from.
  const std::string& origin() const noexcept { return origin_; }
  /// Hosts and ports, for messages: `db1:5432,db2:5433`, `/run/postgresql:5432`, `[::1]:5432`.
  std::string display() const;

  /// The same for each of its hosts alone, in the order in which libpq would try them: so that one
  /// that never answers takes no other's time.
  std::vector<Conninfo> each_host() const;

  /// For PQconnectStartParams with expand_dbname 0: they end with a null pointer, and point into
  /// this object.
  struct Pointers {
    std::vector<const char*> keywords, values;
  };
  Pointers pointers() const;

 private:
  std::map<std::string, std::string> values_;
  std::string origin_;
};

/// The same as a URL, user and password in it: for the environment of a program that takes nothing
/// else, never for an argument list or a message.
std::string url_of(const Conninfo& conninfo);

/// The same, for a child program: a service file that lives in memory only, is handed down as a
/// descriptor, and is gone with the last process that holds it, however that ends. So neither an
/// argument list nor a file shows how the server is reached. What a service file cannot carry (line
/// breaks, white space at the end, long values) goes through that one child's environment.
class ServiceFile {
 public:
  /// Of what `conninfo` says, `client_encoding` is left out: it would change what an archive holds.
  /// @throws Error config: a value can go neither way.
  explicit ServiceFile(const Conninfo& conninfo);

  /// To be handed down as ChildCommand::descriptors' first.
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
