#include <fmt/format.h>

#include "engine/postgresql/copy/inspect.hpp"

namespace tidegate::engine::postgresql {

engine::Capabilities capabilities(Run& run, Server& server) {
  const auto rows = server.ask(
      run, fmt::format("SELECT current_setting('server_version'), pg_is_in_recovery(), {}", k_now));
  engine::Capabilities result;
  result.product = "PostgreSQL";
  const auto version = rows.text(0, 0);  // `15.20 (Debian 15.20-0+deb12u1)`
  result.version = version.substr(0, version.find(' '));
  result.deployment = rows.flag(0, 1) ? "standby" : "primary";
  result.point_in_time = true;
  result.server_checksum = true;
  result.method = "pg_dump";
  result.archive_forms = {ArchiveForm::custom, ArchiveForm::directory};
  result.server_time = rows.time(0, 2);
  return result;
}

}  // namespace tidegate::engine::postgresql
