#pragma once

#include <string>

namespace tidegate::config {

/// The reference page of all options (Markdown), made from the option table.
std::string reference_page();

}  // namespace tidegate::config
