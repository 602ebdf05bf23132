#pragma once

#include <cstdint>
#include <string>

namespace tidegate::bench {

/// `5MB`, `1.5GB`, `64MiB`, `1000`. @throws std::invalid_argument
std::int64_t parse_size(const std::string& text);

}  // namespace tidegate::bench
