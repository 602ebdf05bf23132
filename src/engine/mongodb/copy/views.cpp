#include "engine/mongodb/copy/views.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/mongodb/copy/indexes.hpp"
#include "engine/mongodb/driver/faults.hpp"
#include "engine/mongodb/publish/publish.hpp"
#include "engine/mongodb/publish/publish_plan.hpp"

namespace tidegate::engine::mongodb {
namespace {

/// A cycle, too deep a chain, another collation than that of what it reads: said of views that are
/// there now, and that publishing replaces.
bool is_about_other_views(const Error& error) {
  constexpr std::array k_codes{k_graph_contains_cycle, k_view_too_deep, k_not_on_a_view};
  return std::find(k_codes.begin(), k_codes.end(), error.server_code()) != k_codes.end();
}

void try_view(Run& run, Server& server, ServerLease& lease, const CollectionCopy& piece) {
  const Namespace place{lease.database(), staging_name(run.id(), ServerLease::next_number())};
  // Over a name that nothing has: only the stages are to be tried.
  const auto nothing = staging_name(run.id(), ServerLease::next_number());
  const auto options =
      piece.definition.options.without({"viewOn"}).add("viewOn", std::string_view(nothing));
  try {
    create_collection(run, server, place, options);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::remote) throw;
    if (is_about_other_views(error)) return;
    throw Error(ErrorKind::refused,
                fmt::format("the server would not make the view '{}': {}; nothing was published",
                            piece.name, error.message()),
                "leave the view out with 'snapshot.exclude', or fill a server that makes it")
        .with_server_code(error.server_code());
  }
  drop_collection(run, server, place);
}

}  // namespace

bool is_view_as_wanted(const std::vector<CollectionInfo>& listed, const std::string& name,
                       const Definition& wanted) {
  const auto* there = find_by_name(listed, name);
  return there && there->type == "view" && there->options == wanted.options;
}

void try_views(Run& run, Server& server, ServerLease& lease,
               const std::vector<CollectionCopy>& pieces) {
  std::vector<const CollectionCopy*> views;
  for (const auto& piece : pieces) {
    if (piece.is_view()) views.push_back(&piece);
  }
  if (views.empty()) return;
  const auto listed = server.collections(run, lease.database());
  for (const auto* view : views) {
    if (!is_view_as_wanted(listed, view->name, view->definition)) {
      try_view(run, server, lease, *view);
    }
  }
}

}  // namespace tidegate::engine::mongodb
