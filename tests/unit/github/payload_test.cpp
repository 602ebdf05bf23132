#include "forge/github/payload.hpp"

#include <gtest/gtest.h>

namespace tidegate::forge::github {
namespace {

TEST(Payload, NamesRepositoryAndPullRequest) {
  const auto hint = read_payload(
      R"({"number": 9, "action": "labeled", "label": {"name": "a", "pull_request": {"number": 3}},
          "pull_request": {"base": {"repo": {"number": 5, "full_name": "x/y"}}, "number": 42,
                           "labels": [{"number": 6}], "head": {"number": 8}},
          "repository": {"owner": {"full_name": "no"}, "full_name": "o/r"}})");
  ASSERT_TRUE(hint);
  EXPECT_EQ(hint->repository, "o/r");
  EXPECT_EQ(hint->number->value(), 42);
}

TEST(Payload, DistinguishesAnIssueFromAPullRequest) {
  EXPECT_FALSE(read_payload(R"({"issue": {"number": 7}})")->number);
  EXPECT_FALSE(read_payload(R"({"issue": {"number": 7, "pull_request": null}})")->number);
  EXPECT_TRUE(read_payload(R"({"issue": {"number": 7, "pull_request": {"url": ""}}})")->number);
}

TEST(Payload, RefusesAnotherForm) {
  for (const auto* text :
       {R"({"pull_request": [7, {"number": 7}]})", R"({"pull_request": {"number": "7"}})",
        R"({"pull_request": {"number": -7}})", R"({"pull_request": {"number": 7.5}})",
        R"({"pull_request": {"number": 99999999999999999999}})",
        R"({"pull_request": {"number": 0}})", R"({"pull_request": {"x": [{"number": 7}]}})"}) {
    const auto hint = read_payload(text);
    ASSERT_TRUE(hint) << text;
    EXPECT_FALSE(hint->number) << text;
  }
  for (const auto* text : {"", "7", "null", "[]", "{", R"({"a": 1} x)", "\xff", R"({"a": "\xff"})",
                           R"([{"pull_request": {"number": 7}}])"}) {
    EXPECT_FALSE(read_payload(text)) << text;
  }
}

TEST(Payload, RefusesDeepNesting) {
  const std::string deep(1'000'000, '[');
  EXPECT_FALSE(read_payload(R"({"a": )" + deep));
  EXPECT_FALSE(read_payload(R"({"a": )" + std::string(64, '[') + std::string(64, ']') + "}"));
  EXPECT_TRUE(read_payload(R"({"a": )" + std::string(63, '[') + std::string(63, ']') + "}"));
}

TEST(Payload, UsesNoMemoryForItsContent) {
  // As many values as fit into the largest payload that GitHub sends.
  std::string many = R"({"a": [0)";
  while (many.size() < 2UL * 1024 * 1024) many += ",0";
  const auto read = read_payload(many + R"(], "pull_request": {"number": 7}, "action": "opened"})");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->number->value(), 7);
  EXPECT_EQ(read->action, "opened");
}

}  // namespace
}  // namespace tidegate::forge::github
