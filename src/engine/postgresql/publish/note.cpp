#include <fmt/format.h>

#include "engine/postgresql/copy/database.hpp"
#include "engine/postgresql/copy/staged.hpp"

namespace tidegate::engine::postgresql {

// Over the lease's own session: a run that has lost the lease cannot write it any more.
void note(Run& run, SessionLease& lease, const Metadata& metadata) {
  auto& session = lease.session();
  const auto& name = lease.database();
  lease.confirm(run);
  const auto there = find_database(session, run, name);
  if (!there || there->is_invalid) {
    throw Error(ErrorKind::conflict, fmt::format("another client has dropped '{}'", name.text()),
                "run the command again");
  }
  const auto text = comment_of(metadata, own_words_in(there->comment));
  session.tell(
      run,
      fmt::format("COMMENT ON DATABASE {} IS {}", session.name(name.text()), session.literal(text)),
      fmt::format("to own database '{}'", name.text()));
}

}  // namespace tidegate::engine::postgresql
