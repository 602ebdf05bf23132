#include "web/health.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace tidegate::web {
namespace {

using Json = nlohmann::ordered_json;

class HealthPages : public testing::Test {
 protected:
  http::Outgoing ask(const std::string& path, const std::string& method = "GET",
                     const std::string& accept = "") {
    http::Incoming request{.method = method, .path = path};
    if (!accept.empty()) request.headers["accept"] = accept;
    return pages(request);
  }

  std::vector<Condition> alive{{"scheduler", true, "runs"}};
  std::vector<Condition> ready{{"atlas: last snapshot", true, "3 h ago"},
                               {"syrf: last snapshot", false, "9 d ago, older than 8 d"}};
  std::vector<Gauge> gauges{
      {"tidegate_failed_tries", "failed tries in a row", {{{{"database", "a \"b\"\n"}}, 3}}},
      {"tidegate_nothing", "unknown", {}}};
  http::Handler pages =
      health_pages({[this] { return alive; }, [this] { return ready; }, [this] { return gauges; }});
};

TEST_F(HealthPages, ReportsWhetherTheProcessWorks) {
  const auto answer = ask("/healthz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "good\n+ scheduler: runs\n");
  EXPECT_EQ(answer.type, "text/plain; charset=utf-8");
  EXPECT_EQ(answer.headers.at("Cache-Control"), "no-store");
}

TEST_F(HealthPages, ServesMetricsForPrometheus) {
  const auto answer = ask("/metrics");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(answer.body,
            "# HELP tidegate_failed_tries failed tries in a row\n"
            "# TYPE tidegate_failed_tries gauge\n"
            "tidegate_failed_tries{database=\"a \\\"b\\\"\\n\"} 3\n");
}

TEST_F(HealthPages, OneBadConditionIsEnoughNotToBeReady) {
  const auto answer = ask("/readyz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body,
            "not good\n"
            "+ atlas: last snapshot: 3 h ago\n"
            "- syrf: last snapshot: 9 d ago, older than 8 d\n");
  ready[1].good = true;
  EXPECT_EQ(ask("/readyz").status, 200);
}

TEST_F(HealthPages, IsGoodWithoutConditions) {
  ready.clear();
  EXPECT_EQ(ask("/readyz").status, 200);
}

TEST_F(HealthPages, AnswersInJsonWhereThatIsAccepted) {
  ready[1].says = "not UTF-8: \xff";
  const auto answer = ask("/readyz", "GET", "text/html, application/json;q=0.9");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.type, "application/json");
  const auto document = Json::parse(answer.body);
  EXPECT_EQ(document["good"], false);
  EXPECT_EQ(document["conditions"][0],
            (Json{{"name", "atlas: last snapshot"}, {"good", true}, {"says", "3 h ago"}}));
  EXPECT_EQ(document["conditions"][1]["says"], "not UTF-8: \xef\xbf\xbd");
}

TEST_F(HealthPages, RefusesOtherPagesAndMethods) {
  EXPECT_EQ(ask("/").status, 404);
  EXPECT_EQ(ask("/healthz/").status, 404);
  EXPECT_EQ(ask("/x", "POST").status, 404);
  EXPECT_EQ(ask("/healthz", "HEAD").status, 200);
  for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
    const auto answer = ask("/readyz", method);
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_EQ(answer.headers.at("Allow"), "GET, HEAD");
  }
}

}  // namespace
}  // namespace tidegate::web
