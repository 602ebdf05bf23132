#pragma once

/// A command's reason to fail, for those who see only its target.

#include "preview/failure_record.hpp"

namespace tidegate::cli {

class CommandContext;

/// For the commit that the command names. All references outlive the result.
preview::FailureRecorder failure_recorder(const CommandContext& session, Run& run,
                                          engine::Engine& engine, const Gate& gate,
                                          const TargetName& target);

}  // namespace tidegate::cli
