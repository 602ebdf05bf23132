// Databases, and how production is reached.

#include <array>

#include "config/option_tables.hpp"

namespace tidegate::config {
namespace {

constexpr std::string_view k_uri_more =
    "Without user and password in it, `username` and `password` beside it fill them in, so that no "
    "password needs percent-encoding. `database` overrides the database that its path names.";

constexpr auto k_production_options = std::to_array<Option>({
    {.path = "databases",
     .type = Type::map,
     .help = "every database that tidegate looks after, by the name that commands use",
     .more = "A name has letters, digits, `-` and `_`."},
    {.path = "databases.*.engine",
     .type = Type::choice,
     .help = "which kind of server holds the database",
     .example = "mongodb",
     .choices = "mongodb|postgresql"},
    {.path = "databases.*.production.uri",
     .type = Type::secret,
     .help = "connection string for taking the snapshot",
     .example = "${SYRF_PRODUCER_URI}",
     .more = k_uri_more,
     .file_sibling = FileSibling::yes,
     .alone = "DATABASE_URL"},
    {.path = "databases.*.production.username",
     .type = Type::text,
     .help = "user name, where the connection string has none",
     .example = "snapshot-producer"},
    {.path = "databases.*.production.password",
     .type = Type::secret,
     .help = "password, where the connection string has none",
     .example = "${SYRF_PRODUCER_PASSWORD}",
     .file_sibling = FileSibling::yes},
    {.path = "databases.*.production.database",
     .type = Type::text,
     .help = "the production database, which is never written",
     .example = "syrftest",
     .more = "May be left out for postgresql where the path of `production.uri` names it."},
    {.path = "databases.*.production.allow_write_access",
     .type = Type::boolean,
     .help = "accept a credential that could write production",
     .default_value = "false",
     .example = "true",
     .more = "By default such a credential is refused before anything else is done."},
});
static_assert(all_differ(k_production_options));

}  // namespace

std::span<const Option> production_options() { return k_production_options; }

}  // namespace tidegate::config
