// The object store that holds archives.

#include <array>

#include "config/option_tables.hpp"

namespace tidegate::config {
namespace {

constexpr auto k_storage_options = std::to_array<Option>({
    {.path = "databases.*.snapshot.storage.endpoint",
     .type = Type::text,
     .help = "where the object store is, when it is not Amazon's",
     .example = "https://s3.example.org",
     .more = "Default: Amazon's of the region. May have a path: "
             "`https://host/storage/v1/s3`.",
     .stands_in = "AWS_ENDPOINT_URL_S3 AWS_ENDPOINT_URL"},
    {.path = "databases.*.snapshot.storage.addressing",
     .type = Type::choice,
     .help = "where the bucket's name stands: `https://host/bucket` or `https://bucket.host`",
     .default_value = "auto",
     .example = "virtual",
     .more = "`auto` is `virtual` for Amazon's servers, unless the name has a dot, which no "
             "certificate covers, and `path` for all others.",
     .choices = "auto|path|virtual"},
    {.path = "databases.*.snapshot.storage.ca_file",
     .type = Type::text,
     .help = "a file with the certificates (PEM) of the only authorities that are trusted",
     .example = "/etc/tidegate/ca.pem",
     .more = "Default: `SSL_CERT_FILE` and `SSL_CERT_DIR`, which count for every HTTPS server, "
             "else this machine's. Used for the object store and for its token service.",
     .stands_in = "AWS_CA_BUNDLE"},
    {.path = "databases.*.snapshot.storage.region",
     .type = Type::text,
     .help = "the object store's region",
     .default_value = "us-east-1",
     .example = "eu-central-1",
     .stands_in = "AWS_REGION AWS_DEFAULT_REGION"},
    {.path = "databases.*.snapshot.storage.access_key_id",
     .type = Type::text,
     .help = "name of the key that may read and write the object store",
     .example = "${SNAPSHOT_KEY_ID}",
     .more = "Without keys in the file, these are used, in this order: keys of the environment, "
             "a role (`role_arn`), a profile, a container's credentials (`credentials_uri`).",
     .stands_in = "AWS_ACCESS_KEY_ID"},
    {.path = "databases.*.snapshot.storage.secret_access_key",
     .type = Type::secret,
     .help = "the key itself",
     .example = "${SNAPSHOT_KEY}",
     .file_sibling = FileSibling::yes,
     .stands_in = "AWS_SECRET_ACCESS_KEY"},
    {.path = "databases.*.snapshot.storage.session_token",
     .type = Type::secret,
     .help = "the token that belongs to temporary keys",
     .example = "${SNAPSHOT_SESSION_TOKEN}",
     .more = "The environment's counts only with the environment's keys.",
     .file_sibling = FileSibling::yes,
     .stands_in = "AWS_SESSION_TOKEN"},
    {.path = "databases.*.snapshot.storage.role_arn",
     .type = Type::text,
     .help = "role whose temporary keys are used in place of keys that are written down",
     .example = "arn:aws:iam::123456789012:role/snapshots",
     .more = "Needs `web_identity_token_file`. The keys are fetched again before they end.",
     .stands_in = "AWS_ROLE_ARN"},
    {.path = "databases.*.snapshot.storage.web_identity_token_file",
     .type = Type::text,
     .help = "file with the signed token (OIDC) that proves the right to the role",
     .example = "/var/run/secrets/eks.amazonaws.com/serviceaccount/token",
     .more = "It is read again each time.",
     .stands_in = "AWS_WEB_IDENTITY_TOKEN_FILE"},
    {.path = "databases.*.snapshot.storage.role_session_name",
     .type = Type::text,
     .help = "name under which the store's log shows what was done with the role",
     .default_value = "tidegate",
     .example = "tidegate-production",
     .stands_in = "AWS_ROLE_SESSION_NAME"},
    {.path = "databases.*.snapshot.storage.sts_endpoint",
     .type = Type::text,
     .help = "where the token service (STS) is that gives keys for the role",
     .example = "https://sts.example.org",
     .more = "Default: Amazon's of the region.",
     .stands_in = "AWS_ENDPOINT_URL_STS"},
    {.path = "databases.*.snapshot.storage.profile",
     .type = Type::text,
     .help = "profile of the credentials file whose keys are used",
     .example = "backup",
     .more = "Default: `default`, where `credentials_file` is given.",
     .stands_in = "AWS_PROFILE"},
    {.path = "databases.*.snapshot.storage.credentials_file",
     .type = Type::text,
     .help = "credentials file that Amazon's tools share",
     .example = "/etc/tidegate/credentials",
     .more = "Default: `~/.aws/credentials`, where `profile` is given.",
     .stands_in = "AWS_SHARED_CREDENTIALS_FILE"},
    {.path = "databases.*.snapshot.storage.credentials_uri",
     .type = Type::text,
     .help = "address of the agent that gives this container its keys",
     .example = "http://169.254.170.23/v1/credentials",
     .more = "EKS Pod Identity and ECS set the variable (ECS: "
             "`AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`).",
     .stands_in = "AWS_CONTAINER_CREDENTIALS_FULL_URI"},
    {.path = "databases.*.snapshot.storage.credentials_token_file",
     .type = Type::text,
     .help = "file with the token that this agent asks for",
     .example = "/var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token",
     .more = "It is read again each time.",
     .stands_in = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"},
});
static_assert(all_differ(k_storage_options));

}  // namespace

std::span<const Option> storage_options() { return k_storage_options; }

}  // namespace tidegate::config
