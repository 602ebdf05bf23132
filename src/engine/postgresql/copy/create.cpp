#include "engine/postgresql/copy/create.hpp"

#include <fmt/format.h>

#include "engine/postgresql/copy/database.hpp"
#include "engine/postgresql/driver/faults.hpp"
#include "engine/postgresql/driver/server.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr int k_tries = 3;
constexpr auto k_needs_createdb = "CREATEDB";

void create(Run& run, SqlSession& session, const DatabaseName& name, const std::string& options) {
  session.tell(run, fmt::format("CREATE DATABASE {} {}", session.name(name.text()), options),
               k_needs_createdb);
}

/// Ends clients that are connected to the template in spite of all; autovacuum leaves by itself.
void copy(Run& run, SqlSession& session, const DatabaseName& name, const DatabaseName& from,
          const std::string& strategy) {
  const auto options = fmt::format("TEMPLATE {}{}", session.name(from.text()), strategy);
  for (int attempt = 1;; ++attempt) {
    try {
      return create(run, session, name, options);
    } catch (const Error& error) {
      if (error.server_code() != k_object_in_use || attempt == k_tries) throw;
    }
    end_connections(session, run, from);
  }
}

/// False where the file system cannot clone.
bool clone(Run& run, SqlSession& session, const DatabaseName& name, const DatabaseName& from) {
  if (session.version() < k_file_clones_since) return false;
  session.tell(run, "SET file_copy_method = 'clone'");
  try {
    copy(run, session, name, from, " STRATEGY = FILE_COPY");
    return true;
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::remote) throw;
    run.log().debug("files are copied, not cloned: " + error.message(), {{"run", run.id()}});
  }
  session.tell(run, "RESET file_copy_method");
  return false;
}

}  // namespace

void create_empty(Run& run, SqlSession& session, const DatabaseName& name,
                  const std::optional<DatabaseLocale>& locale, const StagingNote& note) {
  const auto quote = [&](const std::string& text) { return session.literal(text); };
  create(run, session, name,
         "TEMPLATE template0" +
             (locale ? locale_options(*locale, session.version(), quote) : std::string()));
  set_comment(session, run, name, comment_of(note));
}

std::string create_copy(Run& run, SqlSession& session, const DatabaseName& name,
                        const DatabaseName& from, const StagingNote& note) {
  std::string way = "by the server's plain copy";
  if (clone(run, session, name, from)) {
    way = "files cloned";
  } else if (session.version() >= k_copy_strategies_since) {
    copy(run, session, name, from, " STRATEGY = FILE_COPY");
    way = "files copied";
  } else {
    copy(run, session, name, from, "");
  }
  set_comment(session, run, name, comment_of(note));
  return way;
}

}  // namespace tidegate::engine::postgresql
