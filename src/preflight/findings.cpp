#include "preflight/findings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "preflight/rights.hpp"

namespace tidegate::preflight {
namespace {

using engine::Need;
using engine::Rights;

std::string user_of(const Rights& rights) {
  return rights.user.empty() ? "the credential" : rights.user;
}

/// `fallback for a, b`; empty when none is in that state.
std::string in_state(const std::vector<engine::Capability>& all, engine::Capability::State state) {
  std::vector<std::string> names;
  std::string_view word;
  for (const auto& each : all) {
    if (each.state != state) continue;
    names.push_back(each.name);
    word = each.word();
  }
  return names.empty() ? "" : fmt::format("; {}: {}", word, fmt::join(names, ", "));
}

/// A key and its line, where the message does not begin with them.
std::string placed(const Error& error) {
  const bool elsewhere = error.kind() == ErrorKind::config && !error.context().empty() &&
                         error.message().find(error.context()) == std::string::npos;
  return elsewhere ? fmt::format("{}: {}", error.context(), error.message()) : error.message();
}

std::string grants_hint(const Findings& findings) {
  return fmt::format(
      "'tidegate check {} --grants' prints the statements that create exactly the "
      "users needed",
      findings.database());
}

}  // namespace

void Findings::ok(const std::string& name, const std::string& message) {
  rows_.push_back({name, database_, Result::ok, message, {}, {}});
}

void Findings::warning(const std::string& name, const std::string& message,
                       const std::string& hint) {
  rows_.push_back({name, database_, Result::warning, message, hint, {}});
}

void Findings::warning_once(const std::string& name, const std::string& message,
                            const std::string& hint) {
  const bool said = std::any_of(rows_.begin(), rows_.end(), [&](const Row& row) {
    return row.name == name && row.message == message;
  });
  if (!said) warning(name, message, hint);
}

void Findings::unproven(const std::string& name, const std::string& message,
                        const std::string& hint) {
  rows_.push_back({name, database_, Result::unproven, message, hint, {}});
}

void Findings::failed(const std::string& name, ErrorKind kind, const std::string& message,
                      const std::string& hint) {
  rows_.push_back({name, database_, Result::failed, message, hint, kind});
}

void Findings::capabilities(const std::vector<engine::Capability>& relied_on) {
  using State = engine::Capability::State;
  if (relied_on.empty()) return;
  const auto count = [&](State state) {
    return std::count_if(relied_on.begin(), relied_on.end(),
                         [&](const auto& each) { return each.state == state; });
  };
  const auto refused = in_state(relied_on, State::refused);
  const auto fallback = in_state(relied_on, State::fallback);
  const auto unproven = count(State::unproven);
  const auto text = fmt::format(
      "{} of {}{}{}{}", count(State::ok), relied_on.size(), refused, fallback,
      unproven == 0 ? "" : fmt::format("; {} unproven until a run tries them", unproven));
  Row row{"capabilities", database_, Result::ok, text, {}, {}, relied_on};
  if (!refused.empty()) {
    row.result = Result::failed;
    row.kind = ErrorKind::refused;
  } else if (!fallback.empty()) {
    row.result = Result::warning;
  }
  if (row.result != Result::ok) row.hint = "'--json' says what each falls back to";
  rows_.push_back(std::move(row));
}

bool Findings::ask(const std::string& name, const std::function<void()>& question) {
  try {
    question();
    return true;
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::cancelled || error.kind() == ErrorKind::timeout) throw;
    failed(name, error.kind(), placed(error), error.hint());
    return false;
  }
}

void find_rights(Findings& findings, Run& run, engine::Engine& engine, const Allowed& allowed) {
  const auto rights = allowed.need == Need::read
                          ? engine.reading_rights(run, allowed.database, allowed.selection)
                          : engine.rights(run, allowed.database, allowed.need);
  const auto* verb = allowed.need == Need::read ? "reads" : "writes";
  if (rights.basis == Rights::Basis::unknown) {
    findings.unproven(allowed.name,
                      fmt::format("whether {} {} '{}' is unproven: the server does not say what it "
                                  "may do",
                                  user_of(rights), verb, allowed.database.text()));
    return;
  }
  if (rights.missing.empty()) {
    findings.ok(allowed.name, fmt::format("{} {} '{}'{}", user_of(rights), verb,
                                          allowed.database.text(), allowed.note));
    return;
  }
  const auto message =
      fmt::format("{} lacks {}{}", user_of(rights), by_place(rights.missing), allowed.note);
  const auto own_hint = allowed.hint.empty() ? grants_hint(findings) : allowed.hint;
  const auto hint = rights.hint.empty() ? own_hint : rights.hint;
  if (allowed.when_missing == Result::failed) {
    findings.failed(allowed.name, ErrorKind::permission, message, hint);
  } else {
    findings.warning(allowed.name, message, hint);
  }
}

void find_obstacles(Findings& findings, Run& run, engine::Engine& engine, const std::string& name,
                    const DatabaseName& database, const std::string& owner) {
  for (const auto& each : engine.creation_obstacles(run, database, owner)) {
    findings.failed(name, each.kind, each.message, each.hint);
  }
}

void find_writes_too_many(Findings& findings, Run& run, engine::Engine& engine,
                          const std::string& name, const DatabaseName& database, Result result) {
  const auto rights = engine.rights(run, database, Need::read);
  if (rights.basis == Rights::Basis::no_access_control) {
    findings.warning_once(name,
                          "the server has no access control: anyone may write production and "
                          "everything else",
                          "start the server with authentication");
    return;
  }
  if (rights.writes.empty()) return;
  const auto by = rights.write_roles.empty()
                      ? std::string()
                      : fmt::format(" by {}", fmt::join(rights.write_roles, ", "));
  const auto message = fmt::format("{} may WRITE '{}': {}{}", user_of(rights), database.text(),
                                   shortened(rights.writes), by);
  if (result == Result::failed) {
    findings.failed(name, ErrorKind::refused, message,
                    "take these rights from it; " + grants_hint(findings));
  } else {
    findings.warning(name, message, "take these rights from it; " + grants_hint(findings));
  }
}

}  // namespace tidegate::preflight
