#pragma once

/// demo: the program behind `tidegate demo`. It starts a throwaway server with sample data and has
/// tidegate show its main job there.

#include <string>
#include <vector>

#include "cli/commands/command_context.hpp"
#include "engine/sample.hpp"

namespace tidegate::demo {

/// The program that is shown, and the servers that it can be shown on.
struct Program {
  std::string path;  ///< of tidegate
  std::vector<engine::SampleKind> samples;

  const engine::SampleKind& sample(EngineKind kind) const;
};

/// @param arguments as tidegate takes them, `demo` among them.
/// @returns the exit code. @throws Error: the first step that does not end as it should.
int tell_story(const cli::Parts& parts, const Program& program,
               const std::vector<std::string>& arguments);

}  // namespace tidegate::demo
