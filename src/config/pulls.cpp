#include <fmt/format.h>

#include "base/duration.hpp"
#include "config/check_forge.hpp"
#include "config/config.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

std::string in_previews(std::string_view database, std::string_view key) {
  return fmt::format("databases.{}.previews.{}", database, key);
}

std::string text_of(const Resolver& resolver, const std::string& path) {
  const auto value = resolver.get(path);
  return value ? value->text : std::string();
}

/// Checks a resolved value: the check of the file did not see the values of variables.
template <typename Complaint>
std::string checked(Resolved value, const Complaint& complaint) {
  if (const auto wrong = complaint(value.text)) {
    throw Error(ErrorKind::config, fmt::format("{}: {}", value.place(), *wrong));
  }
  return std::move(value.text);
}

Secret learnt(std::string text, Redactor& redactor) {
  Secret secret(std::move(text));
  redactor.learn(secret);
  return secret;
}

/// A configured app has precedence over a token that only a workflow's variable sets.
bool has_app(const Resolver& resolver) { return resolver.written("github.app.id").has_value(); }

}  // namespace

bool Config::has_forge() const {
  const auto variable = environment_name("github.repository");
  const auto found = parts_.environment.find(variable);
  return parts_.section_lines.contains("github") ||
         (found != parts_.environment.end() && !found->second.empty());
}

ForgePlan Config::forge_plan() const {
  const Resolver resolver(parts_);
  ForgePlan plan;
  plan.repository = checked(resolver.required("github.repository"), repository_complaint);
  plan.api_url = checked(resolver.required("github.api_url"), url_complaint);
  while (plan.api_url.ends_with('/')) plan.api_url.pop_back();
  plan.commit_status = is_on(resolver.required("github.commit_status"));
  plan.deployments = is_on(resolver.required("github.deployments"));
  if (has_app(resolver)) {
    auto key = resolver.required("github.app.private_key");
    plan.origin = key.key;
    plan.app = AppCredential{resolver.required("github.app.id").text,
                             text_of(resolver, "github.app.installation"),
                             learnt(std::move(key.text), *redactor_)};
    return plan;
  }
  auto token = resolver.required("github.token");
  plan.origin = token.where == "GITHUB_TOKEN" ? token.where : token.key;
  plan.token = learnt(std::move(token.text), *redactor_);
  return plan;
}

ValueOrError<ForgePlan> Config::try_forge_plan() const {
  const Resolver resolver(parts_);
  std::vector<const char*> needed{"github.repository", "github.token"};
  if (has_app(resolver)) needed = {"github.repository", "github.app.id", "github.app.private_key"};
  for (const auto* key : needed) {
    if (auto value = resolver.attempt_required(key); !value.value) {
      return {std::nullopt, std::move(value.missing)};
    }
  }
  return {forge_plan(), std::nullopt};
}

std::vector<Secret> Config::webhook_secrets() const {
  std::vector<Secret> secrets;
  auto value = Resolver(parts_).get("github.webhook_secrets");
  if (!value) return secrets;
  for (auto& item : value->items) {
    // With an empty secret anyone could sign a webhook.
    if (item.empty()) {
      throw Error(ErrorKind::config, fmt::format("{}: has an empty secret in it", value->place()),
                  "is its variable empty?");
    }
    secrets.push_back(learnt(std::move(item), *redactor_));
  }
  return secrets;
}

PreviewPages Config::preview_pages() const {
  const Resolver resolver(parts_);
  PreviewPages pages;
  for (const auto& name : parts_.url_names) {
    pages.urls.push_back({name, checked(resolver.required("github.urls." + name), url_complaint)});
  }
  pages.namespace_name = text_of(resolver, "github.namespace");
  pages.templates = text_of(resolver, "github.templates");
  return pages;
}

std::vector<std::string> Config::preview_databases() const {
  std::vector<std::string> names;
  for (const auto& name : parts_.database_names) {
    if (has_previews(name)) names.push_back(name);
  }
  return names;
}

PullPolicy Config::pull_policy() const {
  const Resolver resolver(parts_);
  PullPolicy policy;
  policy.labels = {checked(resolver.required("github.labels.preview"), label_complaint),
                   checked(resolver.required("github.labels.snapshot"), label_complaint),
                   checked(resolver.required("github.labels.lock"), label_complaint)};
  policy.forks = is_on(resolver.required("github.forks"));
  return policy;
}

PullPolicy Config::pull_policy(std::string_view database) const {
  auto policy = pull_policy();
  const auto refresh = Resolver(parts_).required(in_previews(database, "refresh"));
  policy.refresh = refresh.text == "on-label" ? Refresh::on_label : Refresh::on_push;
  policy.seeder = seed_plan(database).by_application() ? Seeder::application : Seeder::tidegate;
  return policy;
}

SeedPlan Config::seed_plan(std::string_view database) const {
  const Resolver resolver(parts_);
  return {text_of(resolver, in_previews(database, "seed.command")),
          text_of(resolver, in_previews(database, "seed.file"))};
}

ValueOrError<SeedPlan> Config::try_seed_plan(std::string_view database) const {
  const Resolver resolver(parts_);
  for (const auto* key : {"seed.command", "seed.file"}) {
    auto found = resolver.attempt(in_previews(database, key));
    if (found.missing) return {std::nullopt, std::move(found.missing)};
  }
  return {seed_plan(database), std::nullopt};
}

std::chrono::milliseconds Config::grace(std::string_view database) const {
  const auto value = Resolver(parts_).required(in_previews(database, "grace"));
  return parse_duration(value.text).value_or(std::chrono::hours(1));
}

TargetSource Config::source(std::string_view database, std::string_view target) const {
  const auto value =
      Resolver(parts_).required(fmt::format("databases.{}.targets.{}.source", database, target));
  return value.text == "seed" ? TargetSource::seed : TargetSource::snapshot;
}

std::chrono::milliseconds Config::reconcile_every() const {
  const auto value = Resolver(parts_).required("server.reconcile");
  return parse_duration(value.text).value_or(std::chrono::minutes(15));
}

std::optional<std::string> Config::queue() const {
  const auto value = Resolver(parts_).get("server.queue");
  if (!value) return std::nullopt;
  return value->text;
}

}  // namespace tidegate::config
