#include "engine/postgresql/copy/prepare.hpp"

#include <fmt/format.h>

#include <set>

#include "engine/postgresql/archive/dump.hpp"
#include "engine/postgresql/archive/restore_notes.hpp"
#include "engine/postgresql/copy/dump_facts.hpp"
#include "engine/postgresql/copy/needed.hpp"
#include "engine/postgresql/copy/search_path.hpp"
#include "engine/postgresql/driver/options.hpp"
#include "engine/postgresql/driver/running.hpp"
#include "engine/postgresql/driver/session_options.hpp"

namespace tidegate::engine::postgresql {
namespace {

void dump_schema(Run& run, Server& server, ExportedSnapshot& moment, const DatabaseName& source,
                 PreparedCopy& prepared) {
  const ServiceFile service(
      with_settings(moment.session()
                        .reached(server.conninfo())
                        .with_database(source)
                        .with("application_name", fmt::format("tidegate/{}", run.id())),
                    overrides(run, moment.session(), SessionUse::dump)));
  prepared.schema.emplace("tidegate-schema");
  DumpOptions options;
  options.snapshot = moment.id();
  options.left_out = prepared.left_out;
  options.sections = {"pre-data", "post-data"};
  ProgramCall call;
  call.program = prepared.programs.pg_dump;
  call.arguments = dump_arguments(prepared.programs, options);
  call.where = &service;
  call.out = ChildStream::descriptor(prepared.schema->descriptor());
  run_program(run, call);
}

void keep(ArchiveList list, PreparedCopy& prepared) {
  prepared.entries = std::move(list.entries);
  prepared.dump_major = list.dump_major;
}

void plan(Run& run, SqlSession& session, const CopyWish& wish, PreparedCopy& prepared) {
  const auto place =
      restore_place(session, run, {wish.owner, wish.own_work}, prepared.facts, prepared.entries);
  prepared.role = place.role;
  prepared.superuser = place.superuser;
  prepared.plan = plan_copy(prepared.entries, prepared.facts, place, wish.carry);
}

}  // namespace

PreparedCopy prepare_production(Run& run, Server& server, ExportedSnapshot& moment,
                                const DatabaseName& source, std::vector<Relation> left_out,
                                const CopyWish& wish) {
  PreparedCopy prepared;
  prepared.programs = find_programs(run);
  require_as_new_as(prepared.programs, server.version(run));
  auto& session = moment.session();
  auto sequences = sequences_of(session, run, left_out);
  left_out.insert(left_out.end(), sequences.begin(), sequences.end());
  prepared.refusal_of_choice = need_of_left_out(run, session, left_out);
  if (prepared.refusal_of_choice) return prepared;
  prepared.left_out = std::move(left_out);
  dump_schema(run, server, moment, source, prepared);
  keep(list_archive(run, prepared.programs, *prepared.schema), prepared);
  prepared.facts = dump_facts(session, run);
  auto more = search_path_traits(run, server, source);
  prepared.facts.traits.insert(prepared.facts.traits.end(), more.begin(), more.end());
  plan(run, session, wish, prepared);
  prepared.extension_tables = extension_tables(session, run);
  std::erase_if(prepared.extension_tables, [&](const ExtensionTable& table) {
    return !prepared.plan.makes_extension(table.extension);
  });
  return prepared;
}

PreparedCopy prepare_archive(Run& run, Server& server, const std::filesystem::path& archive,
                             const std::string& notes, const CopyWish& wish) {
  PreparedCopy prepared;
  prepared.programs = find_programs(run);
  require_as_new_as(prepared.programs, server.version(run));
  keep(list_archive(run, prepared.programs, archive), prepared);
  prepared.facts_known = !notes.empty();
  auto session = server.open(run);
  if (prepared.facts_known) {
    prepared.facts = facts_in(notes);
  } else {
    prepared.facts.owners_known = false;
    prepared.facts.owners = session.ask(run, "SELECT rolname FROM pg_roles ORDER BY 1").texts(0);
  }
  plan(run, session, wish, prepared);
  return prepared;
}

std::optional<Error> refusal_of(const PreparedCopy& prepared, ErrorKind kind) {
  if (prepared.refusal_of_choice) return prepared.refusal_of_choice;
  return prepared.plan.refusal(kind);
}

CopyRules rules_of(const PreparedCopy& prepared, const std::string& owner) {
  CopyRules rules;
  const auto& plan = prepared.plan;
  rules.owners.kept = owner.empty() && prepared.facts_known;
  rules.owners.owner = prepared.role;
  const std::set<std::string> given(plan.new_owners.begin(), plan.new_owners.end());
  for (const auto& entry : prepared.entries) {
    bool other = plan.left_out.count(entry.id) != 0 || plan.changed.count(entry.id) != 0;
    const auto maker = plan.makers.find(entry.id);
    if (maker != plan.makers.end() && maker->second == Maker::keeper) {
      auto former = owner_of(entry, prepared.facts.owners);
      // A role that gets all other objects may still not get schema public.
      if (given.count(former) != 0) {
        other = true;
      } else {
        rules.owners.replaced.insert(std::move(former));
      }
    }
    if (other) rules.exceptions.push_back({.listed = entry.text});
  }
  rules.exceptions.push_back({.type = "USER MAPPING"});
  if (prepared.facts_known) return rules;
  // Grants to roles that the server lacks have failed; a warning named each.
  for (const auto* type : {"ACL", "DEFAULT ACL"}) rules.exceptions.push_back({.type = type});
  return rules;
}

void say_and_require(Run& run, const PreparedCopy& prepared, ErrorKind kind) {
  if (const auto refusal = refusal_of(prepared, kind)) throw *refusal;
  for (const auto& text : prepared.plan.said()) {
    run.progress().step(Mark::warning, "left out", text);
  }
}

}  // namespace tidegate::engine::postgresql
