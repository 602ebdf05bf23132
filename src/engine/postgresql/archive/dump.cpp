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
#include "engine/postgresql/copy/definition.hpp"
#include "engine/postgresql/copy/exported_snapshot.hpp"
#include "engine/postgresql/driver/options.hpp"
#include "engine/postgresql/driver/running.hpp"
#include "engine/postgresql/driver/session_options.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr auto k_needed_by = R"(
WITH left_out AS (SELECT unnest($1::text[])::regclass::oid AS id)
SELECT DISTINCT format('%s needs %s', dependent::regclass, referenced::regclass)
FROM (
  SELECT conrelid, confrelid FROM pg_constraint WHERE contype = 'f'
  UNION ALL
  SELECT r.ev_class, d.refobjid FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
  WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
  UNION ALL
  SELECT inhrelid, inhparent FROM pg_inherits) AS needs(dependent, referenced)
WHERE referenced IN (SELECT id FROM left_out) AND dependent NOT IN (SELECT id FROM left_out)
ORDER BY 1)";

// Reports each table as pg_dump comes to it, and how much is written.
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

  void look() {
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
  meanwhile.tick = [&] { reporter.look(); };
  const auto ended = std::move(run_together(run, {call}, meanwhile).front());
  if (!ended.exit.ok()) throw failure(ended, options.path, data_of(taken));
  reporter.finish();
  log_warnings(run, ended.complaints);
}

void check_listing(Run& run, const Programs& programs, const DumpOptions& options,
                   const std::vector<Relation>& taken, ExportedSnapshot& moment) {
  const auto differences = compare_listing(list_archive(run, programs, options.path), taken,
                                           configuration_of_extensions(moment.session(), run));
  if (differences.empty()) return;
  throw Error(ErrorKind::verification,
              fmt::format("the archive does not hold what was asked for: it has {}",
                          fmt::join(differences, ", ")));
}

Verified verified(const engine::DumpRequest& request, bool counted) {
  if (!counted) return Verified::none;
  return request.checksums ? Verified::checksum : Verified::count;
}

/// Nothing where it takes more than half of the time that is left: an archive that is whole is
/// worth more than its count, and has to be put in its place yet.
std::optional<std::vector<Checksum>> count(Run& run, const ExportedSnapshot& moment,
                                           const engine::DumpRequest& request,
                                           const std::vector<Relation>& taken) {
  auto limit = run.remaining();
  if (limit) *limit /= 2;
  LimitedRun own(run, limit, run.id());
  try {
    return moment.sum_all(own.run(), taken, request.parallel,
                          request.checksums ? Reading::summed : Reading::counted);
  } catch (const Error& error) {
    run.check();
    if (error.kind() != ErrorKind::timeout) throw;
  }
  run.log().warning(
      "the rows were not counted to the end in the time that was left: the archive goes without "
      "their numbers",
      {{"run", run.id()}, {"hint", "allow more with 'snapshot.timeout'"}});
  return std::nullopt;
}

/// Not counted, a table has the rows that the planner believes it to have.
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

void require_self_contained(Run& run, SqlSession& session, const std::vector<Relation>& left_out) {
  std::vector<std::string> names;
  for (const auto& each : left_out) {
    if (!each.quoted.empty()) names.push_back(each.quoted);
  }
  if (names.empty()) return;
  const auto rows = session.ask(run, k_needed_by, {array_of(names)});
  if (rows.empty()) return;
  std::vector<std::string> needs;
  for (int row = 0; row < rows.count(); ++row) needs.push_back(rows.text(row, 0));
  throw Error(ErrorKind::config,
              fmt::format("what is taken needs what is left out: {}", fmt::join(needs, ", ")),
              "include both or leave both out: 'snapshot.include', 'snapshot.exclude'");
}

std::vector<Entry> list_archive(Run& run, const Programs& programs,
                                const std::filesystem::path& archive) {
  ProgramCall call;
  call.program = programs.pg_restore;
  call.arguments = {"--list", archive.string()};
  call.out = ChildStream::pipe();
  return read_listing(run_program(run, call).out);
}

engine::VerifyReport examine(Run& run, const std::filesystem::path& archive,
                             const Metadata& expected) {
  engine::VerifyReport report;
  const auto entries = list_archive(run, find_programs(run), archive);
  for (const auto& name : not_listed(entries, expected.contents)) {
    report.differences.push_back({name, "entry", "listed", "not listed"});
  }
  return report;
}

engine::DumpResult dump(Run& run, Server& server, const engine::DumpRequest& request) {
  const auto programs = find_programs(run);
  require_as_new_as(programs, server.version(run));
  ExportedSnapshot moment(run, server, request.source);
  DumpChoice choice;
  if (request.whole) {
    choice.taken = moment.relations(run);
  } else {
    choice = choose(request.items, moment.relations(run));
    require_self_contained(run, moment.session(), choice.left_out);
  }
  if (!choice.gone.empty()) {
    throw Error(ErrorKind::remote,
                fmt::format("'{}' of '{}' is gone since it was looked at",
                            fmt::join(choice.gone, "', '"), request.source.text()));
  }
  const DumpOptions options{moment.id(),         request.path,     request.form,
                            request.compression, request.parallel, choice.left_out};
  const auto definition = read_definition(run, moment.session(), request.source);
  const auto where =
      with_settings(moment.session()
                        .reached(server.conninfo())
                        .with_database(request.source)
                        .with("application_name", fmt::format("tidegate/{}", run.id())),
                    settings_for_dump(run, moment.session(), definition.writing));
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
  return dumped;
}

}  // namespace tidegate::engine::postgresql
