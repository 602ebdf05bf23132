#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "base/duration.hpp"
#include "engine/postgresql/copy/create.hpp"
#include "engine/postgresql/copy/database.hpp"
#include "engine/postgresql/copy/production.hpp"
#include "engine/postgresql/copy/settings.hpp"
#include "engine/postgresql/copy/staged.hpp"

namespace tidegate::engine::postgresql {
namespace {

/// A template is copied as a whole.
void refuse_a_part(const StageRequest& request) {
  std::set<std::string> wanted;
  for (const auto& item : request.items) wanted.insert(item.name);
  std::vector<std::string> lacking;
  for (const auto& content : request.snapshot->contents) {
    if (wanted.count(content.name) == 0) lacking.push_back(content.name);
  }
  if (lacking.empty()) return;
  throw Error(ErrorKind::usage,
              fmt::format("'{}' cannot be filled without '{}': a target is a copy of the whole "
                          "snapshot '{}'",
                          request.source.text(), fmt::join(lacking, "', '"), request.source.text()),
              "leave tables out where the snapshot is taken: 'snapshot.exclude'");
}

/// The snapshot that its comment names now, if it is not the one of the request.
std::string other_snapshot(Run& run, SessionLease& lease, const StageRequest& request) {
  const auto there = find_database(lease.session(), run, request.source);
  if (!there) return "the snapshot no longer exists";
  const auto metadata = there->metadata();
  if (!metadata) return "the snapshot has lost its metadata";
  if (metadata->run == request.snapshot->run) return {};
  return fmt::format("the snapshot is now that of run {}", metadata->run);
}

/// A copy of files has the size of its source. A different size means that the server vacuumed the
/// snapshot during the copy, or the copy afterwards; then the copy is made again.
std::string other_size(Run& run, SessionLease& lease, StagedDatabase& staged) {
  const auto source = find_database(lease.session(), run, staged.request().source);
  const auto copy = find_database(lease.session(), run, staged.name());
  if (!source || !copy) return "the snapshot or its copy no longer exists";
  if (source->size.count == 0 || copy->size.count == 0) return {};  // this user may not ask
  if (source->size != copy->size) {
    return fmt::format("the copy's files have {} bytes instead of {}", copy->size.count,
                       source->size.count);
  }
  staged.set_rows(Verified::size);
  return {};
}

void report(Run& run, const std::vector<Content>& contents) {
  std::int64_t documents = 0;
  Bytes bytes;
  int items = 0;
  for (const auto& content : contents) {
    if (content.is_view()) continue;
    ++items;
    documents += content.documents;
    bytes += content.bytes;
  }
  run.progress().expect(items, documents, bytes);
  for (const auto& content : contents) {
    ItemResult result;
    result.documents = content.documents;
    result.bytes = content.bytes;
    result.indexes = content.indexes;
    if (content.is_view()) result.note = content.type;
    run.progress().item_finished(content.name, result);
  }
}

void copy_snapshot(Run& run, SessionLease& lease, StagedDatabase& staged) {
  const auto& request = staged.request();
  refuse_a_part(request);
  auto changed = other_snapshot(run, lease, request);
  if (changed.empty()) {
    lease.confirm(run);
    const auto before = run.elapsed();
    const auto way =
        create_copy(run, lease.session(), staged.name(), request.source, staged.note(run));
    const auto took = run.elapsed() - before;
    changed = other_snapshot(run, lease, request);
    if (changed.empty()) changed = other_size(run, lease, staged);
    run.progress().step(
        Mark::ok, "copied",
        fmt::format("'{}' as a template in {}, {}", request.source.text(), to_text(took), way));
    report(run, request.snapshot->contents);
  }
  staged.set_changed(changed);
  if (!changed.empty()) return;
  carry_settings(run, lease.session(), settings_of(run, lease.session(), request.source),
                 rights_of(run, lease.session(), request.source), staged.name(), request.owner);
  staged.set_cut(request.snapshot->timestamp);
  staged.set_contents(request.snapshot->contents);
}

/// An empty database for the application to fill, with the properties of its predecessor.
void make_empty(Run& run, Server& server, SessionLease& lease, StagedDatabase& staged) {
  const auto& target = lease.database();
  create_empty(run, lease.session(), staged.name(), find_locale(run, lease.session(), target),
               staged.note(run));
  const bool owned = !staged.request().owner.empty();
  if (owned || find_database(lease.session(), run, target)) {
    carry_settings(run, lease.session(), settings_of(run, lease.session(), target),
                   rights_of(run, lease.session(), target), staged.name(), staged.request().owner);
  }
  staged.set_cut(server.now(run));
}

}  // namespace

std::unique_ptr<StagedDatabase> stage(Run& run, Server& server, SessionLease& lease,
                                      const StageRequest& request) {
  auto staged = std::make_unique<StagedDatabase>(run, lease, request);
  if (staged->from_archive()) {
    load_archive(run, server, lease, *staged);
  } else if (staged->from_template()) {
    copy_snapshot(run, lease, *staged);
  } else if (request.items.empty()) {
    make_empty(run, server, lease, *staged);
  } else {
    copy_production(run, server, lease, *staged);
  }
  return staged;
}

}  // namespace tidegate::engine::postgresql
