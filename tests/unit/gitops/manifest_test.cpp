#include "gitops/manifest.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace tidegate::gitops {
namespace {

std::string one(const std::string& text) { return to_yaml(Tree{{"key", text}}); }

TEST(Manifest, QuotesEveryTextThatAReaderCouldTakeForSomethingElse) {
  for (const auto* text : {"no", "007", "1e3", "2026-01-01", "y", "~", "null", "", "a: b # c"}) {
    EXPECT_EQ(one(text), "key: \"" + std::string(text) + "\"\n");
  }
  EXPECT_EQ(one("say \"no\" \\"), "key: \"say \\\"no\\\" \\\\\"\n");
}

TEST(Manifest, LeavesNumbersAndBooleansBare) {
  EXPECT_EQ(to_yaml(Tree{{"limit", 3}, {"enabled", false}, {"none", Tree::object()}}),
            "limit: 3\nenabled: false\nnone: {}\n");
}

TEST(Manifest, QuotesKeysThatAreWordsOfYaml) {
  EXPECT_EQ(to_yaml(Tree{{"on", 1}, {"No", 1}, {"007", 1}, {"a b", 1}, {"argocd.io/hook", 1}}),
            "\"on\": 1\n\"No\": 1\n\"007\": 1\n\"a b\": 1\nargocd.io/hook: 1\n");
}

TEST(Manifest, WritesSeveralLinesAsABlockThatKeepsTheirEnds) {
  EXPECT_EQ(one("a\n b\n"), "key: |\n  a\n   b\n");
  EXPECT_EQ(one("a\n\nb"), "key: |-\n  a\n\n  b\n");
  EXPECT_EQ(one("a\n\n"), "key: |+\n  a\n\n");
}

TEST(Manifest, QuotesLinesThatABlockWouldChange) {
  EXPECT_EQ(one(" a\nb"), "key: \" a\\nb\"\n");
  EXPECT_EQ(one("a \nb"), "key: \"a \\nb\"\n");
  EXPECT_EQ(one("a\r\nb"), "key: \"a\\x0D\\nb\"\n");
  EXPECT_EQ(one("\n"), "key: \"\\n\"\n");
}

TEST(Manifest, KeepsUnicodeAndEscapesWhatBreaksLinesUnseen) {
  EXPECT_EQ(one("日本 😀"), "key: \"日本 😀\"\n");
  EXPECT_EQ(one("a\u2028b\u0085c\uFEFF"), "key: \"a\\u2028b\\x85c\\uFEFF\"\n");
}

TEST(Manifest, RefusesWhatIsNoText) {
  for (const auto& text : {std::string("\xFF"), std::string("\xC0\xAF"),
                           std::string("\xED\xA0\x80"), std::string("a\0b", 3)}) {
    EXPECT_THROW(one(text), Error);
  }
}

TEST(Manifest, NestsListsUnderTheirDash) {
  Tree tree;
  tree["jobs"] = Tree::array({{{"name", "a"}, {"steps", Tree::array({"x", 1})}}, Tree::array({2})});
  EXPECT_EQ(to_yaml(tree),
            "jobs:\n  - name: \"a\"\n    steps:\n      - \"x\"\n      - 1\n  - - 2\n");
}

}  // namespace
}  // namespace tidegate::gitops
