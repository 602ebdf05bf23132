#pragma once

/// The one table of the server's error codes (src/mongo/base/error_codes.yml, and the numbers of
/// single assertions in its sources): kind of failure, whether another try can help, whether
/// anything was written, and what to do.

#include <string_view>

#include "base/error.hpp"

namespace tidegate::engine::mongodb {

enum class Retry { may_help, in_vain };

/// The meaning of a code for the command that it answers.
enum class CodeMeaning {
  other,
  transient,    ///< network, change of primary, shutdown: may succeed a moment later
  unsupported,  ///< the server knows no such command, stage or option, and never will
  malformed,    ///< the server does not understand how it was asked
};

/// Whether a write that was answered so may have been carried out.
enum class Written { unknown, nothing };

/// `hint` may be empty, where the message says enough.
struct ServerCode {
  int code;
  std::string_view name;
  ErrorKind kind;
  Retry retry;
  CodeMeaning meaning;
  Written written;
  std::string_view hint;
};

/// The row of a code; for one that is not in the table the row of all others: `remote`, another try
/// may help, and it is not known what was written.
const ServerCode& look_up(int code);

}  // namespace tidegate::engine::mongodb
