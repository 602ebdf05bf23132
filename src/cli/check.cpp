#include "preflight/check.hpp"

#include <fmt/format.h>

#include "cli/progress_board.hpp"
#include "cli/session.hpp"
#include "gitops/render.hpp"

namespace tidegate::cli {
namespace {

Mark mark_of(preflight::Result result) {
  switch (result) {
    case preflight::Result::ok:
      return Mark::ok;
    case preflight::Result::failed:
      return Mark::failed;
    case preflight::Result::warning:
    case preflight::Result::unproven:
      break;
  }
  return Mark::warning;
}

preflight::CheckPlan plan_of(const Session& session, const std::string& name,
                             const Topology& topology) {
  const auto& config = session.config();
  const auto copy = config.copy_settings(name);
  const auto engine = config.engine(name);
  preflight::CheckPlan plan{
      .name = name,
      .engine = engine,
      .topology = topology,
      .selection = config.selection(name),
      .consistency = config.consistency(name),
      .allow_write_access = copy.allow_write_access,
      .max_age = config.max_age(name),
      .producer = session.connect(engine, config.try_snapshot(name), copy.metadata_collection),
      .preview = {},
      .preview_number = {},
      .targets = {},
  };
  if (config.has_previews(name)) {
    plan.preview = session.connect(engine, config.try_previews(name), copy.metadata_collection);
    plan.seed = [&config, name] { return config.seed_plan(name); };
  }
  for (const auto& target : config.target_names(name)) {
    plan.targets[target] =
        session.connect(engine, config.try_target(name, TargetName{target, std::nullopt}),
                        copy.metadata_collection);
  }
  return plan;
}

std::vector<preflight::Row> rows_of(const Session& session, Run& run, const std::string& name) {
  const auto topology = session.config().try_topology(name);
  if (!topology.value) {
    return {{"configuration", name, preflight::Result::unproven, topology.missing->message(),
             topology.missing->hint()}};
  }
  return preflight::check(run, plan_of(session, name, *topology.value));
}

nlohmann::ordered_json as_json(const std::vector<preflight::Row>& rows) {
  nlohmann::ordered_json document;
  document["checks"] = nlohmann::ordered_json::array();
  for (const auto& row : rows) {
    document["checks"].push_back({{"name", row.name},
                                  {"database", row.database},
                                  {"result", preflight::to_text(row.result)},
                                  {"message", row.message},
                                  {"hint", row.hint}});
  }
  return document;
}

std::string sum(const std::vector<preflight::Row>& rows) {
  int ok = 0, warning = 0, failed = 0, unproven = 0;
  for (const auto& row : rows) {
    switch (row.result) {
      case preflight::Result::ok:
        ++ok;
        break;
      case preflight::Result::warning:
        ++warning;
        break;
      case preflight::Result::failed:
        ++failed;
        break;
      case preflight::Result::unproven:
        ++unproven;
        break;
    }
  }
  std::string text;
  if (failed > 0) text += fmt::format("{} failed, ", failed);
  if (warning > 0) text += fmt::format("{}, ", counted(warning, "warning"));
  if (unproven > 0) text += fmt::format("{} unproven, ", unproven);
  return text + fmt::format("{} ok", ok);
}

void show(const Session& session, const std::vector<preflight::Row>& rows) {
  const auto& look = session.screen().out().look;
  std::string database;
  for (const auto& row : rows) {
    if (row.database != database) session.result(coloured(row.database, Colour::bold, look));
    database = row.database;
    const auto unproven =
        row.result == preflight::Result::unproven ? "unproven: " + row.message : row.message;
    for (const auto& line : step_lines(mark_of(row.result), row.name, unproven, look)) {
      session.result(line);
    }
    if (row.hint.empty()) continue;
    const int column = look.unicode ? 16 : 22;
    for (const auto& line : wrapped("hint: " + row.hint, look.width, column)) session.result(line);
  }
  session.result(sum(rows));
}

std::string grants_of(const Session& session, const std::string& name, bool atlas) {
  const auto kind = session.config().engine(name);
  if (!atlas) {
    return session.kind(kind).grants({session.config().topology(name), std::nullopt});
  }
  if (kind != EngineKind::mongodb) {
    throw Error(ErrorKind::usage, fmt::format("'{}' is no MongoDB database", name),
                "use '--grants' without 'atlas', which prints statements for it");
  }
  return gitops::atlas_users(session.config().render_plan(name), *PullNumber::parse("1"));
}

int print_grants(const Session& session, const std::vector<std::string>& names, bool atlas) {
  nlohmann::ordered_json document;
  document["grants"] = nlohmann::ordered_json::array();
  for (const auto& name : names) {
    const auto statements = grants_of(session, name, atlas);
    document["grants"].push_back({{"database", name}, {"statements", statements}});
    if (!session.json())
      session.result(statements.substr(0, statements.find_last_not_of('\n') + 1));
  }
  if (session.json()) session.result(document);
  return 0;
}

}  // namespace

int run_check(Session& session, const Invocation& invocation) {
  const auto names = session.config().databases(
      invocation.arguments.empty() ? std::optional<std::string>()
                                   : std::optional<std::string>(invocation.arguments.front()));
  if (const auto form = invocation.value("--grants")) {
    return print_grants(session, names, *form == "atlas");
  }
  auto& run = session.start(session.config().timeout(), Session::Speech::quiet);
  std::vector<preflight::Row> rows;
  for (const auto& name : names) {
    const auto found = rows_of(session, run, name);
    rows.insert(rows.end(), found.begin(), found.end());
  }
  session.finish();
  if (session.json()) {
    session.result(as_json(rows));
  } else {
    show(session, rows);
  }
  const auto verdict = preflight::verdict(rows);
  return verdict ? describe(*verdict).exit_code : 0;
}

}  // namespace tidegate::cli
