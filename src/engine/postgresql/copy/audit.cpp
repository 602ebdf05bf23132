#include "engine/postgresql/copy/audit.hpp"

#include <fmt/format.h>

#include "engine/postgresql/copy/compare.hpp"
#include "engine/postgresql/copy/create.hpp"
#include "engine/postgresql/copy/database.hpp"
#include "engine/postgresql/publish/lease.hpp"

namespace tidegate::engine::postgresql {
namespace {

constexpr int k_parallel = 4;

/// A temporary copy of a database that allows no connections.
class Scratch {
 public:
  Scratch(Run& run, Server& server, const DatabaseName& database) : Scratch(run, server) {
    // Constructed by now: the destructor drops the copy, also when this throws.
    create_copy(run, session_, name_, database, {database.text(), run.id(), Purpose::scratch});
  }
  ~Scratch() {
    try {
      // The run itself may be stopped, or its time limit passed.
      SilentProgress silent;
      Run own(run_.id(), run_.clock(), run_.log(), silent, {}, time_to_clear(run_));
      drop_database(session_, own, name_);
    } catch (const std::exception& error) {
      run_.log().warning(fmt::format("cannot remove '{}': {}; the next run removes it",
                                     name_.text(), error.what()),
                         {{"run", run_.id()}});
    }
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  const DatabaseName& name() const { return name_; }

 private:
  Scratch(Run& run, Server& server)
      : run_(run), session_(server.open(run)), name_(free_name(run)) {}

  DatabaseName free_name(Run& run) {
    for (int number = 1;; ++number) {
      auto name = staging_name(run.id(), number);
      if (!find_database(session_, run, name) && try_lock(session_, run, name)) return name;
    }
  }

  Run& run_;
  SqlSession session_;
  DatabaseName name_;
};

std::vector<ExpectedRelation> wanted_of(const Metadata& expected) {
  std::vector<ExpectedRelation> wanted;
  for (const auto& content : expected.contents) {
    wanted.push_back({content, content.definition, {}});
    if (content.type == "materialized view") wanted.back().populated = !content.checksum.empty();
  }
  return wanted;
}

DatabaseImage read_image(Run& run, Server& server, const DatabaseName& database) {
  const auto there = find_database(server, run, database);
  if (!there || there->is_invalid) return {};
  if (there->allows_connections) return image_of(run, server, database, k_parallel);
  const Scratch scratch(run, server, database);
  return image_of(run, server, scratch.name(), k_parallel);
}

}  // namespace

VerifyReport audit(Run& run, Server& server, const DatabaseName& database,
                   const Metadata& expected) {
  const auto wanted = wanted_of(expected);
  auto report = compare(wanted, read_image(run, server, database), Computed::compared);
  say_compared(run, wanted, report);
  return report;
}

}  // namespace tidegate::engine::postgresql
