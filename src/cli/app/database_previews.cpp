#include "cli/app/database_previews.hpp"

#include <fmt/format.h>

#include "cli/commands/command_context.hpp"
#include "cli/terminal/text.hpp"
#include "forge/dry_run.hpp"
#include "gitops/backend.hpp"
#include "model/metadata_json.hpp"
#include "preview/texts.hpp"
#include "snapshot/pick.hpp"

namespace tidegate::cli {
namespace {

using config::Config;

TargetName target_of(PullNumber number) { return {fmt::format("pr-{}", number.value()), number}; }

/// One engine for all previews where they share a credential, so that it connects once; else one
/// for each.
std::function<std::shared_ptr<engine::Engine>(PullNumber)> engines_of(const CommandContext& session,
                                                                      const Config& config,
                                                                      const std::string& name) {
  const auto kind = config.engine(name);
  const auto collection = config.copy_settings(name).metadata_collection;
  if (config.try_previews(name).value) {
    auto shared = std::make_shared<std::shared_ptr<engine::Engine>>();
    return [&session, &config, name, kind, collection, shared](PullNumber) {
      if (!*shared) {
        *shared = session.engine(kind, *config.try_previews(name).value, collection);
      }
      return *shared;
    };
  }
  return [&session, &config, name, kind,
          collection](PullNumber number) -> std::shared_ptr<engine::Engine> {
    return session.engine(kind, config.target(name, target_of(number)), collection);
  };
}

preview::Previews previews_of(const CommandContext& session, const Config& config,
                              const std::string& name, SnapshotWait patience) {
  const auto kind = config.engine(name);
  const auto collection = config.copy_settings(name).metadata_collection;
  const auto repository = config.forge_plan().repository;
  preview::Previews previews{.name = name,
                             .topology = config.topology(name),
                             .restore = {},
                             .drop = {},
                             .engine = {},
                             .listers = {},
                             .open_store = {}};
  previews.restore = [&config, name, repository, patience](PullNumber number,
                                                           const std::string& commit) {
    auto plan = config.restore_plan(name, target_of(number), {repository, commit});
    if (patience == SnapshotWait::none) plan.waiting.tries = 1;
    return plan;
  };
  previews.drop = [&config, name, repository](PullNumber number, const std::string& commit) {
    return config.drop_plan(name, target_of(number), {repository, commit});
  };
  previews.engine = engines_of(session, config, name);
  previews.listers = {session.connect(kind, config.try_previews(name), collection),
                      session.connect(kind, config.try_snapshot(name), collection)};
  previews.open_store = [&session](const ArchivePlan& plan) { return session.store(plan); };
  return previews;
}

/// Makes the texts about one database's preview.
class CommentWriter {
 public:
  CommentWriter(const CommandContext& session, const Config& config, Run& run,
                const std::string& name, const PullPolicy& policy)
      : redactor_(session.parts().redactor),
        run_(run),
        name_(name),
        policy_(policy),
        pages_(config.preview_pages()),
        topology_(config.topology(name)),
        archives_(config.archives(name)),
        texts_(pages_.templates),
        open_store_([&session](const ArchivePlan& plan) { return session.store(plan); }),
        snapshot_(session.connect(config.engine(name), config.try_snapshot(name),
                                  config.copy_settings(name).metadata_collection)) {}

  /// Without the lines that the sticky comment has of its own.
  std::string status(const preview::ReportSubject& topic) const {
    auto text = texts_.status(context_of(topic));
    drop_hidden_lines(text);
    return redactor_.clean(text);
  }
  std::string notice(preview::Notice notice, const preview::ReportSubject& topic) const {
    auto text = texts_.notice(notice, context_of(topic));
    drop_hidden_lines(text);
    return redactor_.clean(text);
  }

 private:
  static void drop_hidden_lines(std::string& text) {
    while (text.starts_with("<!-- tidegate:")) {
      const auto end = text.find('\n');
      text.erase(0, end == std::string::npos ? end : end + 1);
    }
  }

  /// Nothing: none has been taken yet.
  std::optional<SystemTime> newest_snapshot() const {
    if (archives_) {
      const auto listing = open_store_(*archives_)->list(run_, name_);
      const auto newest = snapshot::newest(listing, run_.clock().now());
      return newest ? std::optional(newest->taken) : std::nullopt;
    }
    if (!topology_.snapshot) return std::nullopt;
    const auto metadata = snapshot_()->metadata(run_, *topology_.snapshot);
    return metadata ? std::optional(metadata->timestamp) : std::nullopt;
  }

  void add_snapshot_time(preview::CommentDatabase& told,
                         const preview::ReportSubject& topic) const {
    if (topic.metadata && topic.metadata->snapshot) {
      told.snapshot_time = topic.metadata->snapshot->timestamp;
      return;
    }
    try {
      told.snapshot_time = newest_snapshot();
    } catch (const Error& error) {
      told.snapshot_unknown = true;
      run_.log().debug("the snapshot's age is not known: " + error.message(), {{"run", run_.id()}});
    }
  }

  preview::CommentContext context_of(const preview::ReportSubject& topic) const {
    preview::CommentDatabase told;
    told.name = name_;
    told.database = topic.database;
    told.production = topology_.production.text();
    told.snapshot = archives_            ? archives_->place
                    : topology_.snapshot ? topology_.snapshot->text()
                                         : "";
    told.holds = !topic.looked              ? preview::TargetContent::unknown
                 : !topic.metadata          ? preview::TargetContent::nothing
                 : topic.metadata->snapshot ? preview::TargetContent::snapshot
                                            : preview::TargetContent::seed;
    add_snapshot_time(told, topic);
    if (topic.metadata && topic.metadata->pull_request) {
      told.commit = topic.metadata->pull_request->commit;
    }
    preview::CommentContext context{topic.pull, policy_, pages_};
    context.locked = topic.decision.locked;
    context.was_locked = topic.before.locked;
    context.databases = {std::move(told)};
    context.failure = topic.failure;
    context.hint = topic.hint;
    return context;
  }

  const Redactor& redactor_;
  Run& run_;
  std::string name_;
  PullPolicy policy_;
  PreviewPages pages_;
  Topology topology_;
  std::optional<ArchivePlan> archives_;
  preview::Texts texts_;
  archive::OpenStore open_store_;
  engine::Connect snapshot_;
};

preview::ReportTexts wording_of(const CommandContext& session, const Config& config, Run& run,
                                const std::string& name, const PullPolicy& policy) {
  const auto writer = std::make_shared<CommentWriter>(session, config, run, name, policy);
  return {[writer](const preview::ReportSubject& topic) { return writer->status(topic); },
          [writer](preview::Notice notice, const preview::ReportSubject& topic) {
            return writer->notice(notice, topic);
          },
          [&session](std::string words) { return session.parts().redactor.clean(words); }};
}

/// The carrier of this process, or of a cluster that applies a GitOps repository.
std::unique_ptr<preview::PreviewBackend> backend_of(CommandContext& session, const Config& config,
                                                    const std::string& name, SnapshotWait patience,
                                                    BackendChoice hands) {
  auto backend = preview::engine_backend(previews_of(session, config, name, patience),
                                         session.journal(), session.wish());
  if (hands == BackendChoice::own) return backend;
  auto repository = config.gitops();
  if (!repository) return backend;
  return gitops::gitops_backend(
      std::move(backend),
      gitops::Commits(*std::move(repository), name, gitops::manifests(config.render_plan(name))));
}

}  // namespace

std::unique_ptr<forge::Forge> forge_of(const CommandContext& session,
                                       const config::Config& config) {
  auto real = session.parts().open_forge(config.forge_plan());
  if (!session.dry_run()) return real;
  return forge::dry_run(std::move(real));
}

std::vector<DatabasePreviews> previewed(CommandContext& session, const config::Config& config,
                                        Run& run, const std::optional<std::string>& database,
                                        SnapshotWait patience, BackendChoice hands) {
  const auto all = config.preview_databases();
  std::vector<std::string> wanted = all;
  if (database) wanted = {config.one_database(database)};
  if (wanted.empty()) {
    throw Error(ErrorKind::config, "no previews are configured",
                "set 'previews.database' of a database, for example app_pr_{number}");
  }
  const auto host = config.forge_plan();
  const auto pages = config.preview_pages();
  std::vector<DatabasePreviews> found;
  for (const auto& name : wanted) {
    preview::SyncPlan plan{
        .database = all.size() > 1 ? name : "",
        .policy = config.pull_policy(name),
        .wording = wording_of(session, config, run, name, config.pull_policy(name))};
    plan.showing = {host.commit_status, host.deployments,
                    pages.urls.empty() ? "" : pages.urls.front().pattern};
    found.push_back({name, backend_of(session, config, name, patience, hands), std::move(plan)});
  }
  return found;
}

std::vector<DatabaseFailure> each_in_turn(
    Run& run, const std::vector<DatabasePreviews>& previews,
    const std::function<void(const DatabasePreviews&)>& work) {
  std::vector<DatabaseFailure> missed;
  for (const auto& each : previews) {
    try {
      work(each);
    } catch (const Error& error) {
      if (previews.size() == 1) throw;
      run.check();
      run.log().error(fmt::format("{}: {}", each.name, error.message()),
                      {{"run", run.id()}, {"hint", error.hint()}});
      missed.push_back({each.name, error});
    }
  }
  return missed;
}

std::string failure_line(const DatabaseFailure& missed) {
  auto line = fmt::format("{}: failed: {}", missed.name, missed.error.message());
  if (!missed.error.hint().empty()) line += "\n  hint: " + missed.error.hint();
  return line;
}

nlohmann::ordered_json database_failure_json(const DatabaseFailure& missed) {
  return {{"name", missed.name}, {"error", failure_json(missed.error)}};
}

std::string synced_line(const preview::SyncResult& synced, Mode mode) {
  const auto& decision = synced.decision;
  auto what = synced.says.empty() || mode == Mode::dry_run ? decision.reason : synced.says;
  for (const auto& label : decision.labels.add) what += fmt::format("; '{}' put back", label);
  for (const auto& label : decision.labels.remove) {
    what += fmt::format("; '{}' taken off again", label);
  }
  return fmt::format("pr-{} ({}): {}{}", synced.number.value(), synced.database, printable(what),
                     mode == Mode::dry_run ? " (dry run: nothing was written)" : "");
}

nlohmann::ordered_json synced_json(const std::string& database, const preview::SyncResult& synced) {
  const auto& decision = synced.decision;
  auto notices = nlohmann::ordered_json::array();
  for (const auto notice : decision.notices) notices.push_back(to_text(notice));
  nlohmann::ordered_json json{
      {"number", synced.number.value()},
      {"name", database},
      {"database", synced.database},
      {"action", to_text(decision.action)},
      {"labels", {{"add", decision.labels.add}, {"remove", decision.labels.remove}}},
      {"notices", notices},
      {"locked", decision.locked},
      {"reason", decision.reason},
      {"done", synced.says},
      {"comment", synced.comment}};
  json["metadata"] = nullptr;
  if (synced.metadata) json["metadata"] = to_json(*synced.metadata, Definitions::leave_out);
  return json;
}

nlohmann::ordered_json failure_json(const Error& error) {
  return {{"kind", describe(error.kind()).name},
          {"message", error.message()},
          {"hint", error.hint()},
          {"exit_code", error.exit_code()}};
}

}  // namespace tidegate::cli
