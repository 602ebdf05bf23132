#pragma once

/// Texts that identify a program's error. pg_dump and pg_restore print no SQLSTATE.

#include <array>
#include <string_view>

#include "base/error.hpp"

namespace tidegate::engine::postgresql {

/// A text of a program, or of the server in English, and the SQLSTATE that it stands for.
struct Sign {
  std::string_view words;
  ErrorKind kind;
  std::string_view state = {};
};

// The first match decides: `could not write …: No space left on device` comes before others.
inline constexpr auto k_signs = std::to_array<Sign>({
    {"No space left on device", ErrorKind::no_space},
    {"Disk quota exceeded", ErrorKind::no_space},
    {"File too large", ErrorKind::no_space},
    // For files on this machine; the server says "permission denied".
    {"Permission denied", ErrorKind::permission},
    {"Read-only file system", ErrorKind::permission},
    {"server version mismatch", ErrorKind::config},
    {"unsupported version (", ErrorKind::config},
    {"does not appear to be a valid archive", ErrorKind::verification},
    {"could not read from input file", ErrorKind::verification},
    {"unexpected end of file", ErrorKind::verification},
    {"possibly corrupt archive", ErrorKind::verification},
    {"found unexpected block ID", ErrorKind::verification},
    {"could not uncompress data", ErrorKind::verification},
    {"could not decompress data", ErrorKind::verification},
    {"entry ID", ErrorKind::verification},
    {"unrecognized data block type", ErrorKind::verification},
    {"unexpected data offset flag", ErrorKind::verification},
    {"did not find magic string", ErrorKind::verification},
    {"password authentication failed", ErrorKind::permission, "28P01"},
    {"authentication failed", ErrorKind::permission, "28000"},
    {"no password supplied", ErrorKind::permission, "28P01"},
    {"no pg_hba.conf entry", ErrorKind::permission, "28000"},
    {"is not permitted to log in", ErrorKind::permission, "28000"},
    {"too many clients already", ErrorKind::unreachable, "53300"},
    {"too many connections for", ErrorKind::unreachable, "53300"},
    {"remaining connection slots are reserved", ErrorKind::unreachable, "53300"},
    {"violates foreign key constraint", ErrorKind::remote, "23503"},
    {"violates check constraint", ErrorKind::remote, "23514"},
    {"is violated by some row", ErrorKind::remote, "23514"},
    {"no partition of relation", ErrorKind::remote, "23514"},
    {"violates not-null constraint", ErrorKind::remote, "23502"},
    {"contains null values", ErrorKind::remote, "23502"},
    {"could not create unique index", ErrorKind::remote, "23505"},
    {"violates unique constraint", ErrorKind::remote, "23505"},
    {"could not create exclusion constraint", ErrorKind::remote, "23P01"},
    {"violates exclusion constraint", ErrorKind::remote, "23P01"},
    {"in a read-only transaction", ErrorKind::remote, "25006"},
    {"could not open extension control file", ErrorKind::remote, "58P01"},
    {"\" is not available", ErrorKind::remote, "0A000"},
    {"has no installation script nor update path", ErrorKind::remote, "22023"},
    {"REFRESH COLLATION VERSION", ErrorKind::remote, "XX000"},
    {"deadlock detected", ErrorKind::remote, "40P01"},
    {"could not serialize access", ErrorKind::remote, "40001"},
    {"out of memory", ErrorKind::remote, "53200"},
    {"out of shared memory", ErrorKind::remote, "53200"},
    {"temporary file size exceeds", ErrorKind::remote, "53400"},
    {"exceeds btree version", ErrorKind::remote, "54000"},
    {"exceeds maximum", ErrorKind::remote, "54000"},
    {"invalid page in block", ErrorKind::remote, "XX001"},
    {"could not read block", ErrorKind::remote, "XX001"},
    {"missing chunk number", ErrorKind::remote, "XX001"},
    {"unexpected chunk number", ErrorKind::remote, "XX001"},
    {"data is corrupt", ErrorKind::remote, "XX001"},
    {"contains corrupted page", ErrorKind::remote, "XX002"},
    {"permission denied", ErrorKind::permission, "42501"},
    {"must be owner of", ErrorKind::permission, "42501"},
    {"must be superuser", ErrorKind::permission, "42501"},
    {"must be member of role", ErrorKind::permission, "42501"},
    {"must be able to SET ROLE", ErrorKind::permission, "42501"},
    {"would be affected by row-level security", ErrorKind::permission, "42501"},
    {"violates row-level security", ErrorKind::permission, "42501"},
    {"invalid input syntax", ErrorKind::remote, "22P02"},
    {"invalid byte sequence", ErrorKind::remote, "22021"},
    {"has no equivalent in encoding", ErrorKind::remote, "22P05"},
    {"value too long", ErrorKind::remote, "22001"},
    {"out of range", ErrorKind::remote, "22003"},
    {"division by zero", ErrorKind::remote, "22012"},
    {"syntax error at", ErrorKind::remote, "42601"},
    {"unrecognized configuration parameter", ErrorKind::remote, "42704"},
    {"already exists", ErrorKind::remote, "42710"},
    {"terminating connection", ErrorKind::unreachable, "57P01"},
    {"the database system is", ErrorKind::unreachable, "57P03"},
    {"connection to server", ErrorKind::unreachable},
    {"could not connect", ErrorKind::unreachable},
    {"server closed the connection", ErrorKind::unreachable},
    {"connection has been closed", ErrorKind::unreachable},
    {"could not receive data from server", ErrorKind::unreachable},
    {"could not send data to server", ErrorKind::unreachable},
    {"no connection to the server", ErrorKind::unreachable},
    {"lost synchronization with server", ErrorKind::unreachable},
    {"does not exist", ErrorKind::remote, "42P01"},
});

}  // namespace tidegate::engine::postgresql
