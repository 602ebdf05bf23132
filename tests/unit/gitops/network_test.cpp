#include "gitops/network.hpp"

#include <gtest/gtest.h>

#include "gitops/render.hpp"

namespace tidegate::gitops {
namespace {

RenderPlan plan(EngineKind engine, const std::vector<std::pair<std::string, std::string>>& values) {
  Topology topology{DatabaseName("app"), DatabaseName("app_snapshot"), {}, {}, {}, {}};
  RenderPlan plan{.name = "app", .engine = engine, .topology = std::move(topology)};
  for (const auto& [path, text] : values) plan.written.push_back({"databases.app." + path, {text}});
  plan.producer.schedule = "0 3 * * *";
  plan.producer.secret = "producer";
  return plan;
}

/// `27015-27017 443`: the ports of each rule but the first, which is that of names.
std::string reached(const RenderPlan& plan, Web web = Web::left_out) {
  const auto policy = network_policy(plan, {"a", "b", "producer"}, {"production"}, web);
  std::string text;
  for (const auto& rule : policy.at("spec").at("egress")) {
    if (rule.at("ports").front().at("port") == 53) continue;
    for (const auto& port : rule.at("ports")) {
      text += (text.empty() ? "" : " ") + port.at("port").dump();
      if (port.contains("endPort")) text += "-" + port.at("endPort").dump();
    }
  }
  return text;
}

std::string reached(EngineKind engine, const std::string& uri) {
  return reached(plan(engine, {{"production.uri", uri}}));
}

TEST(NetworkPolicy, ReachesThePortsThatAnAddressNames) {
  constexpr auto k_sql = EngineKind::postgresql, k_mongo = EngineKind::mongodb;
  EXPECT_EQ(reached(k_sql, "postgresql://u@db:6432/app"), "6432");
  EXPECT_EQ(reached(k_sql, "postgresql://u@[::1]:6432/app"), "6432");
  EXPECT_EQ(reached(k_sql, "host=db port=6433 user=u"), "6433");
  EXPECT_EQ(reached(k_sql, "postgresql://db/app?sslmode=require&port=6434"), "6434");
  EXPECT_EQ(reached(k_mongo, "mongodb://u:${PW}@a:28001,b:28002/?tls=true"), "28001 28002");
  EXPECT_EQ(reached(k_mongo, "mongodb://a:28001,b"), "27015-27017 28001");
}

TEST(NetworkPolicy, ReachesTheEnginesPortsWhereNoneIsKnown) {
  EXPECT_EQ(reached(EngineKind::postgresql, "${URI}"), "5432");
  EXPECT_EQ(reached(EngineKind::postgresql, "postgresql://u@db:${PORT}/"), "5432");
  EXPECT_EQ(reached(EngineKind::mongodb, "mongodb+srv://cluster0.example.net"), "27015-27017");
  EXPECT_EQ(reached(plan(EngineKind::postgresql, {})), "5432");
}

TEST(NetworkPolicy, ReachesTheWebAndTheObjectStoresOwnPort) {
  const auto stored = [](const std::string& endpoint) {
    return plan(EngineKind::postgresql, {{"snapshot.storage.endpoint", endpoint}});
  };
  EXPECT_EQ(reached(stored("https://minio:9000"), Web::reached), "5432 443 9000");
  EXPECT_EQ(reached(stored("https://s3.example.net"), Web::reached), "5432 443");
  EXPECT_EQ(reached(stored("http://minio"), Web::reached), "5432 80 443");
  EXPECT_EQ(reached(stored("https://minio:9000")), "5432");
  const auto with_role = plan(EngineKind::postgresql,
                              {{"snapshot.storage.sts_endpoint", "https://sts:7443"},
                               {"snapshot.storage.credentials_uri", "http://169.254.170.23/v1"}});
  EXPECT_EQ(reached(with_role, Web::reached), "5432 80 443 7443");
}

TEST(NetworkPolicy, OfAProducerReachesTheWebForArchivesInAnObjectStore) {
  auto stored = plan(EngineKind::postgresql, {{"snapshot.directory", "s3://bucket/app"}});
  const std::string path = "app/producer/networkpolicy.yaml";
  EXPECT_NE(render(stored, {Subject::producer}).at(path).find("port: 443"), std::string::npos);
  stored.producer.directory = "/var/lib/tidegate";
  EXPECT_EQ(render(stored, {Subject::producer}).at(path).find("port: 443"), std::string::npos);
}

}  // namespace
}  // namespace tidegate::gitops
