#pragma once

/// The object store of a `snapshot` section, and whose keys are used for it.

#include <string>

#include "base/secret.hpp"
#include "config/resolve.hpp"
#include "model/plan.hpp"

namespace tidegate::config {

/// `section`: `databases.syrf.snapshot.storage`. Keys of the section come before those of the
/// environment; within each, keys that are written down come first. Missing where there are none.
/// The redactor learns every secret. @throws Error config: a value is wrong, or the section names
/// two sources of keys.
ValueOrError<ObjectStorage> read_storage(const Resolver& resolver, const std::string& section,
                                         Redactor& redactor);

}  // namespace tidegate::config
