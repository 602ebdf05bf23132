#pragma once

#include <string>

namespace tidegate::cli {

// Scripts for `source <(tidegate completion bash)`, from the command table.
std::string bash_completion();
std::string zsh_completion();
std::string fish_completion();

}  // namespace tidegate::cli
