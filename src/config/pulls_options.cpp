// The code host: where pull requests are, and how they are reported on.

#include <array>

#include "config/option_tables.hpp"

namespace tidegate::config {
namespace {

constexpr auto k_pulls_options = std::to_array<Option>({
    {.path = "github.repository",
     .help = "the repository whose pull requests have previews",
     .example = "camaradesuk/syrf",
     .stands_in = "GITHUB_REPOSITORY"},
    {.path = "github.token",
     .type = Type::secret,
     .help = "token for GitHub: reads pull requests, writes their labels and comments",
     .example = "${GITHUB_TOKEN}",
     .more = "A fine-grained one needs *Pull requests: read and write* and *Issues: read and "
             "write*; *Commit statuses* and *Deployments* where those are switched on.",
     .file_sibling = FileSibling::yes,
     .stands_in = "GITHUB_TOKEN"},
    {.path = "github.app.id",
     .help = "a GitHub App in place of a token: its id, or its client id",
     .example = "1234567"},
    {.path = "github.app.installation",
     .help = "the id of its installation",
     .example = "7654321",
     .more = "Default: the one in the repository, which is asked for."},
    {.path = "github.app.private_key",
     .type = Type::secret,
     .help = "its private key, PEM",
     .example = "${GITHUB_APP_KEY}",
     .file_sibling = FileSibling::yes},
    {.path = "github.api_url",
     .help = "where GitHub answers, for GitHub Enterprise",
     .default_value = "https://api.github.com",
     .example = "https://github.example.org/api/v3",
     .stands_in = "GITHUB_API_URL"},
    {.path = "github.webhook_secrets",
     .type = Type::secrets,
     .help = "secrets of webhooks that `serve` accepts",
     .example = "[\"${WEBHOOK_SECRET}\"]",
     .more = "Several are accepted, so that a new one can replace an old one without a gap. "
             "Without any, `serve` takes no webhooks. Their file has one on each line.",
     .file_sibling = FileSibling::yes},
    {.path = "github.labels.preview",
     .help = "the label of a pull request that has a preview",
     .default_value = "preview",
     .example = "preview",
     .more = "Labels are compared whole, their case ignored."},
    {.path = "github.labels.snapshot",
     .help = "the label of one whose database is filled from the snapshot",
     .default_value = "use-snapshot",
     .example = "use-snapshot"},
    {.path = "github.labels.lock",
     .help = "the label of one whose database is locked",
     .default_value = "persist-db",
     .example = "persist-db"},
    {.path = "github.forks",
     .type = Type::boolean,
     .help = "whether pull requests from forks get previews",
     .default_value = "false",
     .example = "true",
     .more = "Their code is a stranger's: with `true`, a person who may set labels decides."},
    {.path = "github.urls.*",
     .help = "an address of a preview for its status comment, by a name for people",
     .example = "https://pr-{number}.syrf.org.uk",
     .more = "`{number}` stands for the pull request. The first one is the deployment's."},
    {.path = "github.namespace",
     .help = "what the namespace of a preview is called, for its status comment",
     .example = "pr-{number}"},
    {.path = "github.templates",
     .help = "directory with templates of comments, in place of tidegate's own",
     .example = "/etc/tidegate/templates",
     .more = "`status.md`, `filled.md`, `locked.md` …; tidegate's own stand in for missing ones "
             "([more](../guide/pull-requests.md))."},
    {.path = "github.commit_status",
     .type = Type::boolean,
     .help = "whether the outcome is shown as a status of the head commit",
     .default_value = "false",
     .example = "true"},
    {.path = "github.deployments",
     .type = Type::boolean,
     .help = "whether a preview is recorded as a deployment",
     .default_value = "false",
     .example = "true"},
});
static_assert(all_differ(k_pulls_options));

}  // namespace

std::span<const Option> pulls_options() { return k_pulls_options; }

}  // namespace tidegate::config
