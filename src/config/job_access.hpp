#pragma once

/// The variables that jobs need by the file, and where the value of each comes from.

#include <string>
#include <string_view>
#include <vector>

#include "config/resolve.hpp"
#include "model/render_plan.hpp"

namespace tidegate::config {

/// The values of the file that jobs need: databases, log, pull requests; in the table's order.
std::vector<WrittenValue> written_values(const Config::Parts& parts);

/// Adds the variables and files of the values right below `section` (`databases.syrf.previews`),
/// each once. A variable that is no secret must have a value in `render.variables`.
/// @throws Error config: it has none.
void append_section(JobAccess& access, const Config::Parts& parts, const Resolver& resolver,
                    const std::string& section, const std::string& secret);

/// The file must hold no secret itself, nor a default of one, nor name a secret's variable where a
/// value is rendered. @throws Error config: where it does.
void refuse_written_secrets(const Config::Parts& parts);

/// A list of `name=value`. @throws Error config: an item is none.
NameValues name_values(const Resolver& resolver, const std::string& path);

}  // namespace tidegate::config
