#include "engine/mongodb/access/grants.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "base/json_quote.hpp"

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

std::string producer(const Topology& topology) {
  std::vector<GrantedRole> roles{{"read", topology.production.text()}};
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
  std::string text = producer(topology);
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
