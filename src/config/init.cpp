#include "config/init.hpp"

#include <string_view>

namespace tidegate::config {

namespace {

constexpr std::string_view k_mongodb =
    R"(# tidegate: production -> snapshot -> previews, never back.
#
# Change the names to yours, then:
#   tidegate config check        is this file right?
#   tidegate check --grants      the statements that create exactly the users needed
#   tidegate check               reach, rights, space: what would stop a run
#   tidegate snapshot            take a snapshot
#   tidegate restore pr-1        fill the preview of pull request 1
#
# ${NAME} is taken from the environment when it is needed, not before: a job that only fills previews
# need not know production's connection string. ${NAME:-default} works too, and each `uri` and
# `password` can come from a file instead: `uri_file`, `password_file`.
# Durations: 90s 30m 2h 1d. `tidegate config show` prints what is in force, and where it comes from.

databases:
  app:                                  # the name by which commands speak of it
    engine: mongodb

    production:                         # read, never written
      uri: ${APP_PRODUCER_URI}          # mongodb://... or mongodb+srv://...; used by `snapshot`
      # username: snapshot-producer     # fill in what the connection string lacks
      # password: ${APP_PRODUCER_PASSWORD}
      database: app
      # allow_write_access: true        # accept a user that could write production (default: refuse)

    snapshot:
      database: app_snapshot            # on the same server: the server itself copies
      # include: [users, orders*]       # names or globs; default: all but system and tidegate's own
      # exclude: [tmp_*]
      # directory: /snapshots           # archives, in place of `database`; or s3://bucket/prefix
      # keep: 7                         # how many archives; also keep_daily, keep_weekly, keep_monthly
      schedule: "0 3 * * 0"             # cron, UTC: Sundays at 03:00; for `serve` and rendered jobs
      max_age: 8d                       # older than this is stale
      timeout: 30m                      # of the whole run, retries included
      retries: 2                        # besides the first try
      parallel: 4                       # collections at once
      consistency: prefer               # one moment for all collections: prefer or require
      # schema_version: "42"            # the application's own; recorded with the snapshot

    previews:
      database: app_pr_{number}         # a name must match it exactly, or it is never touched
      uri: ${APP_PREVIEW_URI}           # needs read on the snapshot, write on the preview
      timeout: 15m
      retries: 3
      wait: {tries: 12, every: 30s}     # for a first snapshot

    # targets:                          # databases with a name of their own
    #   staging: {database: app_staging, uri: "${APP_STAGING_URI}"}

    # protected: [app_dev]              # never written, besides production and the server's own

# github:                               # previews by labels of pull requests
#   repository: acme/app
#   token: ${GITHUB_TOKEN}              # or app: {id: 1, private_key_file: app.pem}
#   labels: {preview: preview, snapshot: use-snapshot, lock: persist-db}
#   urls: {web: "https://pr-{number}.example.org"}   # told in the status comment
#   webhook_secrets: ["${WEBHOOK_SECRET}"]           # of the webhooks that `serve` takes

# server: {listen: "127.0.0.1:8080"}    # where `serve` answers health checks
# journal: /var/lib/tidegate/journal.db # a record of every run; without it the record is the log
# log: {level: info, format: text}
)";

constexpr std::string_view k_postgresql =
    R"(# tidegate: production -> snapshot -> previews, never back.
#
# Change the names to yours, then:
#   tidegate config check        is this file right?
#   tidegate check --grants      the statements that create exactly the users needed
#   tidegate check               reach, rights, space: what would stop a run
#   tidegate snapshot            take a snapshot
#   tidegate restore pr-1        fill the preview of pull request 1
#   tidegate serve               take snapshots on their schedule
#
# ${NAME} is taken from the environment when it is needed, not before: a job that only fills previews
# need not know production's connection string. ${NAME:-default} works too, and each `uri` and
# `password` can come from a file instead: `uri_file`, `password_file`.
# Durations: 90s 30m 2h 1d. `tidegate config show` prints what is in force, and where it comes from.

databases:
  app:                                  # the name by which commands speak of it
    engine: postgresql

    production:                         # read, never written
      uri: ${APP_PRODUCER_URI}          # postgresql://...; used by `snapshot`
      # username: snapshot_producer     # fill in what the connection string lacks
      # password: ${APP_PRODUCER_PASSWORD}
      database: app                     # may be left out where the connection string names it
      # allow_write_access: true        # accept a user that could write production (default: refuse)

    snapshot:
      database: app_snapshot            # on the same server: previews are made from it by template
      # include: [users, orders*]       # names or globs; default: all but the server's own
      # exclude: [tmp_*]
      # directory: /snapshots           # archives, in place of `database`; or s3://bucket/prefix
      # keep: 7                         # how many archives; also keep_daily, keep_weekly, keep_monthly
      # compress: auto                  # auto, zstd, gzip or none
      # unsupported: leave_out          # what this user may not make: leave_out or refuse
      # extensions: {leave_out: [pg_cron]}
      # drill: weekly                   # restore the newest archive now and then, to prove it
      schedule: "0 3 * * *"             # cron, UTC: each day at 03:00; for `serve` and rendered jobs
      max_age: 2d                       # older than this is stale
      timeout: 1h                       # of the whole run, retries included
      retries: 2                        # besides the first try
      parallel: 4                       # tables at once
      consistency: prefer               # one moment for all tables: prefer or require
      # schema_version: "42"            # the application's own; recorded with the snapshot

    previews:
      database: app_pr_{number}         # a name must match it exactly, or it is never touched
      uri: ${APP_PREVIEW_URI}           # copies the snapshot: needs CREATEDB
      # owner: app                      # the role that owns what is in a copy
      timeout: 15m
      retries: 3
      wait: {tries: 12, every: 30s}     # for a first snapshot

    # targets:                          # databases with a name of their own
    #   staging: {database: app_staging, uri: "${APP_STAGING_URI}"}

    # protected: [app_dev]              # never written, besides production and the server's own

# github:                               # previews by labels of pull requests
#   repository: acme/app
#   token: ${GITHUB_TOKEN}              # or app: {id: 1, private_key_file: app.pem}
#   labels: {preview: preview, snapshot: use-snapshot, lock: persist-db}
#   urls: {web: "https://pr-{number}.example.org"}   # told in the status comment
#   webhook_secrets: ["${WEBHOOK_SECRET}"]           # of the webhooks that `serve` takes

# server: {listen: "127.0.0.1:8080"}    # where `serve` answers health checks
# journal: /var/lib/tidegate/journal.db # a record of every run; without it the record is the log
# log: {level: info, format: text}
)";

}  // namespace

std::string initial_file(EngineKind engine) {
  if (engine == EngineKind::mongodb) return std::string(k_mongodb);
  return std::string(k_postgresql);
}

}  // namespace tidegate::config
