#include "web/health.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace tidegate::web {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr auto k_metrics_type = "text/plain; version=0.0.4; charset=utf-8";

std::string as_json(const std::vector<Condition>& conditions, bool good) {
  OrderedJson list = OrderedJson::array();
  for (const auto& condition : conditions) {
    list.push_back({{"name", condition.name}, {"good", condition.good}, {"says", condition.says}});
  }
  const OrderedJson document = {{"good", good}, {"conditions", std::move(list)}};
  return document.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

std::string as_text(const std::vector<Condition>& conditions, bool good) {
  std::string text = good ? "good\n" : "not good\n";
  for (const auto& condition : conditions) {
    text += fmt::format("{} {}: {}\n", condition.good ? "+" : "-", condition.name, condition.says);
  }
  return text;
}

bool wants_json(const http::Incoming& request) {
  const auto accept = request.headers.find("accept");
  return accept != request.headers.end() &&
         accept->second.find("application/json") != std::string::npos;
}

http::Outgoing page(const http::Incoming& request, const std::vector<Condition>& conditions) {
  const bool good = std::all_of(conditions.begin(), conditions.end(),
                                [](const Condition& condition) { return condition.good; });
  http::Outgoing answer;
  answer.status = good ? 200 : 503;
  answer.headers = {{"Cache-Control", "no-store"}, {"Vary", "Accept"}};
  if (wants_json(request)) {
    answer.type = "application/json";
    answer.body = as_json(conditions, good);
  } else {
    answer.body = as_text(conditions, good);
  }
  return answer;
}

}  // namespace

http::Handler health_pages(Health health) {
  return [health = std::move(health)](const http::Incoming& request) -> http::Outgoing {
    const bool alive = request.path == "/healthz", metrics = request.path == "/metrics";
    if (!alive && !metrics && request.path != "/readyz") {
      return {.status = 404, .body = "there is no such page: /healthz, /readyz and /metrics\n"};
    }
    if (request.method != "GET" && request.method != "HEAD") {
      return {.status = 405, .body = "only GET and HEAD\n", .headers = {{"Allow", "GET, HEAD"}}};
    }
    if (metrics) return {.type = k_metrics_type, .body = metrics_text(health.metrics())};
    return page(request, alive ? health.alive() : health.ready());
  };
}

}  // namespace tidegate::web
