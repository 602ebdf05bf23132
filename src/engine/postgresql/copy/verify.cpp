#include <algorithm>

#include "engine/postgresql/copy/compare.hpp"
#include "engine/postgresql/copy/staged.hpp"

namespace tidegate::engine::postgresql {
namespace {

/// For production: the rows that were read there at the read timestamp. Its schema is compared
/// separately.
std::vector<ExpectedRelation> wanted_of_sources(StagedDatabase& staged) {
  std::vector<ExpectedRelation> wanted;
  for (const auto& [name, source] : staged.sources()) {
    auto content = content_of(source.relation);
    if (content.type != "view") note_sum(content, source.sum);
    wanted.push_back({content, {}, source.relation.populated});
  }
  return wanted;
}

std::vector<ExpectedRelation> wanted_of_contents(const StagedDatabase& staged) {
  std::vector<ExpectedRelation> wanted;
  for (const auto& content : staged.contents()) {
    wanted.push_back({content, staged.from_template() ? content.definition : std::string(), {}});
  }
  return wanted;
}

}  // namespace

VerifyReport verify(Run& run, Server& server, StagedDatabase& staged) {
  // A copy by template takes the rows with their files.
  const auto image = staged.from_template()
                         ? outline_of(run, server, staged.name(), staged.rows())
                         : image_of(run, server, staged.name(), staged.request().parallel);
  const bool of_snapshot = staged.request().snapshot.has_value();
  const auto wanted = of_snapshot ? wanted_of_contents(staged) : wanted_of_sources(staged);
  auto report =
      compare(wanted, image, staged.from_template() ? Computed::compared : Computed::noted);
  say_compared(run, wanted, report);
  const auto& schema = staged.schema_differences();
  report.differences.insert(report.differences.begin(), schema.begin(), schema.end());
  staged.set_contents(report.contents);
  return report;
}

}  // namespace tidegate::engine::postgresql
