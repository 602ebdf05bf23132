#pragma once

/// GitHub Actions: reads an event, and writes a job's outputs. Texts from outside are quoted: no
/// line of theirs becomes a command or another output.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/names.hpp"

namespace tidegate::cli {

/// Which pull request an event is about: `pull_request`, `issue` of one, or the input `number` of a
/// run started by hand. The rest of the event is not trusted.
/// @throws Error usage: it names none, or is of another repository than `repository`.
PullNumber number_in_event(std::string_view json, std::string_view repository);

/// Lines for GITHUB_OUTPUT: each value between delimiters that cannot be guessed.
std::string output_lines(const std::map<std::string, std::string>& values);

/// `::error title=…::…`, with both texts escaped.
std::string annotation(std::string_view level, std::string_view title, std::string_view text);

}  // namespace tidegate::cli
