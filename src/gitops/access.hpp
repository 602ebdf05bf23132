#pragma once

/// Access of previews and jobs: users of MongoDB Atlas, and the Secrets that jobs read.

#include <string>
#include <vector>

#include "gitops/objects.hpp"

namespace tidegate::gitops {

struct AtlasRole {
  std::string role, database;
};

/// Reads the snapshot (where it may), fills and drops its own database, nothing else.
std::vector<AtlasRole> preview_roles(const RenderPlan& plan, const PreviewIntent& intent);

/// Whether the user in Atlas is deleted together with the object.
enum class Afterwards { deleted, kept };

/// Its password is in key `password` of `secret`.
Tree atlas_user(const RenderPlan& plan, const ObjectPlace& placed, const Hook& hook,
                const std::string& username, const std::string& secret,
                const std::vector<AtlasRole>& roles, Afterwards afterwards);

/// Whether Atlas's operator has a user whose password is in a Secret.
enum class AtlasUser { none, there };

/// The Secret of this name with the keys that `access` needs of it, taken from the store's entry
/// of the same name. With MongoDB and a user: key `password` too, and the label that lets Atlas's
/// operator read it.
Tree external_credentials(const RenderPlan& plan, const ObjectPlace& placed,
                          const JobAccess& access, AtlasUser user);

/// The preview's own: `username`, `password` and `connectionString`, with the label that lets
/// Atlas's operator read the password.
Tree preview_credentials(const RenderPlan& plan, const ObjectPlace& placed, const Hook& hook,
                         const PreviewIntent& intent);

}  // namespace tidegate::gitops
