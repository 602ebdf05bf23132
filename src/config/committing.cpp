#include <fmt/format.h>

#include "config/config.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

/// `user:password@` between the scheme and the host.
bool has_password(std::string_view address) {
  const auto begin = address.find("://");
  if (begin == std::string_view::npos) return false;
  const auto rest = address.substr(begin + 3);
  const auto user = rest.substr(0, rest.find('/'));
  const auto at = user.rfind('@');
  return at != std::string_view::npos && user.substr(0, at).find(':') != std::string_view::npos;
}

Resolved folder_in(const Resolver& resolver) {
  auto folder = resolver.required("gitops.folder");
  if (folder.text.find(k_number) != std::string::npos) return folder;
  throw Error(ErrorKind::config,
              fmt::format("{}: '{}' has no {} in it", folder.place(), folder.text, k_number),
              "each pull request has a folder of its own, such as previews/pr-{number}");
}

}  // namespace

std::optional<GitopsPlan> Config::gitops() const {
  const Resolver resolver(parts_);
  const auto text = [&](std::string_view key) {
    const auto value = resolver.get(fmt::format("gitops.{}", key));
    return value ? value->text : std::string();
  };
  const auto repository = resolver.get("gitops.repository");
  if (!repository) return std::nullopt;
  if (has_password(repository->text)) {
    throw Error(ErrorKind::config, fmt::format("{}: has a password in it", repository->place()),
                "a token belongs into 'gitops.token'");
  }
  GitopsPlan plan;
  plan.repository = repository->text;
  plan.branch = text("branch");
  plan.folder = folder_in(resolver).text;
  plan.username = text("username");
  plan.token = Secret(text("token"));
  redactor_->learn(plan.token);
  plan.ssh_key_file = text("ssh_key_file");
  plan.known_hosts_file = text("known_hosts_file");
  plan.author_name = text("author_name");
  plan.author_email = text("author_email");
  plan.message = text("message");
  plan.origin = repository->key;
  return plan;
}

}  // namespace tidegate::config
