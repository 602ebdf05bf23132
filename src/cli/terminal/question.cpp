#include "cli/terminal/question.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include "base/bytes.hpp"
#include "base/utc.hpp"

namespace tidegate::cli {
namespace {

constexpr std::chrono::seconds k_time_to_look{30};
constexpr int k_poll_milliseconds = 200;

/// One line of standard input. A stop ends the wait; so does the end of input (then: no answer).
std::string read_answer(const std::stop_token& stop) {
  std::string answer;
  while (!stop.stop_requested()) {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (::poll(&input, 1, k_poll_milliseconds) <= 0) continue;
    char c = 0;
    if (::read(STDIN_FILENO, &c, 1) != 1 || c == '\n') return answer;
    answer += c;
  }
  throw Error(ErrorKind::cancelled, "cancelled", "nothing was changed");
}

std::string describe_contents(const engine::Inventory& inventory) {
  if (!inventory.metadata) {
    return fmt::format("holds {}",
                       counted(static_cast<long long>(inventory.items.size()), "collection"));
  }
  const auto& metadata = *inventory.metadata;
  if (metadata.snapshot) {
    return fmt::format("was filled from the snapshot of {}", to_date(metadata.snapshot->timestamp));
  }
  return fmt::format("was filled on {}", to_date(metadata.finished_at));
}

}  // namespace

bool means_yes(std::string_view answer) {
  while (!answer.empty() && (answer.front() == ' ' || answer.front() == '\t')) {
    answer.remove_prefix(1);
  }
  while (!answer.empty() && (answer.back() == ' ' || answer.back() == '\r')) {
    answer.remove_suffix(1);
  }
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "Yes" || answer == "YES";
}

void ask_before(CommandContext& session, engine::Engine& engine, const Gate& gate,
                const TargetName& target, std::string_view verb) {
  const bool interactive = ::isatty(STDIN_FILENO) == 1 && session.screen().err().terminal;
  if (target.number || session.dry_run() || !interactive) return;
  if (session.config().switched_on("--yes")) return;
  const auto permission = gate.permit(target, {});
  SilentProgress silent;
  Run look(session.parts().adapters.run_id, session.parts().adapters.clock, session.log(), silent,
           session.parts().adapters.stop, k_time_to_look);
  const auto inventory = engine.inspect(look, permission.database());
  if (inventory.items.empty()) return;
  session.screen().note(fmt::format("'{}' ({}) {}, {}, and will be {}", target.text,
                                    permission.database().text(), describe_contents(inventory),
                                    to_text(inventory.size()), verb));
  session.screen().note("go on? [y/N]");
  if (means_yes(read_answer(session.parts().adapters.stop))) return;
  throw Error(ErrorKind::cancelled, fmt::format("'{}' was not {}", target.text, verb),
              "nothing was changed; --yes answers the question beforehand");
}

}  // namespace tidegate::cli
