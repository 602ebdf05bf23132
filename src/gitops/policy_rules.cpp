#include "gitops/policy_rules.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidegate::gitops {
namespace {

constexpr std::string_view k_space = "object.metadata.namespace";

/// CEL takes its strings much as C does (its specification, "String and Bytes Values").
std::string literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + '\'';
}

std::string for_expression(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(R"(\.+*?()|[]{}^$)").find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// The text before and after `{number}`.
struct Pattern {
  std::string before, after;

  /// With a number of our own making in it, as CEL: `'syrf_pr_' + variables.number`.
  std::string with_number() const {
    auto text = literal(before) + " + variables.number";
    return after.empty() ? text : text + " + " + literal(after);
  }
  std::string matches(std::string_view value) const {
    return fmt::format(
        "{}.matches({})", value,
        literal(fmt::format("^{}[0-9]+{}$", for_expression(before), for_expression(after))));
  }
  /// The number in a text that matches.
  std::string number_in(std::string_view value) const {
    if (after.empty()) return fmt::format("{}.substring({})", value, before.size());
    return fmt::format("{0}.substring({1}, size({0}) - {2})", value, before.size(), after.size());
  }
};

Pattern pattern_of(const std::string& text, std::string_view what) {
  const auto at = text.find(k_number_mark);
  if (at == std::string::npos) {
    throw Error(ErrorKind::config,
                fmt::format("'{}', {}, has no '{{number}}' in it: a policy cannot tell one preview "
                            "from another",
                            text, what),
                "give each pull request its own, such as pr-{number}");
  }
  return {text.substr(0, at), text.substr(at + k_number_mark.size())};
}

void append_previews(PolicyRules& rules, const RenderPlan& plan) {
  const auto space = pattern_of(plan.previews.space, "the namespace of previews");
  const auto user = pattern_of(plan.previews.user, "the user of previews");
  const auto database = pattern_of(plan.topology.previews->text(), "the database of previews");
  const std::string snapshot =
      plan.topology.snapshot
          ? fmt::format(" ||\n  (role.databaseName == {} && role.roleName == 'read')",
                        literal(plan.topology.snapshot->text()))
          : std::string();
  rules.variables.push_back({"preview", space.matches(k_space)});
  rules.variables.push_back({"number", space.number_in(k_space)});
  rules.validations.push_back(
      {fmt::format("!variables.preview || object.spec.roles.all(role,\n"
                   "  (role.databaseName == {} &&\n"
                   "   role.roleName in ['readWrite', 'dbAdmin', 'read']){})",
                   database.with_number(), snapshot),
       "a preview's user may have roles on its own database, and 'read' on the snapshot"});
  rules.validations.push_back(
      {fmt::format("!variables.preview || object.spec.username == {}", user.with_number()),
       "a preview's user has the name of its own pull request"});
  rules.validations.push_back(
      {fmt::format("variables.preview || !{}", user.matches("object.spec.username")),
       "the name of a preview's user belongs to that preview's namespace"});
}

void append_producer(PolicyRules& rules, const RenderPlan& plan) {
  const auto name = literal(plan.producer.name);
  rules.variables.push_back({"producer", fmt::format("object.spec.username == {} && {} == {}", name,
                                                     k_space, literal(plan.producer.space))});
  rules.validations.push_back(
      {fmt::format("variables.producer || object.spec.username != {}", name),
       "the producer's name belongs to the producer's namespace"});
  std::string roles = fmt::format("(role.databaseName == {} && role.roleName == 'read')",
                                  literal(plan.topology.production.text()));
  if (plan.topology.snapshot) {
    const auto snapshot = literal(plan.topology.snapshot->text());
    roles += fmt::format(
        " ||\n  (role.databaseName == {} && role.roleName in ['readWrite', 'dbAdmin'])", snapshot);
    rules.validations.push_back(
        {fmt::format("variables.producer || object.spec.roles.all(role,\n"
                     "  (role.databaseName != {} || role.roleName == 'read') &&\n"
                     "  !(role.roleName in ['atlasAdmin', 'readWriteAnyDatabase', "
                     "'dbAdminAnyDatabase']))",
                     snapshot),
         "only the producer may write the snapshot"});
  }
  rules.validations.push_back(
      {fmt::format("!variables.producer || object.spec.roles.all(role,\n  {})", roles),
       "the producer reads production and writes the snapshot, nothing else"});
}

}  // namespace

PolicyRules policy_rules(const RenderPlan& plan) {
  PolicyRules rules;
  if (plan.topology.previews) append_previews(rules, plan);
  append_producer(rules, plan);
  return rules;
}

}  // namespace tidegate::gitops
