#pragma once

/// Values of the section `render` whose readers take only some forms.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.hpp"
#include "config/resolve.hpp"
#include "model/names.hpp"
#include "model/schedule.hpp"

namespace tidegate::config {

inline constexpr std::string_view k_host_hint =
    "give the name alone, such as cluster0.example.net, or have the secret made elsewhere: "
    "'render.secrets.kind: existing'";
inline constexpr std::string_view k_workflow_schedule_hint = "such as '*/5 * * * *'";

/// Why no connection string can be made of the host of `render.previews.host`; nothing when one
/// can. Placeholders such as
/// `{number}` count as names. MongoDB takes one name, whose SRV records list the servers;
/// PostgreSQL a list of names and addresses, each with a port or without.
std::optional<std::string> preview_host_complaint(std::string_view host, EngineKind engine);

/// Why GitHub starts no workflow by this schedule.
std::optional<std::string> workflow_schedule_complaint(const Schedule& schedule);

/// Adds what is wrong with these values, as far as it is known before their variables are.
/// `with_previews`: the engines of the databases that have previews.
void check_render_values(const Resolver& resolver, const std::set<EngineKind>& with_previews,
                         std::vector<Problem>& problems);

}  // namespace tidegate::config
