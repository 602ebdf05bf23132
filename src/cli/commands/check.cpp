#include "preflight/check.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "cli/commands/command_context.hpp"
#include "cli/commands/table.hpp"
#include "cli/terminal/progress_board.hpp"
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

/// The subject of a check: a database, or one of its previews.
struct CheckSubject {
  std::string database;
  std::optional<TargetName> preview;
};

std::vector<CheckSubject> subjects(const config::Config& config, const Invocation& invocation) {
  std::vector<CheckSubject> all;
  const auto given = invocation.arguments.empty()
                         ? std::optional<std::string>()
                         : std::optional<std::string>(invocation.arguments.front());
  for (auto& address : config.scope(given)) {
    if (address.snapshot || (address.target && !address.target->number)) {
      throw Error(ErrorKind::usage, fmt::format("'{}' is neither a database nor a preview", *given),
                  "'tidegate check DB' asks about the snapshot and every named target");
    }
    all.push_back({std::move(address.database), std::move(address.target)});
  }
  return all;
}

/// The plan of one subject, and how its servers are reached.
class PlanMaker {
 public:
  PlanMaker(const CommandContext& session, const CheckSubject& subject, const Topology& topology)
      : session_(session),
        config_(session.config()),
        subject_(subject),
        copy_(config_.copy_settings(subject.database)),
        plan_{.name = subject.database,
              .engine = config_.engine(subject.database),
              .topology = topology,
              .selection = config_.selection(subject.database),
              .consistency = config_.consistency(subject.database),
              .allow_write_access = copy_.allow_write_access,
              .max_age = config_.max_age(subject.database),
              .producer = {},
              .preview = {},
              .preview_number = {},
              .targets = {},
              .owner = copy_.owner,
              .carry = copy_.carry} {}

  preflight::CheckPlan make() {
    const auto& name = subject_.database;
    plan_.producer = connect("production", config_.try_snapshot(name));
    archives();
    if (config_.has_previews(name)) previews();
    for (const auto& target : config_.target_names(name)) {
      plan_.targets[target] =
          connect(target, config_.try_target(name, TargetName{target, std::nullopt}));
    }
    if (!plan_.topology.snapshot && config_.drill(name)) drill();
    return std::move(plan_);
  }

 private:
  engine::Connect connect(const std::string& row, const config::ValueOrError<Endpoint>& endpoint) {
    if (endpoint.missing) plan_.missing.emplace(row, *endpoint.missing);
    return session_.services().connect(plan_.engine, endpoint, copy_.metadata_collection);
  }

  void previews() {
    const auto& name = subject_.database;
    if (subject_.preview) plan_.preview_number = subject_.preview->number;
    plan_.preview =
        connect("previews", subject_.preview ? config_.try_target(name, *subject_.preview)
                                             : config_.try_previews(name));
    const auto seed = config_.try_seed_plan(name);
    if (seed.missing) plan_.missing.emplace("seed", *seed.missing);
    if (seed.value) plan_.seed = [plan = *seed.value] { return plan; };
  }

  void archives() {
    auto archives = config_.try_archives(subject_.database);
    if (archives.missing) plan_.missing.emplace("archives", *archives.missing);
    if (!archives.value || !*archives.value) return;
    plan_.archives = [&services = session_.services(), plan = **archives.value] {
      return services.store(plan);
    };
  }

  void drill() {
    plan_.drill = connect("restore test", config_.try_drill_place(subject_.database));
  }

  const CommandContext& session_;
  const config::Config& config_;
  const CheckSubject& subject_;
  CopySettings copy_;
  preflight::CheckPlan plan_;
};

std::vector<preflight::Row> rows_of(const CommandContext& session, Run& run,
                                    const CheckSubject& subject) {
  const auto& name = subject.database;
  const auto topology = session.config().try_topology(name);
  if (!topology.value) {
    return {{"configuration", name, preflight::Result::unproven, topology.missing->message(),
             topology.missing->hint()}};
  }
  return preflight::check(run, PlanMaker(session, subject, *topology.value).make());
}

nlohmann::ordered_json as_json(const std::vector<engine::Capability>& capabilities) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& each : capabilities) {
    list.push_back({{"name", each.name}, {"state", each.word()}, {"note", each.note}});
  }
  return list;
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
    if (!row.capabilities.empty()) {
      document["checks"].back()["capabilities"] = as_json(row.capabilities);
    }
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

void show(const CommandContext& session, const std::vector<preflight::Row>& rows) {
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

std::string grants_of(const CommandContext& session, const CheckSubject& subject, bool atlas) {
  const auto& name = subject.database;
  const auto& config = session.config();
  const auto kind = config.engine(name);
  const auto number = subject.preview ? subject.preview->number : std::nullopt;
  if (!atlas) {
    engine::GrantRequest request{config.topology(name), number};
    request.owner = config.copy_settings(name).owner;
    request.selection = config.selection(name);
    request.producer_restores = !request.topology.snapshot && config.producer_restores(name);
    return session.services().kind(kind).grants(request);
  }
  if (kind != EngineKind::mongodb) {
    throw Error(ErrorKind::usage, fmt::format("'{}' is no MongoDB database", name),
                "use '--grants' without 'atlas', which prints statements for it");
  }
  return gitops::atlas_users(config.render_plan(name), number.value_or(*PullNumber::parse("1")));
}

int print_grants(const CommandContext& session, const std::vector<CheckSubject>& all, bool atlas) {
  nlohmann::ordered_json document;
  document["grants"] = nlohmann::ordered_json::array();
  for (const auto& subject : all) {
    const auto statements = grants_of(session, subject, atlas);
    document["grants"].push_back({{"database", subject.database}, {"statements", statements}});
    if (!session.json())
      session.result(statements.substr(0, statements.find_last_not_of('\n') + 1));
  }
  if (session.json()) session.result(document);
  return 0;
}

int run_check(CommandContext& session, const Invocation& invocation) {
  const auto all = subjects(session.config(), invocation);
  if (const auto form = invocation.value("--grants")) {
    return print_grants(session, all, *form == "atlas");
  }
  auto& run = session.start(session.config().timeout(), CommandContext::Speech::quiet);
  std::vector<preflight::Row> rows;
  for (const auto& subject : all) {
    const auto found = rows_of(session, run, subject);
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

}  // namespace

Command check_command() {
  return {.name = "check",
          .arguments = "[DB[/pr-N]]",
          .most_arguments = 1,
          .summary = "ask every server what would stop a run: reach, rights, space, patterns",
          .details =
              "Writes nothing. Reports the version, every right that is missing and every one too "
              "many, space, clocks and mistakes in patterns. With pr-N, of the credential of that "
              "preview, where each has its own. --grants prints the statements that "
              "create exactly the users needed, without connecting; --grants atlas prints them as "
              "objects for the operator of MongoDB Atlas.",
          .flags = {{"--grants", FlagValue::optional, "statements|atlas",
                     "print what creates exactly the users needed"}},
          .examples = {{"tidegate check", "all databases of the file"},
                       {"tidegate check syrf/pr-1", "with the credential of that preview"},
                       {"tidegate check syrf --grants > users.js", "for an administrator to run"}},
          .needs = Needs::file,
          .run = run_check};
}

}  // namespace tidegate::cli
