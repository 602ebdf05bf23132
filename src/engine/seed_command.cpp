#include "engine/seed_command.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/run_child.hpp"
#include "model/names.hpp"

namespace tidegate::engine {
namespace {

constexpr std::size_t k_longest_line = 400, k_longest_kept = 64UL * 1024;

std::vector<std::string> environment_of(const WriteTarget& target, const std::string& uri) {
  std::vector<std::string> variables{"TIDEGATE_URI=" + uri,
                                     "TIDEGATE_DATABASE=" + target.database().text(),
                                     "TIDEGATE_TARGET=" + target.label()};
  const auto name = parse_target(target.label());
  if (name && name->number) {
    variables.push_back(fmt::format("TIDEGATE_NUMBER={}", name->number->value()));
  }
  return variables;
}

/// Reads one of its streams: logs whole lines, and keeps the last one that is not empty.
class StreamLines {
 public:
  StreamLines(Run& run, std::string& last) : run_(run), last_(last) {}
  void add(std::string_view text) {
    for (const char c : text) {
      if (c == '\n') {
        end_line();
      } else if (line_.size() < k_longest_kept) {
        line_ += c;
      }
    }
  }
  void end_line() {
    while (!line_.empty() && (line_.back() == '\r' || line_.back() == ' ')) line_.pop_back();
    if (line_.empty()) return;
    last_ = run_.log().clean(line_);  // before cutting: the part of a cut secret would not be found
    last_.resize(std::min(last_.size(), k_longest_line));
    run_.log().debug("seed command", {{"run", run_.id()}, {"says", last_}});
    line_.clear();
  }

 private:
  Run& run_;
  std::string& last_;
  std::string line_;
};

Error failed(const WriteTarget& target, const ChildExit& exit, const std::string& last) {
  return {ErrorKind::remote,
          fmt::format("the command that seeds '{}' ended with {}{}", target.label(), to_text(exit),
                      last.empty() ? ", without a word" : ": " + last),
          "its whole output is in the log with '--log-level debug'; the command is "
          "'previews.seed.command'"};
}

}  // namespace

void run_seed_command(Run& run, const std::string& command, const WriteTarget& target,
                      const std::string& uri) {
  std::string last;
  StreamLines out(run, last), err(run, last);
  const auto exit = run_child(run,
                              {{"/bin/sh", "-c", command},
                               environment_of(target, uri),
                               ChildStream::pipe(),
                               ChildStream::pipe()},
                              {[&](std::string_view text) { out.add(text); },
                               [&](std::string_view text) { err.add(text); }});
  out.end_line();
  err.end_line();
  if (!exit.ok()) throw failed(target, exit, last);
}

}  // namespace tidegate::engine
