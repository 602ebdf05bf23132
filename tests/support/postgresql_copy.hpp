#pragma once

/// A producer without superuser rights copies a production that one role owns, to previews that
/// another role owns, as on a managed cloud.

#include <gtest/gtest.h>

#include <string>

#include "support/postgresql_program.hpp"

namespace tidegate::test {

class PostgresqlCopy : public PostgresqlProgram {
 protected:
  void SetUp() override {
    PostgresqlProgram::SetUp();
    if (server != nullptr && !HasFatalFailure()) make_roles();
  }

  void make_roles() {
    auto admin = server->client();
    admin.run(
        text("CREATE ROLE {app} LOGIN; CREATE ROLE {owner}; GRANT {owner} TO {user};"
             "ALTER DATABASE {db} OWNER TO {app}"));
  }

  std::string text(std::string sql) {
    auto admin = server->client();
    const auto put = [&](const std::string& mark, const std::string& name) {
      for (auto at = sql.find(mark); at != std::string::npos; at = sql.find(mark)) {
        sql.replace(at, mark.size(), admin.identifier(name));
      }
    };
    put("{db}", production());
    put("{user}", user());
    put("{app}", named("app"));
    put("{owner}", named("owner"));
    put("{role}", named("role"));
    for (auto at = sql.find("{role_text}"); at != std::string::npos; at = sql.find("{role_text}")) {
      sql.replace(at, std::string("{role_text}").size(), admin.literal(named("role")));
    }
    return sql;
  }

  void write_configuration(const Json& snapshot, const Json& seed = {}) {
    Json previews{{"database", named("pr {number}")}, {"uri", "${TEST_URI}"}};
    previews["owner"] = named("owner");
    if (!seed.is_null()) previews["seed"] = seed;
    const Json production_of{{"uri", "${TEST_URI}"}, {"database", production()}};
    const Json shop{{"engine", "postgresql"},
                    {"production", production_of},
                    {"snapshot", snapshot},
                    {"previews", previews}};
    const Json all{{"databases", {{"shop", shop}}}};
    directory.write("tidegate.yaml", all.dump(2));
  }
  Json in_a_database() const { return {{"database", snapshot()}}; }
  static Json in_archives() { return {{"directory", "archives"}, {"checksums", true}}; }

  /// The output of both commands.
  std::string copy(const Json& snapshot) {
    write_configuration(snapshot);
    auto said = tidegate(0, {"snapshot", "--retries", "0"}).all();
    said += tidegate(0, {"restore", "pr-1", "--retries", "0"}).all();
    tidegate(0, {"verify", "pr-1"});
    return said;
  }
};

}  // namespace tidegate::test
