#include "gitops/access.hpp"

#include <fmt/format.h>

#include <set>

#include "base/error.hpp"
#include "base/secret.hpp"

namespace tidegate::gitops {
namespace {

Tree store_of(const RenderPlan& plan) {
  return {{"name", plan.store.store}, {"kind", plan.store.store_kind}};
}

Tree from_store(std::string_view key, const std::string& remote, std::string_view property) {
  return {{"secretKey", key}, {"remoteRef", {{"key", remote}, {"property", property}}}};
}

/// Without it Atlas's operator does not look at a Secret.
Tree atlas_label() { return {{"atlas.mongodb.com/type", "credentials"}}; }

/// The operator of External Secrets fills in the password: its template language is Go's, with
/// sprig's functions. `urlquery` writes a space as `+`, which a connection string takes for a plus.
constexpr std::string_view k_password = R"({{ .password | urlquery | replace "+" "%20" }})";

std::string connection_string(const RenderPlan& plan, const Placeholders& values) {
  const auto user = percent_encode(expanded(plan.previews.user, values));
  const auto host = expanded(plan.previews.host, values);
  if (plan.engine == EngineKind::mongodb) {
    return fmt::format("mongodb+srv://{}:{}@{}/?authSource=admin", user, k_password, host);
  }
  return fmt::format("postgresql://{}:{}@{}/postgres", user, k_password, host);
}

std::set<std::string> keys_of(const JobAccess& access, const std::string& secret) {
  std::set<std::string> keys;
  for (const auto& variable : access.variables) {
    if (variable.secret == secret) keys.insert(variable.key);
  }
  for (const auto& file : access.files) {
    if (file.secret == secret) keys.insert(file.key);
  }
  return keys;
}

void require_host(const RenderPlan& plan) {
  if (!plan.previews.host.empty()) return;
  throw Error(
      ErrorKind::config,
      fmt::format("the server of the previews of '{}' is not configured, and their connection "
                  "string needs it",
                  plan.name),
      "set 'render.previews.host: cluster0.example.net', or let another tool make the Secret: "
      "'render.secrets.kind: existing'");
}

}  // namespace

std::vector<AtlasRole> preview_roles(const RenderPlan& plan, const PreviewIntent& intent) {
  const auto own = plan.topology.previews->name_of(intent.number).text();
  std::vector<AtlasRole> roles{{"readWrite", own}, {"dbAdmin", own}};
  if (intent.snapshot && plan.topology.snapshot) {
    roles.push_back({"read", plan.topology.snapshot->text()});
  }
  return roles;
}

Tree atlas_user(const RenderPlan& plan, const ObjectPlace& placed, const Hook& hook,
                const std::string& username, const std::string& secret,
                const std::vector<AtlasRole>& roles, Afterwards afterwards) {
  auto user = object(plan, "atlas.mongodb.com/v1", "AtlasDatabaseUser", placed, hook);
  user["metadata"]["annotations"]["mongodb.com/atlas-resource-policy"] =
      afterwards == Afterwards::deleted ? "delete" : "keep";
  auto& spec = user["spec"];
  spec["projectRef"]["name"] = plan.atlas.project;
  if (!plan.atlas.project_space.empty()) spec["projectRef"]["namespace"] = plan.atlas.project_space;
  spec["username"] = username;
  spec["databaseName"] = "admin";
  spec["passwordSecretRef"]["name"] = secret;
  spec["roles"] = Tree::array();
  for (const auto& role : roles) {
    spec["roles"].push_back({{"roleName", role.role}, {"databaseName", role.database}});
  }
  return user;
}

Tree external_credentials(const RenderPlan& plan, const ObjectPlace& placed,
                          const JobAccess& access, AtlasUser user) {
  auto secret = object(plan, "external-secrets.io/v1", "ExternalSecret", placed);
  auto& spec = secret["spec"];
  spec["refreshInterval"] = plan.store.refresh;
  spec["secretStoreRef"] = store_of(plan);
  spec["target"] = {{"name", placed.name}, {"creationPolicy", "Owner"}};
  auto keys = keys_of(access, placed.name);
  if (user == AtlasUser::there && plan.engine == EngineKind::mongodb) {
    spec["target"]["template"]["metadata"]["labels"] = atlas_label();
    keys.insert("password");
  }
  spec["data"] = Tree::array();
  for (const auto& key : keys) {
    spec["data"].push_back(from_store(key, placed.name, key));
  }
  return secret;
}

Tree preview_credentials(const RenderPlan& plan, const ObjectPlace& placed, const Hook& hook,
                         const PreviewIntent& intent) {
  require_host(plan);
  const auto values = placeholders(plan, intent);
  auto secret = object(plan, "external-secrets.io/v1", "ExternalSecret", placed, hook);
  auto& spec = secret["spec"];
  if (plan.store.password_generator.empty()) {
    spec["refreshInterval"] = plan.store.refresh;
    spec["secretStoreRef"] = store_of(plan);
    spec["data"] =
        Tree::array({from_store("password", expanded(plan.previews.password, values), "password")});
  } else {
    // Once: another password with every refresh would lock the application out.
    spec["refreshPolicy"] = "CreatedOnce";
    Tree source;
    source["sourceRef"]["generatorRef"] = {
        {"apiVersion", "generators.external-secrets.io/v1alpha1"},
        {"kind", "ClusterGenerator"},
        {"name", plan.store.password_generator}};
    spec["dataFrom"] = Tree::array({source});
  }
  spec["target"] = {{"name", placed.name}, {"creationPolicy", "Owner"}};
  auto& made = spec["target"]["template"];
  made["engineVersion"] = "v2";
  if (plan.engine == EngineKind::mongodb) {
    made["metadata"]["labels"] = atlas_label();
  }
  made["data"] = {{"username", expanded(plan.previews.user, values)},
                  {"password", "{{ .password }}"},
                  {"connectionString", connection_string(plan, values)}};
  return secret;
}

}  // namespace tidegate::gitops
