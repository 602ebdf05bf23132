#pragma once

/// GitHub Actions: what an event says, and how a job tells what it did. Texts from outside can do
/// nothing there: no line of theirs becomes a command or another output.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/names.hpp"

namespace tidegate::cli {

/// Which pull request an event is about: `pull_request`, `issue` of one, or the input `number` of a
/// run started by hand. The rest of the event is not believed.
/// @throws Error usage: it names none, or is of another repository than `repository`.
PullNumber number_in_event(std::string_view json, std::string_view repository);

/// Lines for GITHUB_OUTPUT: each value between delimiters that cannot be guessed.
std::string output_lines(const std::map<std::string, std::string>& values);

/// `::error title=…::…`, whatever is in them.
std::string annotation(std::string_view level, std::string_view title, std::string_view text);

}  // namespace tidegate::cli
