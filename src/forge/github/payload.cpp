#include "forge/github/payload.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <vector>

namespace tidegate::forge::github {
namespace {

using Json = nlohmann::json;

constexpr std::size_t k_deepest_payload = 64, k_longest_name = 200;

/// The function names are prescribed by the library (nlohmann::json_sax).
class Reader final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return value(); }
  bool boolean(bool) override { return value(); }
  bool number_integer(std::int64_t) override { return value(); }
  bool number_unsigned(std::uint64_t number) override {
    if (is_at("pull_request", "number")) pull_ = PullNumber::parse(std::to_string(number));
    if (is_at("issue", "number")) issue_ = PullNumber::parse(std::to_string(number));
    return value();
  }
  bool number_float(double, const std::string&) override { return value(); }
  bool string(std::string& text) override {
    if (text.size() > k_longest_name) return value();
    if (is_at("repository", "full_name")) repository_ = text;
    if (depth_ == 1 && first_ == "action") action_ = text;
    return value();
  }
  bool binary(Json::binary_t&) override { return false; }

  bool start_object(std::size_t) override {
    // An issue with this field is a pull request.
    if (is_at("issue", "pull_request")) issue_is_pull_ = true;
    return begin();
  }
  bool key(std::string& name) override {
    if (depth_ == 1) first_ = name;
    if (depth_ == 2) second_ = name;
    return true;
  }
  bool end_object() override { return end(); }
  bool start_array(std::size_t) override {
    if (depth_ == 0) return false;
    if (depth_ == 1) first_.clear();
    return begin();
  }
  bool end_array() override { return end(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

  Payload payload() const {
    const auto of_issue = issue_is_pull_ ? issue_ : std::nullopt;
    return {action_, repository_, pull_ ? pull_ : of_issue};
  }

 private:
  bool is_at(std::string_view first, std::string_view second) const {
    return depth_ == 2 && first_ == first && second_ == second;
  }
  bool value() const { return depth_ > 0; }
  bool begin() {
    second_.clear();
    return ++depth_ <= k_deepest_payload;
  }
  bool end() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
  std::string first_, second_;
  std::string action_, repository_;
  std::optional<PullNumber> pull_, issue_;
  bool issue_is_pull_ = false;
};

}  // namespace

std::optional<Payload> read_payload(std::string_view json) {
  Reader reader;
  if (!Json::sax_parse(json, &reader)) return std::nullopt;
  return reader.payload();
}

}  // namespace tidegate::forge::github
