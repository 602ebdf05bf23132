#include "gitops/address.hpp"

#include <fmt/format.h>

#include <regex>
#include <string>

#include "base/error.hpp"

namespace tidegate::gitops {
namespace {

// No part of an address may begin with a dash: ssh and git would take it for an option.
const std::regex& accepted() {
  static const std::regex form(
      R"((https://([A-Za-z0-9._~%][^@/:\s]*@)?[A-Za-z0-9\[][^/@\s]*/\S+))"
      R"(|(http://(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?/\S+))"
      R"(|(ssh://([A-Za-z0-9._][^@/:\s]*@)?[A-Za-z0-9\[][^/@\s]*/\S+))"
      R"(|([A-Za-z0-9._][A-Za-z0-9._-]*@[A-Za-z0-9\[][^/@\s]*:[^-\s]\S*))");
  return form;
}

}  // namespace

void check_address(std::string_view address) {
  constexpr auto k_hint =
      "use https://host/owner/repository.git, ssh://git@host/owner/repository.git or "
      "git@host:owner/repository.git; give a token as 'gitops.token'";
  static const std::regex with_password(R"(^[a-z+]+://[^/@\s]*:[^/@\s]*@)");
  const std::string text(address);
  if (std::regex_search(text, with_password)) {
    throw Error(ErrorKind::config, "the address of the GitOps repository has a password in it",
                k_hint);
  }
  if (std::regex_match(text, accepted())) return;
  throw Error(ErrorKind::config,
              fmt::format("'{}' is no address of a GitOps repository that can be used", text),
              k_hint);
}

}  // namespace tidegate::gitops
