#include "engine/postgresql/archive/dump.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/duration.hpp"
#include "base/within.hpp"
#include "engine/postgresql/archive/disk.hpp"
#include "engine/postgresql/archive/restore_notes.hpp"
#include "engine/postgresql/copy/definition.hpp"
#include "engine/postgresql/copy/exported_snapshot.hpp"
#include "engine/postgresql/copy/prepare.hpp"
#include "engine/postgresql/driver/options.hpp"
#include "engine/postgresql/driver/running.hpp"
#include "engine/postgresql/driver/session_options.hpp"

namespace tidegate::engine::postgresql {
namespace {

// Reports each table when pg_dump begins it, and how much is written.
class Reporter {
 public:
  Reporter(Run& run, const std::filesystem::path& path, const std::vector<Relation>& relations)
      : run_(run), path_(path), looked_(run.clock().steady()) {
    Bytes bytes;
    std::int64_t rows = 0;
    for (const auto& each : relations) {
      if (!each.holds_rows()) continue;
      const auto plain = plain_name(each);
      by_name_[plain.schema + "." + plain.name] = &each;
      bytes += each.data;
      rows += each.rows;
    }
    run_.progress().expect(static_cast<int>(by_name_.size()), rows, bytes);
  }

  void hear(std::string_view line) {
    constexpr std::string_view k_begins = "dumping contents of table \"";
    const auto at = line.find(k_begins);
    if (at == std::string_view::npos || line.size() < 2) return;
    const auto name = line.substr(at + k_begins.size());
    const auto found = by_name_.find(std::string(name.substr(0, name.rfind('"'))));
    if (found == by_name_.end()) return;
    finish();
    current_ = found->second;
    began_ = run_.clock().steady();
    run_.progress().item_started(current_->name, current_->rows, current_->data);
  }

  void report_size() {
    constexpr std::chrono::milliseconds k_pause{500};
    if (current_ == nullptr || run_.clock().steady() < looked_ + k_pause) return;
    looked_ = run_.clock().steady();
    run_.progress().item_advanced(current_->name, to_text(size_on_disk(path_)) + " written in all",
                                  0);
  }

  void finish() {
    if (current_ == nullptr) return;
    ItemResult result;
    result.documents = current_->rows;
    result.bytes = current_->data;
    result.indexes = current_->indexes;
    result.copy_time =
        std::chrono::duration_cast<std::chrono::milliseconds>(run_.clock().steady() - began_);
    run_.progress().item_finished(current_->name, result);
    current_ = nullptr;
  }

 private:
  Run& run_;
  const std::filesystem::path& path_;
  std::map<std::string, const Relation*> by_name_;
  const Relation* current_ = nullptr;
  SteadyTime looked_, began_{};
};

Bytes data_of(const std::vector<Relation>& relations) {
  Bytes sum;
  for (const auto& each : relations) sum += each.data;
  return sum;
}

Error failure(const ProgramExit& ended, const std::filesystem::path& path, Bytes needed) {
  auto error = translate(ended.complaints, ended.how());
  const bool servers = error.message().find("ERROR:") != std::string::npos;
  const bool here = (error.kind() == ErrorKind::no_space && !servers) ||
                    ended.exit.signal == SIGXFSZ || is_full(path);
  return here ? no_space_left(path, size_on_disk(path), needed) : error;
}

void write_archive(Run& run, const Programs& programs, const Conninfo& where,
                   const DumpOptions& options, const std::vector<Relation>& taken) {
  const ServiceFile service(where);
  ProgramCall call;
  call.program = programs.pg_dump;
  call.arguments = dump_arguments(programs, options);
  call.where = &service;
  if (options.form == ArchiveForm::custom) make_private_file(options.path);
  Reporter reporter(run, options.path, taken);
  WaitCallbacks meanwhile;
  meanwhile.line = [&](std::string_view line) { reporter.hear(line); };
  meanwhile.tick = [&] { reporter.report_size(); };
  const auto ended = std::move(run_together(run, {call}, meanwhile).front());
  if (!ended.exit.ok()) throw failure(ended, options.path, data_of(taken));
  reporter.finish();
  log_warnings(run, ended.complaints);
}

void check_listing(Run& run, const Programs& programs, const DumpOptions& options,
                   const std::vector<Relation>& taken, ExportedSnapshot& moment) {
  const auto differences = compare_listing(list_archive(run, programs, options.path).entries, taken,
                                           configuration_of_extensions(moment.session(), run));
  if (differences.empty()) return;
  throw Error(ErrorKind::verification,
              fmt::format("the archive does not hold the requested tables: it has {}",
                          fmt::join(differences, ", ")));
}

Verified verified(const engine::DumpRequest& request, bool counted) {
  if (!counted) return Verified::none;
  return request.checksums ? Verified::checksum : Verified::count;
}

/// Empty where counting takes more than half of the time that is left: a complete archive is worth
/// more than its row counts, and has still to be moved into place.
std::optional<std::vector<Checksum>> count(Run& run, const ExportedSnapshot& moment,
                                           const engine::DumpRequest& request,
                                           const std::vector<Relation>& taken) {
  auto limit = run.remaining();
  if (limit) *limit /= 2;
  LimitedRun own(run, limit, run.id());
  try {
    return request.checksums ? moment.sum_all(own.run(), taken, request.parallel)
                             : moment.count_all(own.run(), taken, request.parallel);
  } catch (const Error& error) {
    run.check();
    if (error.kind() != ErrorKind::timeout) throw;
  }
  run.log().warning(
      "counting the rows took more than half of the time that was left: the archive has no row "
      "counts",
      {{"run", run.id()}, {"hint", "allow more with 'snapshot.timeout'"}});
  return std::nullopt;
}

/// For tables that were not counted, the planner's estimate of their rows.
std::vector<Content> contents_of(const engine::DumpRequest& request,
                                 const std::vector<Relation>& taken,
                                 const std::optional<std::vector<Checksum>>& sums) {
  std::vector<Content> contents;
  for (std::size_t i = 0; i < taken.size(); ++i) {
    auto content = content_of(taken[i]);
    if (taken[i].kind != 'v') {
      content.documents = taken[i].rows;
      if (sums) note_sum(content, (*sums)[i]);
      if (!sums || !request.checksums) content.bytes = taken[i].data;
      content.verified = verified(request, sums.has_value());
    }
    contents.push_back(std::move(content));
  }
  return contents;
}

}  // namespace

DumpChoice choose(const std::vector<engine::Item>& items, std::vector<Relation> relations) {
  std::set<std::string> wanted;
  for (const auto& item : items) wanted.insert(item.name);
  DumpChoice choice;
  for (auto& relation : relations) {
    auto& side = wanted.erase(relation.name) != 0 ? choice.taken : choice.left_out;
    side.push_back(std::move(relation));
  }
  choice.gone.assign(wanted.begin(), wanted.end());
  return choice;
}

int for_each_entry(Run& run, const Programs& programs, const ArchiveInput& archive,
                   const std::function<void(Entry)>& take) {
  ListingReader reader(take);
  ProgramCall call;
  call.program = programs.pg_restore;
  call.arguments = {"--list", "--verbose", archive.path_as(0).string()};
  call.out = ChildStream::pipe();
  call.hear = [&reader](std::string_view chunk) { reader.hear(chunk); };
  if (archive.descriptor >= 0) call.descriptors = {archive.descriptor};
  run_program(run, call);
  reader.finish();
  return reader.dump_major();
}

ArchiveList list_archive(Run& run, const Programs& programs, const ArchiveInput& archive) {
  EntryCollector collector;
  const int major =
      for_each_entry(run, programs, archive, [&](Entry entry) { collector.add(std::move(entry)); });
  return {collector.take(), major};
}

engine::VerifyReport examine(Run& run, const std::filesystem::path& archive,
                             const Metadata& expected) {
  engine::VerifyReport report;
  const auto entries = list_archive(run, find_programs(run), archive).entries;
  for (const auto& name : not_listed(entries, expected.contents)) {
    report.differences.push_back({name, "entry", "listed", "not listed"});
  }
  return report;
}

engine::DumpResult dump(Run& run, Server& server, const engine::DumpRequest& request) {
  ExportedSnapshot moment(run, server, request.source);
  DumpChoice choice;
  if (request.whole) {
    choice.taken = moment.relations(run);
  } else {
    choice = choose(request.items, moment.relations(run));
  }
  if (!choice.gone.empty()) {
    throw Error(ErrorKind::remote,
                fmt::format("'{}' no longer exists in '{}'", fmt::join(choice.gone, "', '"),
                            request.source.text()));
  }
  // Checked before anything is written: an archive that its own user cannot restore is worthless.
  const auto prepared = prepare_production(run, server, moment, request.source, choice.left_out,
                                           {request.owner, request.carry, false});
  say_and_require(run, prepared, ErrorKind::verification);
  if (const auto changed = moment.hold(run, choice.taken); !changed.empty()) {
    throw Error(ErrorKind::remote, changed + " after the moment of the archive");
  }
  DumpOptions options{moment.id(),         request.path,     request.form,
                      request.compression, request.parallel, prepared.left_out};
  const auto definition = read_definition(run, moment.session(), request.source);
  const auto where =
      with_settings(moment.session()
                        .reached(server.conninfo())
                        .with_database(request.source)
                        .with("application_name", fmt::format("tidegate/{}", run.id())),
                    settings_for_dump(run, moment.session(), definition.writing));
  const auto& programs = prepared.programs;
  write_archive(run, programs, where, options, choice.taken);
  check_listing(run, programs, options, choice.taken, moment);
  put_on_disk(request.path);

  engine::DumpResult dumped;
  dumped.cut = moment.time();
  dumped.consistency = Consistency::point_in_time;
  dumped.method = "pg_dump";
  dumped.format = format_text(request.form, compression_of(programs, request.compression));
  const auto sums = count(run, moment, request, choice.taken);
  dumped.contents = contents_of(request, choice.taken, sums);
  dumped.verified = verified(request, sums.has_value());
  dumped.definition = definition_text(definition);
  dumped.restore_notes =
      notes_of(prepared.facts, {prepared.role, prepared.superuser, prepared.plan.said()});
  return dumped;
}

}  // namespace tidegate::engine::postgresql
