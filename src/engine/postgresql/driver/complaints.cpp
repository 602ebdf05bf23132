#include "engine/postgresql/driver/complaints.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "engine/postgresql/driver/faults.hpp"
#include "engine/postgresql/driver/signs.hpp"
#include "engine/postgresql/driver/sql_states.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr std::size_t k_longest = 400;
constexpr std::size_t k_most = 40;

/// The cause of the failure, without the statement and the archive entry: those contain text of the
/// users.
std::string cause_in(const std::string& error) {
  auto end = error.size();
  for (const auto* mark : {"; entry ", "; Command was: ", "; Query was: ", "; The command was: "}) {
    end = std::min(end, error.find(mark));
  }
  return error.substr(0, end);
}

Sign sign_of(const std::string& words) {
  const auto found = std::find_if(k_signs.begin(), k_signs.end(), [&](const Sign& sign) {
    return words.find(sign.words) != std::string::npos;
  });
  return found == k_signs.end() ? Sign{{}, ErrorKind::remote} : *found;
}

std::string hint_for(ErrorKind kind, const std::string& words) {
  const bool here = words.find("Permission denied") != std::string::npos ||
                    words.find("Read-only file system") != std::string::npos;
  if (here) return fmt::format("let user {} write there", ::geteuid());
  switch (kind) {
    case ErrorKind::permission:
      return std::string(k_grants_hint);
    case ErrorKind::unreachable:
      return "check that the server runs and has connections left, then run the command again";
    case ErrorKind::verification:
      return "take another archive with --from; 'tidegate verify' shows which archives are intact";
    case ErrorKind::no_space:
      return std::string(k_disk_hint);
    default:
      return {};
  }
}

Error of_state(const std::string& state, const std::string& message, const std::string& cause) {
  const bool stale = cause.find("REFRESH COLLATION VERSION") != std::string::npos;
  Error error(look_up(state).kind, message,
              stale ? std::string(k_collation_hint) : hint_of(state, cause));
  if (stale) error.mark_permanent();
  return with_state(std::move(error), state);
}

void trim(std::string_view& text) {
  constexpr std::string_view k_space = " \t\r\n";
  while (!text.empty() && k_space.find(text.front()) != std::string_view::npos) {
    text.remove_prefix(1);
  }
  while (!text.empty() && k_space.find(text.back()) != std::string_view::npos) {
    text.remove_suffix(1);
  }
}

bool take_start(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::optional<std::string_view> Complaints::after_prefix(std::string_view line) const {
  if (!take_start(line, program_) || !take_start(line, ": ")) return std::nullopt;
  return line;
}

void Complaints::add(std::string_view line) {
  auto rest = after_prefix(line);
  // psql names file and line: `psql:seed.sql:3: ERROR:  …`, also in front of notices.
  if (!rest && line.starts_with(program_ + ":")) {
    line.remove_prefix(program_.size() + 1);
    if (line.find(": ERROR: ") == std::string_view::npos &&
        line.find(": FATAL: ") == std::string_view::npos) {
      current_ = Level::other;
      return;
    }
    return begin(Level::error, line);
  }
  if (!rest) {
    trim(line);
    // In the verbose form: the position in the server's own sources.
    if (!line.empty() && !line.starts_with("LOCATION: ")) append(line);
    return;
  }
  if (take_start(*rest, "error: ")) {
    if (!is_harmless(*rest)) return begin(Level::error, *rest);
    ++harmless_count_;
    context_.clear();
    current_ = Level::other;
    return;
  }
  if (take_start(*rest, "warning: ")) return begin(Level::warning, *rest);
  if (take_start(*rest, "detail: ") || take_start(*rest, "hint: ")) return append(*rest);
  current_ = Level::other;
  // It comes before the complaint that it belongs to.
  if (take_start(*rest, "from TOC entry ")) context_ = *rest;
}

bool Complaints::is_harmless(std::string_view text) const {
  return !harmless_.empty() && text.find(harmless_) != std::string_view::npos;
}

bool Complaints::only_harmless() const {
  const auto texts = warnings();
  if (harmless_count_ == 0 || !errors().empty() || texts.empty()) return false;
  std::string_view last = texts.back();
  if (!take_start(last, "errors ignored on restore: ")) return false;
  int count = 0;
  const auto [rest, failed] = std::from_chars(last.data(), last.data() + last.size(), count);
  // pg_restore prints the errors of its parallel workers at session start, but does not count them.
  return failed == std::errc() && rest == last.data() + last.size() && count <= harmless_count_;
}

void Complaints::begin(Level level, std::string_view text) {
  current_ = level;
  if (kept_.size() >= k_most) make_room();
  kept_.push_back({level, {}});
  append(text);
  if (!context_.empty()) append("entry " + std::exchange(context_, {}));
}

/// Keeps the first complaints and the last one; an error displaces a warning.
void Complaints::make_room() {
  const auto middle = kept_.begin() + k_most / 2;
  const auto is_warning = [](const Complaint& each) { return each.level == Level::warning; };
  auto victim = std::find_if(middle, kept_.end(), is_warning);
  if (victim == kept_.end()) victim = std::find_if(kept_.begin(), middle, is_warning);
  kept_.erase(victim == kept_.end() ? middle : victim);
}

void Complaints::append(std::string_view text) {
  if (current_ == Level::other || kept_.empty()) return;
  auto& whole = kept_.back().text;
  if (whole.size() >= k_longest) return;
  if (!whole.empty()) whole += "; ";
  whole += text.substr(0, k_longest);
  if (text.size() > k_longest) whole += " …";
}

std::vector<std::string> Complaints::of(Level level) const {
  std::vector<std::string> texts;
  for (const auto& each : kept_) {
    if (each.level == level) texts.push_back(each.text);
  }
  return texts;
}

std::vector<std::string> Complaints::errors() const { return of(Level::error); }
std::vector<std::string> Complaints::warnings() const { return of(Level::warning); }

Error translate(const Complaints& complaints, const std::string& ended) {
  constexpr std::size_t k_told = 3;
  const auto errors = complaints.errors();
  if (errors.empty()) {
    return Error(ErrorKind::remote,
                 fmt::format("{} ended with {} and did not say why", complaints.program(), ended));
  }
  std::string words = fmt::format(
      "{}", fmt::join(errors.begin(), errors.begin() + std::min(errors.size(), k_told), "; "));
  if (errors.size() > k_told) words += fmt::format("; and {} more", errors.size() - k_told);
  const auto message = fmt::format("{} failed: {}", complaints.program(), words);
  const auto cause = cause_in(errors.front());
  const auto sign = sign_of(cause);
  auto state = state_in(cause);
  if (state.empty()) state = sign.state;
  if (state.empty()) return {sign.kind, message, hint_for(sign.kind, cause)};
  auto error = of_state(state, message, cause);
  // pg_dump may meet a table that is being dropped; an archive or a file gives the same error
  // again.
  if (complaints.program() != "pg_dump" && look_up(state).prefix == "42P01") error.mark_permanent();
  return error;
}

bool blames_its_pipe(const Complaints& complaints) {
  const auto errors = complaints.errors();
  return std::any_of(errors.begin(), errors.end(), [](const std::string& error) {
    return error.find("Broken pipe") != std::string::npos ||
           error.find("could not read from input file") != std::string::npos ||
           error.find("input file is too short") != std::string::npos;
  });
}

}  // namespace tidegate::engine::postgresql
