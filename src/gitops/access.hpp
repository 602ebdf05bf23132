#pragma once

/// Who may: users of MongoDB Atlas, and the Secrets that jobs read.

#include <string>
#include <vector>

#include "gitops/objects.hpp"

namespace tidegate::gitops {

struct AtlasRole {
  std::string role, database;
};

/// Reads the snapshot (where it may), fills and drops its own database, nothing else.
std::vector<AtlasRole> preview_roles(const RenderPlan& plan, const PreviewIntent& intent);

/// What becomes of the user in Atlas when the object is deleted.
enum class Afterwards { deleted, kept };

/// Its password is in key `password` of `secret`.
Tree atlas_user(const RenderPlan& plan, const Placed& placed, const Hook& hook,
                const std::string& username, const std::string& secret,
                const std::vector<AtlasRole>& roles, Afterwards afterwards);

/// Whether Atlas's operator has a user whose password is in a Secret.
enum class AtlasUser { none, there };

/// What `access` takes from the Secret of this name, out of the store's entry of the same name.
/// With MongoDB and a user: key `password` too, and the label that lets Atlas's operator read it.
Tree external_credentials(const RenderPlan& plan, const Placed& placed, const JobAccess& access,
                          AtlasUser user);

/// The preview's own: `username`, `password` and `connectionString`, with the label that lets
/// Atlas's operator read the password.
Tree preview_credentials(const RenderPlan& plan, const Placed& placed, const Hook& hook,
                         const PreviewIntent& intent);

}  // namespace tidegate::gitops
