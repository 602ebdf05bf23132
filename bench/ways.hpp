#pragma once

/// Ways to fill a target without tidegate: the peers that it is measured against, each as short as
/// it can fairly be.

#include <string>

namespace tidegate::bench {

/// Copies as the team's shell script does: for one collection after another drop, create the
/// indexes, `$out`. Options and views are lost, and the target is broken while it runs.
void fill_like_the_script(const std::string& uri, const std::string& source,
                          const std::string& target);

/// The best that can be made by hand: staging collections with the source's options, `$out` into
/// them `parallel` at a time and largest first, indexes after, renamed at the end.
void fill_staged(const std::string& uri, const std::string& source, const std::string& target,
                 int parallel);

/// @throws std::runtime_error when a collection's count differs. Views and metadata are left out.
void expect_same_counts(const std::string& uri, const std::string& source,
                        const std::string& target);

}  // namespace tidegate::bench
