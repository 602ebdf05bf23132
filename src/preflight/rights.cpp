#include "preflight/rights.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "base/duration.hpp"

namespace tidegate::preflight {
namespace {

using engine::Need;
using engine::Rights;

bool known(const Rights& rights) {
  return rights.basis == Rights::Basis::privileges || rights.basis == Rights::Basis::role_names;
}

std::string quoted_user(const Rights& rights) {
  return rights.user.empty() ? "the credential" : fmt::format("'{}'", rights.user);
}

/// The credential's rights to the databases that the run reads and writes.
struct Held {
  Rights first;  ///< to the database that is written, else to the one that is read
  std::vector<std::string> missing;  ///< of both
  std::string hint;                  ///< of the first of both that has one
};

Held held_now(Run& run, engine::Engine& engine, const RightsNeeded& needed) {
  Held held;
  held.first = needed.writes ? engine.rights(run, *needed.writes, Need::write)
                             : engine.reading_rights(run, *needed.reads, needed.selection);
  if (!known(held.first)) return held;
  held.missing = held.first.missing;
  held.hint = held.first.hint;
  if (needed.reads && needed.writes) {
    const auto read = engine.reading_rights(run, *needed.reads, needed.selection);
    held.missing.insert(held.missing.end(), read.missing.begin(), read.missing.end());
    if (held.hint.empty()) held.hint = read.hint;
  }
  return held;
}

/// Looks again with growing pauses, until nothing is missing or the wait is over.
Held held_after_wait(Run& run, engine::Engine& engine, const RightsNeeded& needed) {
  using std::chrono::milliseconds;
  constexpr milliseconds k_first{1'000}, k_longest{10'000};
  const auto end = run.clock().steady() + needed.wait;
  for (auto pause = k_first;; pause = std::min(k_longest, pause * 2)) {
    auto held = held_now(run, engine, needed);
    const auto left = std::chrono::duration_cast<milliseconds>(end - run.clock().steady());
    if (held.missing.empty() || left.count() <= 0) return held;
    // The missing right says more than "time limit reached" would.
    if (const auto limit = run.remaining(); limit && *limit <= pause) return held;
    run.progress().step(
        Mark::warning, "rights",
        fmt::format("{} lacks {}; a change of its roles takes a while to arrive, "
                    "looking again for {}",
                    quoted_user(held.first), by_place(held.missing), to_text(left)));
    run.sleep(std::min(left, pause));
  }
}

void refuse_missing(const RightsNeeded& needed, const Held& held) {
  if (held.missing.empty()) return;
  throw Error(ErrorKind::permission,
              fmt::format("{} lacks {}", quoted_user(held.first), by_place(held.missing)),
              held.hint.empty()
                  ? fmt::format("'tidegate check {} --grants' prints the statements that create "
                                "exactly the users needed",
                                needed.name)
                  : held.hint);
}

void refuse_obstacles(Run& run, engine::Engine& engine, const RightsNeeded& needed) {
  if (!needed.writes) return;
  const auto obstacles = engine.creation_obstacles(run, *needed.writes, needed.owner);
  if (obstacles.empty()) return;
  throw Error(obstacles.front().kind, obstacles.front().message, obstacles.front().hint);
}

std::string why_writable(const Rights& rights) {
  return rights.write_roles.empty() ? shortened(rights.writes)
                                    : fmt::format("{} by {}", shortened(rights.writes),
                                                  fmt::join(rights.write_roles, ", "));
}

void refuse_production_writes(const RightsNeeded& needed, const Rights& rights) {
  if (needed.production_writes == ProductionWrites::accept || rights.writes.empty()) return;
  throw Error(
      ErrorKind::refused,
      fmt::format("{} may write production '{}' ({})", quoted_user(rights),
                  needed.production.text(), why_writable(rights)),
      fmt::format("use a user that cannot ('tidegate check {} --grants' prints one), or set "
                  "'databases.{}.production.allow_write_access: true'",
                  needed.name, needed.name));
}

void warn_of_writes(Run& run, engine::Engine& engine, const DatabaseName& database) {
  const auto rights = engine.rights(run, database, Need::read);
  if (rights.writes.empty()) return;
  run.progress().step(Mark::warning, "rights",
                      fmt::format("{} may write '{}' ({}), which only the producer should",
                                  quoted_user(rights), database.text(), why_writable(rights)));
}

}  // namespace

std::string by_place(const std::vector<std::string>& rights) {
  constexpr std::string_view k_on = " on ";
  std::vector<std::pair<std::string, std::string>> places;  // place, actions
  for (const auto& right : rights) {
    const auto at = right.find(k_on);
    const auto place = at == std::string::npos ? std::string() : right.substr(at);
    auto known = std::find_if(places.begin(), places.end(),
                              [&](const auto& each) { return each.first == place; });
    if (known == places.end()) known = places.insert(known, {place, ""});
    known->second += (known->second.empty() ? "" : ", ") + right.substr(0, at);
  }
  std::string text;
  for (const auto& [place, actions] : places) {
    text += (text.empty() ? "" : "; ") + actions + place;
  }
  return text;
}

std::string shortened(const std::vector<std::string>& words) {
  constexpr std::size_t k_shown = 3;
  if (words.size() <= k_shown + 1) return fmt::format("{}", fmt::join(words, ", "));
  return fmt::format("{} and {} more", fmt::join(words.begin(), words.begin() + k_shown, ", "),
                     words.size() - k_shown);
}

void require_rights(Run& run, engine::Engine& engine, const RightsNeeded& needed) {
  refuse_obstacles(run, engine, needed);
  const auto held = held_after_wait(run, engine, needed);
  const auto& first = held.first;
  if (first.basis == Rights::Basis::no_access_control) {
    run.progress().step(Mark::warning, "rights",
                        "the server has no access control: anyone may write production");
    return;
  }
  if (!known(first)) {
    // Not all rights are known, but those that are can be enough to refuse.
    refuse_production_writes(needed, engine.rights(run, needed.production, Need::read));
    run.progress().step(
        Mark::warning, "rights",
        fmt::format("unproven: the server does not say what {} may do", quoted_user(first)));
    return;
  }
  refuse_missing(needed, held);
  const auto production = engine.rights(run, needed.production, Need::read);
  refuse_production_writes(needed, production);
  if (needed.spared) warn_of_writes(run, engine, *needed.spared);
  run.progress().step(
      production.writes.empty() ? Mark::ok : Mark::warning, "rights",
      fmt::format("{} {}{}{} {}", first.user.empty() ? "the credential" : first.user,
                  needed.reads ? fmt::format("reads {}, ", needed.reads->text()) : "",
                  needed.writes ? fmt::format("writes {}, ", needed.writes->text()) : "",
                  production.writes.empty() ? "cannot write" : "MAY WRITE",
                  needed.production.text()));
}

}  // namespace tidegate::preflight
