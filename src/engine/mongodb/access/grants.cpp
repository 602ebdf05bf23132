#include "engine/mongodb/access/grants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/glob.hpp"
#include "base/json_quote.hpp"
#include "model/selection.hpp"

namespace tidegate::engine::mongodb {
namespace {

struct GrantedRole {
  std::string role, database;
};

std::string statement(const std::string& purpose, const std::string& user,
                      const std::vector<GrantedRole>& roles) {
  std::string list;
  for (const auto& granted : roles) {
    list += fmt::format("{}\n    {{\"role\": {}, \"db\": {}}}", list.empty() ? "" : ",",
                        json_quote(granted.role), json_quote(granted.database));
  }
  return fmt::format(
      "// {}\n"
      "db.getSiblingDB(\"admin\").createUser({{\n"
      "  \"user\": {},\n"
      "  \"pwd\": passwordPrompt(),\n"
      "  \"roles\": [{}\n  ]\n"
      "}})\n",
      one_line(purpose), json_quote(user), list);
}

std::string with_dashes(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

/// Roles of the user that fills `database` from the snapshot.
std::vector<GrantedRole> filler(const Topology& topology, const std::string& database) {
  std::vector<GrantedRole> roles;
  if (topology.snapshot) roles.push_back({"read", topology.snapshot->text()});
  roles.push_back({"readWrite", database});
  roles.push_back({"dbAdmin", database});
  return roles;
}

std::string producer_user(const Topology& topology, GrantedRole reads) {
  std::vector<GrantedRole> roles{std::move(reads)};
  if (!topology.snapshot) {
    return statement(fmt::format("takes snapshots: reads production '{}', writes no database",
                                 topology.production.text()),
                     "snapshot-producer", roles);
  }
  roles.push_back({"readWrite", topology.snapshot->text()});
  roles.push_back({"dbAdmin", topology.snapshot->text()});
  return statement(fmt::format("takes snapshots: reads production '{}', fills the snapshot '{}'",
                               topology.production.text(), topology.snapshot->text()),
                   "snapshot-producer", roles);
}

std::string privilege(const std::string& database, const std::string& collection,
                      std::string_view actions) {
  return fmt::format("\n    {{\"resource\": {{\"db\": {}, \"collection\": {}}}, \"actions\": {}}}",
                     json_quote(database), json_quote(collection), actions);
}

/// Where each collection of the snapshot is named, the producer need not read the others.
std::string reader_role(const std::string& role, const std::string& database,
                        const std::vector<std::string>& collections) {
  auto list = privilege(database, "", R"(["listCollections"])");
  for (const auto& each : collections) {
    list += "," + privilege(database, each, R"(["collStats", "find", "listIndexes"])");
  }
  return fmt::format(
      "// what the snapshot is taken of, and nothing else of '{}'\n"
      "db.getSiblingDB(\"admin\").createRole({{\n"
      "  \"role\": {},\n"
      "  \"privileges\": [{}\n  ],\n"
      "  \"roles\": []\n"
      "}})\n\n",
      one_line(database), json_quote(role), list);
}

/// The collections of a selection that names each; empty where it takes any that a pattern matches.
std::vector<std::string> named_ones(const Selection& selection) {
  const auto& wishes = selection.include;
  if (std::any_of(wishes.begin(), wishes.end(), [](const auto& each) { return is_glob(each); })) {
    return {};
  }
  return select(selection, wishes).taken;
}

std::string producer(const Topology& topology, const Selection& selection) {
  const auto& production = topology.production.text();
  const auto named = named_ones(selection);
  if (named.empty()) return producer_user(topology, {"read", production});
  const auto role = with_dashes(production) + "-snapshot-reader";
  return reader_role(role, production, named) + producer_user(topology, {role, "admin"});
}

std::string reads_snapshot(const Topology& topology) {
  return topology.snapshot ? fmt::format("reads the snapshot '{}', ", topology.snapshot->text())
                           : std::string{};
}

std::string preview(const Topology& topology, PullNumber number) {
  const auto database = topology.previews->name_of(number).text();
  return statement(fmt::format("pull request {}: {}fills and drops its own '{}'", number.value(),
                               reads_snapshot(topology), database),
                   with_dashes(database) + "-user", filler(topology, database));
}

}  // namespace

std::string grants(const engine::GrantRequest& request) {
  const auto& topology = request.topology;
  std::string text = producer(topology, request.selection);
  if (topology.previews) {
    const auto number = request.preview ? *request.preview : *PullNumber::parse("1");
    text += "\n" + preview(topology, number);
  }
  for (const auto& [name, database] : topology.targets) {
    text += "\n" + statement(fmt::format("target '{}': {}fills '{}'", name,
                                         reads_snapshot(topology), database.text()),
                             name + "-filler", filler(topology, database.text()));
  }
  return text;
}

}  // namespace tidegate::engine::mongodb
