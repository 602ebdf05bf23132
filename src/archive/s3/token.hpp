#pragma once

/// Names that no other run uses.

#include <fmt/format.h>

#include <random>
#include <string>

#include "base/run.hpp"

namespace tidegate::archive::s3 {

/// `20261122T030004-1a2b-0123456789abcdef`: begins with the run's id.
inline std::string token_of(const Run& run) {
  std::random_device random;
  return fmt::format("{}-{:08x}{:08x}", run.id(), random(), random());
}

}  // namespace tidegate::archive::s3
