#include <algorithm>

#include "engine/postgresql/compare.hpp"
#include "engine/postgresql/staged.hpp"

namespace tidegate::engine::postgresql {
namespace {

/// Of production: what was read there at the cut. Its expressions may come back in other words.
std::vector<Wanted> wanted_of_sources(StagedDatabase& staged) {
  std::vector<Wanted> wanted;
  for (const auto& [name, source] : staged.sources()) {
    auto content = content_of(source.relation);
    if (content.type != "view") note_sum(content, source.sum);
    wanted.push_back({content, source.relation.shape, {}});
  }
  return wanted;
}

std::vector<Wanted> wanted_of_contents(const StagedDatabase& staged) {
  std::vector<Wanted> wanted;
  for (const auto& content : staged.contents()) {
    wanted.push_back({content, {}, staged.from_template() ? content.definition : std::string()});
  }
  return wanted;
}

}  // namespace

VerifyReport verify(Run& run, Server& server, StagedDatabase& staged) {
  // The rows of a copy by template were copied with the files that they are in.
  const auto image = staged.from_template()
                         ? outline_of(run, server, staged.name(), staged.rows())
                         : image_of(run, server, staged.name(), staged.request().parallel);
  const bool of_snapshot = staged.request().snapshot.has_value();
  auto report =
      compare(of_snapshot ? wanted_of_contents(staged) : wanted_of_sources(staged), image);
  staged.set_contents(report.contents);
  return report;
}

}  // namespace tidegate::engine::postgresql
