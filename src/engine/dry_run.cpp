#include "engine/dry_run.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::engine {
namespace {

void say(Run& run, const std::string& text) { run.progress().step(Mark::ok, "dry run", text); }

class NoLease final : public Lease {
 public:
  explicit NoLease(WriteTarget target) : target_(std::move(target)) {}
  const WriteTarget& target() const override { return target_; }
  void confirm(Run& /*run*/) override {}
  std::vector<std::string> recovered() const override { return {}; }

 private:
  WriteTarget target_;
};

class NothingStaged final : public Staged {
 public:
  NothingStaged(const StageRequest& request, const Capabilities& can)
      : cut_(request.snapshot ? request.snapshot->timestamp : can.server_time),
        consistency_(can.point_in_time ? Consistency::point_in_time : Consistency::per_collection),
        method_(can.method) {
    for (const auto& item : request.items) {
      Content content;
      content.name = item.name;
      content.type = item.type;
      content.documents = item.documents;
      content.bytes = item.data;
      content.indexes = item.indexes;
      contents_.push_back(std::move(content));
    }
  }
  StageOutcome outcome() const override { return StageOutcome::complete; }
  std::string reason() const override { return {}; }
  SystemTime cut() const override { return cut_; }
  Consistency consistency() const override { return consistency_; }
  std::string method() const override { return method_; }
  const std::vector<Content>& contents() const override { return contents_; }
  int unchanged() const override { return 0; }

 private:
  SystemTime cut_;
  Consistency consistency_;
  std::string method_;
  std::vector<Content> contents_;
};

/// As the run itself would. @throws Error: what would be refused.
void say_outlook(Run& run, const CopyOutlook& outlook) {
  if (outlook.refusal) throw *outlook.refusal;
  for (const auto& text : outlook.left_out) {
    run.progress().step(Mark::warning, "left out", text);
  }
}

}  // namespace

DryRun::DryRun(std::unique_ptr<Engine> inner) : inner_(std::move(inner)) {}

Capabilities DryRun::capabilities(Run& run) { return inner_->capabilities(run); }

Rights DryRun::rights(Run& run, const DatabaseName& database, Need need) {
  return inner_->rights(run, database, need);
}

Rights DryRun::reading_rights(Run& run, const DatabaseName& database, const Selection& selection) {
  return inner_->reading_rights(run, database, selection);
}

CopyOutlook DryRun::outlook(Run& run, const CopyQuestion& question) {
  return inner_->outlook(run, question);
}

Inventory DryRun::inspect(Run& run, const DatabaseName& database) {
  return inner_->inspect(run, database);
}

std::optional<Metadata> DryRun::metadata(Run& run, const DatabaseName& database) {
  return inner_->metadata(run, database);
}

std::vector<FilledDatabase> DryRun::list(Run& run, const NamePattern& pattern) {
  return inner_->list(run, pattern);
}

std::unique_ptr<Lease> DryRun::lease(Run& run, const WriteTarget& target, LeaseWish /*wish*/) {
  const auto now = inner_->inspect(run, target.database());
  if (now.holder && !now.holder->expired) {
    say(run, fmt::format("'{}' is held by run {} at the moment: this run would be refused or wait",
                         target.database().text(), now.holder->run));
  } else {
    say(run, fmt::format("would take the lease of '{}'", target.database().text()));
  }
  if (!now.staging.empty()) {
    say(run,
        fmt::format("would clear {} of dead runs",
                    counted(static_cast<std::int64_t>(now.staging.size()), "staged collection")));
  }
  return std::make_unique<NoLease>(target);
}

std::unique_ptr<Staged> DryRun::stage(Run& run, const StageRequest& request, Lease& lease) {
  if (!request.snapshot && !request.items.empty()) {
    say_outlook(run, inner_->outlook(run, {request.source, request.items, request.owner,
                                           request.carry, false}));
  }
  for (const auto& item : request.items) {
    say(run,
        fmt::format(
            "would copy {} {}{}", item.type, item.name,
            item.is_view()
                ? ""
                : fmt::format(
                      ": {}, {}, {}", counted(item.documents, "document"), to_text(item.data),
                      item.indexes == 1 ? "1 index" : fmt::format("{} indexes", item.indexes))));
  }
  static_cast<void>(lease);
  return std::make_unique<NothingStaged>(request, inner_->capabilities(run));
}

VerifyReport DryRun::verify(Run& run, Staged& staged, Lease& /*lease*/) {
  say(run, fmt::format("would compare {} with the source", counted_kinds(staged.contents())));
  return {{}, Verified::none, staged.contents(), {}};
}

void DryRun::publish(Run& run, Staged& staged, const Metadata& /*metadata*/, Lease& lease) {
  const auto now = inner_->inspect(run, lease.target().database());
  int gone = 0;
  for (const auto& item : now.items) {
    const auto& contents = staged.contents();
    if (std::none_of(contents.begin(), contents.end(),
                     [&](const auto& content) { return content.name == item.name; })) {
      ++gone;
    }
  }
  say(run,
      fmt::format("would publish {} as '{}'{}", counted_kinds(staged.contents()),
                  lease.target().database().text(),
                  gone == 0 ? "" : fmt::format(", and remove {} there", counted(gone, "other"))));
}

void DryRun::note(Run& run, const Metadata& metadata, Lease& lease) {
  say(run, fmt::format("would note in '{}' that it is {}, and {}", lease.target().database().text(),
                       metadata.snapshot ? "filled from a snapshot" : "seeded",
                       metadata.locked ? fmt::format("locked by '{}'", metadata.locked->label)
                                       : std::string("not locked")));
}

void DryRun::seed(Run& run, const SeedRequest& request, Lease& lease) {
  say(run, fmt::format("would seed '{}' {}", lease.target().database().text(),
                       request.plan.command.empty()
                           ? fmt::format("from '{}'", request.plan.file)
                           : fmt::format("by the command '{}'", request.plan.command)));
}

DumpResult DryRun::dump(Run& run, const DumpRequest& request) {
  say_outlook(run, inner_->outlook(
                       run, {request.source, request.items, request.owner, request.carry, true}));
  Bytes size;
  for (const auto& item : request.items) size = size + item.data;
  say(run, fmt::format("would write {} of {} ({}) to '{}'",
                       counted(static_cast<std::int64_t>(request.items.size()), "collection"),
                       request.source.text(), to_text(size), request.path.string()));
  const auto can = inner_->capabilities(run);
  return {can.server_time, Consistency::per_collection, can.method, {}, {}, Verified::none, {}};
}

void DryRun::drop(Run& run, Lease& lease) {
  const auto now = inner_->inspect(run, lease.target().database());
  say(run, fmt::format("would drop '{}': {}, {}", lease.target().database().text(),
                       counted(static_cast<std::int64_t>(now.items.size()), "collection"),
                       to_text(now.size())));
}

std::vector<Obstacle> DryRun::creation_obstacles(Run& run, const DatabaseName& database,
                                                 const std::string& owner) {
  return inner_->creation_obstacles(run, database, owner);
}

VerifyReport DryRun::examine(Run& run, const std::filesystem::path& archive,
                             const Metadata& expected) {
  return inner_->examine(run, archive, expected);
}

VerifyReport DryRun::audit(Run& run, const DatabaseName& database, const Metadata& expected) {
  return inner_->audit(run, database, expected);
}

}  // namespace tidegate::engine
