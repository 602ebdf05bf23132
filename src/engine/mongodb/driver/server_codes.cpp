#include "engine/mongodb/driver/server_codes.hpp"

#include <algorithm>
#include <array>

namespace tidegate::engine::mongodb {
namespace {

using enum ErrorKind;
using enum Retry;
using enum CodeMeaning;
using enum Written;

constexpr std::string_view k_definition_hint =
    "the server refuses this definition wherever it comes from: change it in production, or leave "
    "the collection out with 'snapshot.exclude'";
constexpr std::string_view k_data_hint =
    "the server refuses this document wherever it comes from: change it in production, or leave "
    "the collection out with 'snapshot.exclude'";
constexpr std::string_view k_version_hint =
    "the guide lists what tidegate needs of a server (docs/guide/how-it-works.md)";
constexpr std::string_view k_space_hint = "free space on the server, then run the command again";
constexpr std::string_view k_case_hint =
    "choose a name that differs in more than the case of its letters, or drop the other database";

/// By code.
constexpr std::array<ServerCode, 60> k_codes{{
    {2, "BadValue", remote, in_vain, malformed, nothing, ""},
    {5, "GraphContainsCycle", remote, in_vain, other, nothing, k_definition_hint},
    {6, "HostUnreachable", unreachable, may_help, transient, unknown, ""},
    {7, "HostNotFound", unreachable, may_help, transient, unknown, ""},
    {9, "FailedToParse", remote, in_vain, malformed, nothing, ""},
    {13, "Unauthorized", permission, in_vain, other, nothing, ""},
    {14, "TypeMismatch", remote, in_vain, malformed, nothing, ""},
    {18, "AuthenticationFailed", permission, in_vain, other, nothing, ""},
    {20, "IllegalOperation", remote, in_vain, other, nothing, ""},
    {22, "InvalidBSON", remote, in_vain, other, nothing, k_data_hint},
    {24, "LockTimeout", unreachable, may_help, transient, unknown, ""},
    {46, "LockBusy", unreachable, may_help, transient, unknown, ""},
    {50, "MaxTimeMSExpired", timeout, may_help, other, unknown, ""},
    {59, "CommandNotFound", remote, in_vain, unsupported, nothing, k_version_hint},
    {64, "WriteConcernFailed", unreachable, may_help, transient, unknown, ""},
    {67, "CannotCreateIndex", remote, in_vain, other, nothing, k_definition_hint},
    {72, "InvalidOptions", remote, in_vain, malformed, nothing, ""},
    {73, "InvalidNamespace", remote, in_vain, other, nothing, ""},
    {85, "IndexOptionsConflict", remote, in_vain, other, nothing, k_definition_hint},
    {86, "IndexKeySpecsConflict", remote, in_vain, other, nothing, k_definition_hint},
    {89, "NetworkTimeout", unreachable, may_help, transient, unknown, ""},
    {91, "ShutdownInProgress", unreachable, may_help, transient, unknown, ""},
    {112, "WriteConflict", unreachable, may_help, transient, unknown, ""},
    {115, "CommandNotSupported", remote, in_vain, unsupported, unknown, k_version_hint},
    {117, "ConflictingOperationInProgress", unreachable, may_help, transient, unknown, ""},
    {121, "DocumentValidationFailure", remote, in_vain, other, nothing, k_data_hint},
    {134, "ReadConcernMajorityNotAvailableYet", unreachable, may_help, transient, unknown, ""},
    {165, "ViewDepthLimitExceeded", remote, in_vain, other, nothing, k_definition_hint},
    {167, "OptionNotSupportedOnView", remote, in_vain, other, nothing, k_definition_hint},
    {168, "InvalidPipelineOperator", remote, in_vain, other, nothing, k_definition_hint},
    {171, "CannotIndexParallelArrays", remote, in_vain, other, unknown, k_definition_hint},
    {189, "PrimarySteppedDown", unreachable, may_help, transient, unknown, ""},
    {197, "InvalidIndexSpecificationOption", remote, in_vain, other, nothing, k_definition_hint},
    {202, "NetworkInterfaceExceededTimeLimit", unreachable, may_help, transient, unknown, ""},
    {238, "NotImplemented", remote, in_vain, unsupported, unknown, k_version_hint},
    {262, "ExceededTimeLimit", unreachable, may_help, transient, unknown, ""},
    // Of Amazon DocumentDB: a feature, and a stage, that it does not have.
    {303, "FeatureNotSupported", remote, in_vain, unsupported, unknown, k_version_hint},
    {304, "StageNotSupported", remote, in_vain, unsupported, unknown, k_version_hint},
    {365, "TemporarilyUnavailable", unreachable, may_help, transient, unknown, ""},
    {462, "IngressRequestRateLimitExceeded", unreachable, may_help, transient, unknown, ""},
    {9001, "SocketException", unreachable, may_help, transient, unknown, ""},
    {10107, "NotWritablePrimary", unreachable, may_help, transient, unknown, ""},
    {10334, "BSONObjectTooLarge", remote, in_vain, other, nothing, k_data_hint},
    {11600, "InterruptedAtShutdown", unreachable, may_help, transient, unknown, ""},
    {11602, "InterruptedDueToReplStateChange", unreachable, may_help, transient, unknown, ""},
    {13297, "DatabaseDifferCase", refused, in_vain, other, nothing, k_case_hint},
    {13435, "NotPrimaryNoSecondaryOk", unreachable, may_help, transient, unknown, ""},
    {13436, "NotPrimaryOrSecondary", unreachable, may_help, transient, unknown, ""},
    {14031, "OutOfDiskSpace", no_space, may_help, other, nothing, k_space_hint},
    {16755, "no geometry", remote, in_vain, other, unknown, k_definition_hint},
    {16990, "$out that takes no database", remote, in_vain, unsupported, unknown, k_version_hint},
    {17152, "$out onto a capped collection", remote, in_vain, other, nothing, ""},
    // An update whose result is too large.
    {17419, "document too large", remote, in_vain, other, nothing, k_data_hint},
    {17420, "document too large", remote, in_vain, other, nothing, k_data_hint},
    {28769, "$out onto a sharded collection", remote, in_vain, other, nothing, ""},
    {31264, "$function without scripting", remote, in_vain, other, nothing, k_definition_hint},
    {40324, "unknown stage", remote, in_vain, unsupported, unknown, k_version_hint},
    {40415, "unknown field", remote, in_vain, malformed, nothing, k_version_hint},
    {51132, "$merge by a field that is missing", remote, in_vain, other, unknown, k_data_hint},
    {51185, "$merge by a field that is an array", remote, in_vain, other, unknown, k_data_hint},
}};

static_assert(std::is_sorted(k_codes.begin(), k_codes.end(),
                             [](const auto& a, const auto& b) { return a.code <= b.code; }),
              "each code once, in order");

constexpr ServerCode k_any_other{0, "any other", remote, may_help, other, unknown, ""};

}  // namespace

const ServerCode& look_up(int code) {
  const auto* const row =
      std::lower_bound(k_codes.begin(), k_codes.end(), code,
                       [](const ServerCode& each, int wanted) { return each.code < wanted; });
  return row != k_codes.end() && row->code == code ? *row : k_any_other;
}

}  // namespace tidegate::engine::mongodb
