#include <fmt/format.h>

#include "cli/pull_arguments.hpp"
#include "cli/pull_desk.hpp"
#include "cli/session.hpp"

namespace tidegate::cli {

int run_pr_sync(Session& session, const Invocation& invocation) {
  const auto address = pull_argument(invocation.arguments.front());
  const auto asked = invocation.has("--now") ? preview::Asked::now : preview::Asked::no;
  const auto forge = forge_of(session);
  auto& run = session.start(session.config().timeout());
  const auto previews = previewed(session, run, address.database, Patience::as_configured);
  auto documents = nlohmann::ordered_json::array();
  std::vector<std::string> lines;
  for (const auto& each : previews) {
    const auto synced = preview::sync(run, *forge, *each.carrier, each.plan, address.number, asked);
    documents.push_back(synced_json(each.name, synced));
    lines.push_back(synced_line(synced, session.mode()));
  }
  session.finish();
  if (session.json()) {
    session.result({{"number", address.number.value()}, {"databases", documents}});
  } else {
    for (const auto& line : lines) session.result(line);
  }
  return 0;
}

}  // namespace tidegate::cli
