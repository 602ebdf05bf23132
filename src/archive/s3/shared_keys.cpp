/// Keys from the file that Amazon's tools share: `~/.aws/credentials`.

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

#include "archive/s3/keys.hpp"

namespace tidegate::archive::s3 {
namespace {

std::string stripped(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r") - first + 1));
}

using Settings = std::map<std::string, std::string>;

/// The settings of a section `[profile]`; nothing when the file does not have it.
std::optional<Settings> section(std::istream& input, const std::string& profile) {
  std::optional<Settings> found;
  bool inside = false;
  for (std::string line; std::getline(input, line);) {
    const auto text = stripped(line);
    if (text.empty() || text.front() == '#' || text.front() == ';') continue;
    if (text.front() == '[') {
      inside = stripped(std::string_view(text).substr(1, text.find(']') - 1)) == profile;
      if (inside && !found) found.emplace();
      continue;
    }
    const auto equals = text.find('=');
    if (!inside || equals == std::string::npos) continue;
    (*found)[stripped(text.substr(0, equals))] = stripped(text.substr(equals + 1));
  }
  return found;
}

}  // namespace

SigningKeys issue_keys(Run& /*run*/, http::Client& /*client*/, const ObjectStorage& storage,
                       const SharedCredentials& shared) {
  errno = 0;
  std::ifstream input(shared.file);
  if (!input) {
    throw Error(
        ErrorKind::config,
        fmt::format("cannot read the credentials file '{}': {}", shared.file,
                    errno != 0 ? std::strerror(errno) : "it cannot be opened"),
        fmt::format("correct '{}.credentials_file' (AWS_SHARED_CREDENTIALS_FILE)", storage.origin));
  }
  auto settings = section(input, shared.profile);
  if (!settings) {
    throw Error(ErrorKind::config,
                fmt::format("'{}' has no profile '{}'", shared.file, shared.profile),
                fmt::format("correct '{}.profile' (AWS_PROFILE)", storage.origin));
  }
  SigningKeys keys{(*settings)["aws_access_key_id"], Secret((*settings)["aws_secret_access_key"]),
                   Secret((*settings)["aws_session_token"])};
  if (!keys.id.empty() && !keys.key.empty()) return keys;
  throw Error(ErrorKind::config,
              fmt::format("the profile '{}' of '{}' holds no keys", shared.profile, shared.file),
              "write aws_access_key_id and aws_secret_access_key; other ways to get keys (sso, "
              "credential_process, role_arn) are not read from this file");
}

}  // namespace tidegate::archive::s3
