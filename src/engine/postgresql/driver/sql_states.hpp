#pragma once

/// The only table of SQLSTATEs (Appendix A of PostgreSQL's manual): the kind of failure, whether
/// another try can help, and the hint.

#include <array>
#include <string_view>

#include "base/error.hpp"

namespace tidegate::engine::postgresql {

enum class Retry { may_help, in_vain };

/// `prefix`: a code, the two characters of a class, or empty for all others. `hint`: may be empty
/// where kind and message say enough.
struct SqlState {
  std::string_view prefix;
  ErrorKind kind;
  Retry retry;
  std::string_view hint;
};

inline constexpr std::string_view k_grants_hint =
    "'tidegate check' lists every right that is missing, 'tidegate check --grants' prints the "
    "statements that grant them";
inline constexpr std::string_view k_server_down_hint =
    "check that the server runs, then run the command again";
inline constexpr std::string_view k_sign_in_hint =
    "check user name and password, and that the server's pg_hba.conf allows this user from here";
inline constexpr std::string_view k_rows_hint =
    "rows in production violate this constraint, which was not enforced when they were written: "
    "correct them there, drop the constraint or declare it NOT VALID, or leave the table out with "
    "'snapshot.exclude'";
inline constexpr std::string_view k_values_hint =
    "a value or a function of the source makes this statement fail on every server: correct it "
    "in production, or leave the table out with 'snapshot.exclude'";
inline constexpr std::string_view k_extension_hint =
    "install the extension on this server in production's version, or drop it in production";
inline constexpr std::string_view k_definition_hint =
    "the copy lacks what this statement needs: a definition with unqualified names, or an object "
    "that was left out; qualify the names in production, or leave out the objects that use them";
inline constexpr std::string_view k_disk_hint =
    "free space on the server, then run the command again";
inline constexpr std::string_view k_slots_hint =
    "close unused connections, or raise the server's max_connections or the role's "
    "CONNECTION LIMIT";
inline constexpr std::string_view k_read_only_hint =
    "connect to the primary: a standby takes no writes ('target_session_attrs=read-write' in the "
    "connection string selects it among several hosts); elsewhere check "
    "default_transaction_read_only";
inline constexpr std::string_view k_damage_hint =
    "the server found damaged files or data, or cannot read its disk: read its log, check the "
    "database with pg_amcheck, restore it from a backup";
inline constexpr std::string_view k_row_security_hint =
    "BYPASSRLS reads every row: ALTER ROLE … BYPASSRLS by a superuser, from version 16 on also by "
    "a "
    "role that has BYPASSRLS and CREATEROLE; or leave the tables out with 'snapshot.exclude'";
inline constexpr std::string_view k_collation_hint =
    "the operating system's or ICU's collations were updated since that database was made: take a "
    "new snapshot; or, where its indexes have been rebuilt, let its owner run ALTER DATABASE … "
    "REFRESH COLLATION VERSION";
inline constexpr std::string_view k_limit_hint =
    "raise the server's limit that the message names, or leave the table out with "
    "'snapshot.exclude'";

/// The first matching row decides: a code comes before its class.
inline constexpr auto k_sql_states = std::to_array<SqlState>({
    {"08", ErrorKind::unreachable, Retry::may_help, k_server_down_hint},
    {"0A", ErrorKind::remote, Retry::in_vain, ""},
    {"0L", ErrorKind::permission, Retry::in_vain, k_grants_hint},
    {"0P", ErrorKind::permission, Retry::in_vain, k_grants_hint},
    {"22", ErrorKind::remote, Retry::in_vain, k_values_hint},
    {"21", ErrorKind::remote, Retry::in_vain, k_values_hint},
    {"23", ErrorKind::remote, Retry::in_vain, k_rows_hint},
    {"25006", ErrorKind::remote, Retry::in_vain, k_read_only_hint},
    {"25P03", ErrorKind::unreachable, Retry::may_help, k_server_down_hint},
    {"25P04", ErrorKind::timeout, Retry::may_help, ""},
    {"28", ErrorKind::permission, Retry::in_vain, k_sign_in_hint},
    {"2B", ErrorKind::remote, Retry::in_vain, k_definition_hint},
    {"38", ErrorKind::remote, Retry::in_vain, k_values_hint},
    {"39", ErrorKind::remote, Retry::in_vain, k_values_hint},
    {"3D000", ErrorKind::not_found, Retry::in_vain, ""},
    {"3F", ErrorKind::remote, Retry::in_vain, k_definition_hint},
    {"40", ErrorKind::remote, Retry::may_help, ""},
    {"42501", ErrorKind::permission, Retry::in_vain, k_grants_hint},
    {"42P04", ErrorKind::conflict, Retry::may_help, ""},
    // The table was dropped just before it was read.
    {"42P01", ErrorKind::remote, Retry::may_help, k_definition_hint},
    {"42", ErrorKind::remote, Retry::in_vain, k_definition_hint},
    {"44", ErrorKind::remote, Retry::in_vain, k_rows_hint},
    {"53100", ErrorKind::no_space, Retry::in_vain, k_disk_hint},
    {"53300", ErrorKind::unreachable, Retry::may_help, k_slots_hint},
    {"53400", ErrorKind::remote, Retry::in_vain, k_limit_hint},
    {"53", ErrorKind::remote, Retry::may_help, ""},
    {"54", ErrorKind::remote, Retry::in_vain, k_limit_hint},
    {"55006", ErrorKind::conflict, Retry::may_help, ""},
    {"57P04", ErrorKind::not_found, Retry::in_vain, ""},
    {"57P", ErrorKind::unreachable, Retry::may_help, k_server_down_hint},
    {"58", ErrorKind::remote, Retry::in_vain, k_damage_hint},
    {"F0", ErrorKind::remote, Retry::in_vain, ""},
    {"HV", ErrorKind::remote, Retry::in_vain, k_values_hint},
    {"P0", ErrorKind::remote, Retry::in_vain, k_values_hint},
    {"XX001", ErrorKind::remote, Retry::in_vain, k_damage_hint},
    {"XX002", ErrorKind::remote, Retry::in_vain, k_damage_hint},
    {"XX", ErrorKind::remote, Retry::may_help, ""},
    {"", ErrorKind::remote, Retry::may_help, ""},
});

// Every row can match.
static_assert([] {
  for (std::size_t row = 0; row < k_sql_states.size(); ++row) {
    for (std::size_t before = 0; before < row; ++before) {
      if (k_sql_states[row].prefix.starts_with(k_sql_states[before].prefix)) return false;
    }
  }
  return true;
}());

/// Always finds a row: the last one matches everything.
constexpr const SqlState& look_up(std::string_view state) {
  for (const auto& row : k_sql_states) {
    if (state.starts_with(row.prefix)) return row;
  }
  return k_sql_states.back();
}

}  // namespace tidegate::engine::postgresql
