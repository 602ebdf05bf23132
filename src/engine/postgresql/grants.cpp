#include "engine/postgresql/grants.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::engine::postgresql {
namespace {

// As PQescapeIdentifier would, which takes a connection.
std::string identifier(const std::string& name) {
  std::string text = "\"";
  for (const char c : name) text += c == '"' ? std::string(2, c) : std::string(1, c);
  return text + '"';
}

// PostgreSQL's scanner reads \ as it stands with standard_conforming_strings, its default.
std::string literal(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string(2, c) : std::string(1, c);
  return quoted + '\'';
}

std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  std::replace(text.begin(), text.end(), '\r', ' ');
  return text;
}

enum class Makes { nothing, databases };

std::string user(const std::string& purpose, const std::string& name, Makes makes) {
  const auto* can = makes == Makes::databases ? "CREATEDB" : "NOCREATEDB";
  return fmt::format(
      "-- {0}\n"
      "SELECT format('CREATE ROLE %I LOGIN', {1})\n"
      "WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {1}) \\gexec\n"
      "ALTER ROLE {2} LOGIN NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS {3};\n"
      "\\password {2}\n",
      on_one_line(purpose), literal(name), identifier(name), can);
}

// pg_read_all_data came with version 14, and does not reach large objects.
std::string reads(const std::string& name, const std::string& database) {
  return fmt::format(
      "GRANT CONNECT ON DATABASE {1} TO {0};\n"
      "-- from version 14 on; before: USAGE on each schema, SELECT on all tables and sequences\n"
      "GRANT pg_read_all_data TO {0};\n"
      "-- large objects one by one: again when there are new ones\n"
      "\\connect {1}\n"
      "SELECT format('GRANT SELECT ON LARGE OBJECT %s TO %I', oid, {2})\n"
      "FROM pg_largeobject_metadata \\gexec\n",
      identifier(name), identifier(database), literal(name));
}

std::string producer(const Topology& topology) {
  const auto& production = topology.production.text();
  const std::string name = "snapshot-producer";
  const auto purpose =
      topology.snapshot
          ? fmt::format("takes snapshots: reads production '{}', makes the snapshot '{}'",
                        production, topology.snapshot->text())
          : fmt::format("takes snapshots: reads production '{}'", production);
  return user(purpose, name, topology.snapshot ? Makes::databases : Makes::nothing) +
         reads(name, production);
}

std::string filler(const std::string& purpose, const std::string& name) {
  return "\n" + user(purpose, name, Makes::databases);
}

std::string with_dashes(std::string text) {
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

}  // namespace

std::string grants(const engine::GrantRequest& request) {
  const auto& topology = request.topology;
  std::string text = producer(topology);
  if (topology.previews) {
    const auto number = request.preview ? *request.preview : *PullNumber::parse("1");
    const auto database = topology.previews->name_of(number).text();
    text += filler(
        fmt::format("pull request {}: fills and drops its own '{}'", number.value(), database),
        with_dashes(database) + "-user");
  }
  for (const auto& [name, database] : topology.targets) {
    text += filler(fmt::format("target '{}': fills '{}'", name, database.text()), name + "-filler");
  }
  return text;
}

}  // namespace tidegate::engine::postgresql
