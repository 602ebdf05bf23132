#include "engine/mongodb/publish/removal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <functional>
#include <span>

#include "base/side_by_side.hpp"
#include "engine/mongodb/publish/publish.hpp"

namespace tidegate::engine::mongodb {
namespace {

/// Few enough that a collection which is moved aside by mistake is back within a second.
constexpr std::size_t k_batch = 64;

using Batch = std::span<const Removal>;

bool is_planned(const CollectionInfo* there, const Removal& removal) {
  return there && !removal.uuid.empty() && there->uuid == removal.uuid;
}

class Remover {
 public:
  Remover(Run& run, Server& server, ServerLease& lease)
      : run_(run), server_(server), lease_(lease) {}

  void move_aside_then_drop(Batch batch) {
    // A lease lost in the middle of a batch must not leave a collection of the next holder's aside.
    std::exception_ptr stopped;
    try {
      move_aside(batch);
    } catch (const Error&) {
      stopped = std::current_exception();
    }
    settle(batch);
    if (stopped) std::rethrow_exception(stopped);
  }

  void drop_by_name(Batch batch) {
    each_of(in_place(batch), [&](const Removal& removal) {
      lease_.confirm(run_);
      drop_collection(run_, server_, {lease_.database(), removal.name});
    });
  }

 private:
  std::vector<CollectionInfo> look(Batch batch, std::string Removal::*name) {
    std::vector<std::string> names;
    for (const auto& removal : batch) names.push_back(removal.*name);
    return server_.collections(run_, lease_.database(), names);
  }

  /// Those whose planned collection is still under its name; any other one there is named in a
  /// warning.
  std::vector<Removal> in_place(Batch batch) {
    const auto listed = look(batch, &Removal::name);
    std::vector<Removal> found;
    for (const auto& removal : batch) {
      const auto* there = find_by_name(listed, removal.name);
      if (is_planned(there, removal)) {
        found.push_back(removal);
      } else if (there) {
        say_left(removal.name);
      }
    }
    return found;
  }

  void move_aside(Batch batch) {
    each_of(in_place(batch), [&](const Removal& removal) {
      lease_.confirm(run_);
      rename_collection(run_, server_, {lease_.database(), removal.name}, removal.aside,
                        Replace::no);
    });
  }

  /// Also of what an earlier holder had moved aside.
  void settle(Batch batch) {
    const auto listed = look(batch, &Removal::aside);
    each_of(batch, [&](const Removal& removal) {
      const auto* moved = find_by_name(listed, removal.aside);
      if (!moved) return;
      if (is_planned(moved, removal)) {
        drop_collection(run_, server_, {lease_.database(), removal.aside});
      } else {
        move_back(removal);
      }
    });
  }

  /// A few at a time.
  static void each_of(Batch batch, const std::function<void(const Removal&)>& act) {
    side_by_side(batch.size(), k_steps_at_once,
                 [&](std::size_t i, const std::atomic<bool>&) { act(batch[i]); });
  }

  void move_back(const Removal& removal) {
    const Namespace aside{lease_.database(), removal.aside};
    if (rename_collection(run_, server_, aside, removal.name, Replace::no)) {
      say_left(removal.name);
      return;
    }
    run_.log().warning(fmt::format("'{}' could not be moved back to '{}', which exists again",
                                   aside.text(), removal.name),
                       {{"run", run_.id()}});
  }

  void say_left(const std::string& name) {
    run_.log().warning(
        fmt::format("'{}.{}' was to be removed and was left: another client has replaced it since "
                    "this run listed it",
                    lease_.database(), name),
        {{"run", run_.id()}});
  }

  Run& run_;
  Server& server_;
  ServerLease& lease_;
};

/// The removals that are still to be done of a plan that a run has begun to carry out.
std::vector<Removal> not_yet_done(const std::vector<Removal>& removals,
                                  const std::vector<CollectionInfo>& listed) {
  std::vector<Removal> left;
  std::copy_if(removals.begin(), removals.end(), std::back_inserter(left), [&](const auto& each) {
    return find_by_name(listed, each.name) || find_by_name(listed, each.aside);
  });
  return left;
}

}  // namespace

void remove_collections(Run& run, Server& server, ServerLease& lease,
                        const std::vector<Removal>& removals,
                        const ServerCapabilities& capabilities) {
  if (removals.empty()) return;
  const auto left = not_yet_done(removals, server.collections(run, lease.database()));
  const bool by_uuid = capabilities.has(ServerCapability::rename_keeps_uuid);
  Remover remover(run, server, lease);
  for (std::size_t begin = 0; begin < left.size(); begin += k_batch) {
    const auto batch = Batch(left).subspan(begin, std::min(k_batch, left.size() - begin));
    if (by_uuid) {
      remover.move_aside_then_drop(batch);
    } else {
      remover.drop_by_name(batch);
    }
  }
}

void remove_by_name(Run& run, Server& server, ServerLease& lease,
                    const std::vector<std::string>& names) {
  if (names.empty()) return;
  const auto listed = server.collections(run, lease.database());
  for (const auto& name : names) {
    const auto* there = find_by_name(listed, name);
    if (!there || there->type == "collection") continue;
    lease.confirm(run);
    drop_collection(run, server, {lease.database(), name});
  }
}

}  // namespace tidegate::engine::mongodb
