#include "gitops/render.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "gitops/access.hpp"
#include "gitops/subjects.hpp"

namespace tidegate::gitops {
namespace {

Files one(const RenderPlan& plan, Subject subject) {
  switch (subject) {
    case Subject::producer:
      return render_producer(plan);
    case Subject::targets:
      return render_targets(plan);
    case Subject::policies:
      return render_policies(plan);
    case Subject::workflows:
      return render_workflows(plan);
    case Subject::sweep:
      return render_sweep(plan);
    case Subject::alerts:
      return render_alerts(plan);
  }
  return {};
}

}  // namespace

std::string_view to_text(Subject subject) {
  switch (subject) {
    case Subject::producer:
      return "producer";
    case Subject::targets:
      return "targets";
    case Subject::policies:
      return "policies";
    case Subject::workflows:
      return "workflows";
    case Subject::sweep:
      return "sweep";
    case Subject::alerts:
      return "alerts";
  }
  return "producer";
}

void merge(Files& files, const Files& more) {
  for (const auto& [path, text] : more) {
    const auto [at, is_new] = files.emplace(path, text);
    if (is_new || at->second == text) continue;
    throw Error(ErrorKind::config, fmt::format("two different files would be '{}'", path),
                "give each database names of its own below 'render', with {database} in them");
  }
}

Files render(const RenderPlan& plan, const std::vector<Subject>& subjects) {
  Files files;
  for (const auto subject : subjects) merge(files, one(plan, subject));
  return files;
}

std::string atlas_users(const RenderPlan& plan, PullNumber example) {
  const auto& topology = plan.topology;
  std::vector<Tree> users;
  std::vector<AtlasRole> producer{{"read", topology.production.text()}};
  if (topology.snapshot) {
    producer.push_back({"readWrite", topology.snapshot->text()});
    producer.push_back({"dbAdmin", topology.snapshot->text()});
  }
  users.push_back(atlas_user(plan, {plan.producer.name, plan.producer.space, "producer"}, {},
                             plan.producer.name, plan.producer.secret, producer,
                             Afterwards::deleted));
  if (topology.previews) {
    const PreviewIntent intent{.number = example, .access = true, .snapshot = true};
    const auto values = placeholders(plan, intent);
    const auto name = expanded(plan.previews.user, values);
    users.push_back(atlas_user(plan, {name, expanded(plan.previews.space, values), "preview"}, {},
                               name, expanded(plan.previews.secret, values),
                               preview_roles(plan, intent), Afterwards::deleted));
  }
  for (const auto& target : plan.targets) {
    const Placeholders values{.database = plan.name, .target = target.name};
    std::vector<AtlasRole> roles{{"readWrite", target.database}, {"dbAdmin", target.database}};
    if (topology.snapshot) roles.push_back({"read", topology.snapshot->text()});
    const auto name = target.name + "-filler";
    users.push_back(atlas_user(plan, {name, expanded(target.space, values), "target"}, {}, name,
                               expanded(target.secret, values), roles, Afterwards::deleted));
  }
  return to_documents(
      fmt::format("Users of '{}' for the operator of MongoDB Atlas: each database is named, since "
                  "MongoDB's grants have no wildcards.",
                  plan.name),
      users);
}

}  // namespace tidegate::gitops
