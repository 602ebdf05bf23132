#include "preflight/space.hpp"

#include <fmt/format.h>

namespace tidegate::preflight {

Bytes size_of(const std::vector<engine::Item>& items) {
  Bytes sum;
  for (const auto& item : items) sum += item.data + item.index_data;
  return sum;
}

void require_space(Run& run, const std::vector<engine::Item>& items,
                   const engine::Inventory& destination) {
  const auto needed = size_of(items);
  if (!destination.filesystem_free) {
    run.progress().step(
        Mark::warning, "space",
        fmt::format("needs {}; the server does not say what is free", to_text(needed)));
    return;
  }
  // The target's present content stays until the copy is published: it is not counted as free.
  if (*destination.filesystem_free < needed) {
    throw Error(ErrorKind::no_space,
                fmt::format("not enough space for '{}': the copy needs {}, {} free; nothing was "
                            "written",
                            destination.database.text(), to_text(needed),
                            to_text(*destination.filesystem_free)),
                "give the server more room, drop targets that are no longer needed ('tidegate "
                "status' lists them), or exclude collections");
  }
  run.progress().step(
      Mark::ok, "space",
      fmt::format("needs {}, {} free", to_text(needed), to_text(*destination.filesystem_free)));
}

void require_room(Run& run, const ArchiveRoom& room) {
  if (!room.free) {
    run.progress().step(Mark::ok, "space",
                        fmt::format("'{}' does not say what is free", room.place));
    return;
  }
  if (!room.estimate) {
    run.progress().step(Mark::ok, "space",
                        fmt::format("{} free; how large the first archive will be is not known",
                                    to_text(*room.free)));
    return;
  }
  if (*room.free < *room.estimate) {
    throw Error(ErrorKind::no_space,
                fmt::format("not enough space in '{}': the newest archive has {}, {} free; nothing "
                            "was written, and the archives that are there are whole",
                            room.place, to_text(*room.estimate), to_text(*room.free)),
                "make room there, or keep fewer archives ('snapshot.keep'): old ones go only after "
                "the new one is there");
  }
  run.progress().step(Mark::ok, "space",
                      fmt::format("the newest archive has {}, {} free", to_text(*room.estimate),
                                  to_text(*room.free)));
}

}  // namespace tidegate::preflight
