#include "engine/postgresql/copy/staged.hpp"

#include <fmt/format.h>

#include "engine/postgresql/copy/database.hpp"

namespace tidegate::engine::postgresql {

StagedDatabase::StagedDatabase(Run& run, SessionLease& lease, StageRequest request)
    : run_(run), lease_(lease), request_(std::move(request)), name_(lease.free_staging_name(run)) {}

StagedDatabase::~StagedDatabase() {
  if (armed_) discard();
}

Consistency StagedDatabase::consistency() const {
  return request_.snapshot ? request_.snapshot->consistency : Consistency::point_in_time;
}

std::string StagedDatabase::method() const { return from_template() ? "template" : "pg_dump"; }

StagingNote StagedDatabase::note(Run& run) const {
  return {lease_.database().text(), run.id(), Purpose::copy};
}

void StagedDatabase::discard() noexcept {
  try {
    // The run itself may be stopped, or its time limit passed.
    SilentProgress silent;
    Run own(run_.id(), run_.clock(), run_.log(), silent, {}, time_to_clear(run_));
    drop_database(lease_.session(), own, name_);
    unlock(lease_.session(), own, name_);
  } catch (const std::exception& error) {
    run_.log().warning(
        fmt::format("cannot remove the staging data in '{}': {}; the next run removes it",
                    name_.text(), error.what()),
        {{"run", run_.id()}});
  }
}

}  // namespace tidegate::engine::postgresql
