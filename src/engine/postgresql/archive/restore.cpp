#include "engine/postgresql/archive/restore.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace tidegate::engine::postgresql {
namespace {

// pg_restore sets this at the beginning of each session; servers before 17 do not know it.
constexpr auto k_unknown_setting = "unrecognized configuration parameter \"transaction_timeout\"";
constexpr int k_setting_since = 17;

/// The future owner of an object must be allowed to create it in its schema. Production's own
/// grants are restored last.
constexpr auto k_may_not_create = R"(
SELECT format('GRANT CREATE ON SCHEMA %I TO %I', n.nspname, r.rolname),
  format('REVOKE CREATE ON SCHEMA %I FROM %I', n.nspname, r.rolname)
FROM pg_namespace n, pg_roles r
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND r.rolname = ANY ($1::text[]) AND NOT has_schema_privilege(r.oid, n.oid, 'CREATE')
  AND pg_has_role(current_user, n.nspowner, 'USAGE'))";

bool is_in(const std::string& type, const auto& types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

// These entries come last, in pg_restore's own order.
bool is_last(const Entry& entry) {
  constexpr std::array<std::string_view, 6> k_types{
      "ACL", "COMMENT", "DEFAULT ACL", "EVENT TRIGGER", "MATERIALIZED VIEW DATA", "SECURITY LABEL"};
  return is_in(entry.type, k_types);
}

bool is_schema(const Entry& entry) { return entry.type == "SCHEMA" || entry.type == "EXTENSION"; }

Maker maker_of(const Entry& entry, const std::map<int, Maker>& makers) {
  const auto found = makers.find(entry.id);
  return found == makers.end() ? Maker::role : found->second;
}

}  // namespace

void allow_for_age(const Programs& programs, int server_version, LoadOptions& options,
                   ProgramCall& call) {
  if (programs.version.major < k_setting_since || server_version >= k_setting_since * 10'000) {
    return;
  }
  options.exit_on_error = false;
  call.harmless = k_unknown_setting;
}

void hear_load(Run& run, std::string_view line) {
  constexpr std::string_view k_begins = "processing data for table \"";
  const auto at = line.find(k_begins);
  if (at == std::string_view::npos) return;
  const auto name = line.substr(at + k_begins.size());
  run.log().debug("loading",
                  {{"run", run.id()}, {"table", std::string(name.substr(0, name.rfind('"')))}});
}

std::vector<std::pair<Maker, std::vector<const Entry*>>> in_groups(
    const std::vector<const Entry*>& entries, const std::map<int, Maker>& makers) {
  std::vector<std::pair<Maker, std::vector<const Entry*>>> groups;
  const bool one_maker = std::all_of(entries.begin(), entries.end(), [&](const Entry* entry) {
    return maker_of(*entry, makers) == Maker::role;
  });
  if (one_maker) {
    if (!entries.empty()) groups.emplace_back(Maker::role, entries);
    return groups;
  }
  std::set<int> waiting;
  for (const auto* entry : entries) waiting.insert(entry->id);
  auto rest = entries;
  while (!rest.empty()) {
    groups.emplace_back(maker_of(*rest.front(), makers), std::vector<const Entry*>());
    auto& [maker, group] = groups.back();
    std::vector<const Entry*> later;
    for (const auto* entry : rest) {
      const bool ready = entry == rest.front() ||
                         std::none_of(entry->needs.begin(), entry->needs.end(), [&](int id) {
                           return id != entry->id && waiting.count(id) != 0;
                         });
      if (ready && maker_of(*entry, makers) == maker) {
        waiting.erase(entry->id);
        group.push_back(entry);
      } else {
        later.push_back(entry);
      }
    }
    rest = std::move(later);
  }
  return groups;
}

std::vector<const Entry*> Restore::chosen(const ArchiveChoice& wanted) const {
  std::vector<const Entry*> found;
  for (const auto& entry : prepared_.entries) {
    if (prepared_.plan.left_out.count(entry.id) == 0 && wanted(entry)) found.push_back(&entry);
  }
  return found;
}

/// The lines of the entries, in their order, and of those that they stand for.
std::string Restore::list_text(const std::vector<const Entry*>& entries) const {
  std::map<std::string, std::string> groups;
  for (const auto* entry : entries) {
    if (entry->alike > 1) groups[entry->group()];
  }
  if (!groups.empty()) {
    for_each_entry(run_, prepared_.programs, *archive_, [&](const Entry& entry) {
      const auto found = groups.find(entry.group());
      if (found != groups.end()) found->second.append(entry.line).append("\n");
    });
  }
  std::string text;
  for (const auto* entry : entries) {
    text += entry->alike > 1 ? groups[entry->group()] : entry->line + "\n";
  }
  return text;
}

void Restore::pass(const std::vector<const Entry*>& entries, Maker maker,
                   std::vector<std::string> sections, int jobs) {
  if (entries.empty()) return;
  const MemoryFile list("tidegate-list", list_text(entries));
  LoadOptions options;
  options.path = archive_->path_as(2);
  options.list = MemoryFile::path_for_child(1);
  options.role = maker == Maker::session ? std::string() : filling_.owner;
  options.owners = maker == Maker::role && filling_.owner.empty();
  options.parallel = jobs;
  options.sections = std::move(sections);
  ProgramCall call;
  allow_for_age(prepared_.programs, session_.version(), options, call);
  if (tolerant_) options.exit_on_error = false;
  call.program = prepared_.programs.pg_restore;
  call.arguments = load_arguments(options);
  call.where = &service_;
  call.descriptors = {list.descriptor()};
  if (archive_->descriptor >= 0) call.descriptors.push_back(archive_->descriptor);
  run_pass(call);
}

void Restore::run_pass(const ProgramCall& call) {
  WaitCallbacks meanwhile;
  meanwhile.line = [&](std::string_view line) { hear_load(run_, line); };
  if (!tolerant_) {
    run_program(run_, call, meanwhile);
    return;
  }
  const auto ended = std::move(run_together(run_, {call}, meanwhile).front());
  const auto errors = ended.complaints.errors();
  if (ended.ok() || (ended.exit.code == 1 && !errors.empty() && !session_.lost())) {
    for (const auto& text : errors) run_.progress().step(Mark::warning, "left out", text);
    return;
  }
  throw translate(ended.complaints, ended.how());
}

/// Whether the plan makes it in a version of its own, so that its entry is skipped.
bool Restore::is_made_first(const Entry& entry) const {
  return entry.type == "EXTENSION" && !prepared_.plan.extensions.empty();
}

void Restore::before_rows() {
  const auto schemas =
      chosen([&](const Entry& entry) { return is_schema(entry) && !is_made_first(entry); });
  for (const auto& [maker, group] : in_groups(schemas, prepared_.plan.makers)) {
    pass(group, maker, {"pre-data"}, 1);
  }
  make_extensions();
  let_owners_create();
  const auto rest = chosen([](const Entry& entry) { return !is_schema(entry) && !is_last(entry); });
  for (const auto& [maker, group] : in_groups(rest, prepared_.plan.makers)) {
    pass(group, maker, {"pre-data"}, 1);
  }
}

void Restore::rows_and_after() { after({"data", "post-data"}); }
void Restore::after_rows() { after({"post-data"}); }

void Restore::after(std::vector<std::string> sections) {
  for (const auto maker : {Maker::role, Maker::keeper, Maker::session}) {
    const auto entries = chosen([&](const Entry& entry) {
      return !is_schema(entry) && !is_last(entry) &&
             maker_of(entry, prepared_.plan.makers) == maker;
    });
    pass(entries, maker, sections, filling_.parallel);
  }
}

void Restore::finish() {
  take_back();
  // An archive without notes does not tell which roles its grants name.
  tolerant_ = !prepared_.facts_known;
  // A superuser can grant as any owner.
  const bool as_session = prepared_.superuser && !filling_.owner.empty();
  const auto maker = as_session ? Maker::session : Maker::role;
  if (tolerant_) {
    pass(chosen(
             [](const Entry& entry) { return entry.type == "ACL" || entry.type == "DEFAULT ACL"; }),
         maker, {}, 1);
    tolerant_ = false;
    pass(chosen([](const Entry& entry) {
           return is_last(entry) && entry.type != "ACL" && entry.type != "DEFAULT ACL";
         }),
         maker, {}, 1);
  } else {
    pass(chosen([](const Entry& entry) { return is_last(entry); }), maker, {}, 1);
  }
  make_grants();
}

void Restore::make_extensions() {
  if (prepared_.plan.extensions.empty()) return;
  const bool as_owner = !filling_.owner.empty() && !prepared_.superuser;
  if (as_owner) session_.tell(run_, "SET ROLE " + session_.name(filling_.owner));
  for (const auto& step : prepared_.plan.extensions) {
    session_.tell(run_, fmt::format("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA {} VERSION {}",
                                    session_.name(step.name), session_.name(step.schema),
                                    session_.literal(step.version)));
  }
  if (as_owner) session_.tell(run_, "RESET ROLE");
}

void Restore::let_owners_create() {
  if (!filling_.owner.empty() || prepared_.superuser) return;
  const auto rows = session_.ask(run_, k_may_not_create, {array_of(prepared_.plan.new_owners)});
  for (int row = 0; row < rows.count(); ++row) {
    session_.tell(run_, rows.text(row, 0));
    take_back_.push_back(rows.text(row, 1));
  }
}

void Restore::take_back() {
  for (const auto& statement : take_back_) session_.tell(run_, statement);
  take_back_.clear();
}

void Restore::make_grants() {
  if (prepared_.plan.grants.empty()) return;
  const bool as_owner = !filling_.owner.empty() && !prepared_.superuser;
  if (as_owner) session_.tell(run_, "SET ROLE " + session_.name(filling_.owner));
  for (const auto& grant : prepared_.plan.grants) session_.tell(run_, grant.statement);
  if (as_owner) session_.tell(run_, "RESET ROLE");
}

}  // namespace tidegate::engine::postgresql
