#pragma once

/// The configuration of the GitOps repository and of commits to it. Resolved and typed; built by
/// config.

#include <string>

#include "base/secret.hpp"

namespace tidegate {

struct GitopsPlan {
  std::string repository;  ///< `https://…`, `ssh://…` or `git@host:path`; never with a password
  std::string branch = "main";
  std::string folder = "previews/pr-{number}";  ///< of one pull request's files
  /// Over HTTPS: the token, and the name that the host wants beside it.
  std::string username = "x-access-token";
  Secret token{};
  /// Over SSH: the files with the private key and with the host's keys; empty: ssh's own.
  std::string ssh_key_file{}, known_hosts_file{};
  std::string author_name = "tidegate";
  std::string author_email = "tidegate@users.noreply.invalid";
  /// Mustache: `number`, `action` (`fill`, `reset`, `remove`, …), `commit`, `reason`.
  std::string message{};
  std::string origin{};  ///< which configuration key it came from, for messages
};

}  // namespace tidegate
