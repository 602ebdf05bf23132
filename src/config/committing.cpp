#include <fmt/format.h>

#include "config/check_forge.hpp"
#include "config/config.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

Resolved folder_in(const Resolver& resolver) {
  auto folder = resolver.required("gitops.folder");
  const auto wrong = gitops_folder_complaint(folder.text);
  if (!wrong) return folder;
  throw Error(ErrorKind::config, fmt::format("{}: {}", folder.place(), *wrong),
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
  if (const auto wrong = gitops_address_complaint(repository->text)) {
    throw Error(ErrorKind::config, fmt::format("{}: {}", repository->place(), *wrong),
                "give them as 'gitops.username' and 'gitops.token'");
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
