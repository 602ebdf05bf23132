// The GitOps repository.

#include <array>

#include "config/option_tables.hpp"

namespace tidegate::config {
namespace {

constexpr auto k_committing_options = std::to_array<Option>({
    {.path = "gitops.repository",
     .type = Type::text,
     .help = "the repository that pull requests' manifests are committed to",
     .example = "https://github.com/shop/cluster.git",
     .more = "`https://`, `ssh://` or `git@host:path`, without a password in it."},
    {.path = "gitops.branch",
     .type = Type::text,
     .help = "branch that is committed to",
     .default_value = "main",
     .example = "live"},
    {.path = "gitops.folder",
     .type = Type::text,
     .help = "folder of a pull request's files",
     .default_value = "previews/pr-{number}",
     .example = "apps/previews/{number}",
     .more = "Below it, each database has a folder of its own."},
    {.path = "gitops.username",
     .type = Type::text,
     .help = "user name beside the token",
     .default_value = "x-access-token",
     .example = "oauth2"},
    {.path = "gitops.token",
     .type = Type::secret,
     .help = "token for a repository over HTTPS",
     .example = "${GITOPS_TOKEN}",
     .file_sibling = FileSibling::yes},
    {.path = "gitops.ssh_key_file",
     .type = Type::text,
     .help = "file with the private key, over SSH",
     .example = "/run/secrets/tidegate/id_ed25519",
     .more = "Default: what ssh itself finds."},
    {.path = "gitops.known_hosts_file",
     .type = Type::text,
     .help = "file with the host's keys, over SSH",
     .example = "/run/secrets/tidegate/known_hosts",
     .more = "Default: what ssh itself finds."},
    {.path = "gitops.author_name",
     .type = Type::text,
     .help = "author of the commits",
     .default_value = "tidegate",
     .example = "Shop previews"},
    {.path = "gitops.author_email",
     .type = Type::text,
     .help = "their address",
     .default_value = "tidegate@users.noreply.invalid",
     .example = "previews@example.net"},
    {.path = "gitops.message",
     .type = Type::text,
     .help = "message of a commit",
     .example = "{{action}} pr-{{number}}",
     .more = "`{{number}}`, `{{action}}`, `{{commit}}` and `{{reason}}` are replaced. Default: "
             "all of them."},
    {.path = "gitops.phase",
     .type = Type::choice,
     .help = "when Argo CD fills a preview",
     .default_value = "sync",
     .example = "pre-sync",
     .more = "With `sync`, its user, secret and configuration are in the same Application, and "
             "come in a wave before; with `pre-sync` they belong to an Application of their own "
             "that syncs first.",
     .choices = "sync|pre-sync"},
});
static_assert(all_differ(k_committing_options));

}  // namespace

std::span<const Option> committing_options() { return k_committing_options; }

}  // namespace tidegate::config
