// A refusal of the server that cannot go away ends a run at its first try, and names what was
// refused. The relay gives the refusals that the stand-in does not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>

#include "support/relayed_flow.hpp"

namespace tidegate::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Strings = std::vector<std::string>;

class Refusals : public RelayedFlow {
 protected:
  Refusals() : RelayedFlow("refusals") {}

  static Json row(const Outcome& check, const std::string& name, const std::string& result) {
    const auto found = check.json();
    for (const auto& each : found.at("checks")) {
      if (each.at("name") == name && each.at("result") == result) return each;
    }
    ADD_FAILURE() << "no row " << name << ", " << result << " in " << check;
    return {};
  }
};

TEST_F(Refusals, ForGoodAreMetOnceAndNameTheCollection) {
  constexpr int k_illegal_operation = 20;
  relay_->say_mongod();
  relay_->refuse("$out", k_illegal_operation, 100);
  const auto outcome = flow_->expect(13, {"snapshot"}, environment_);
  EXPECT_THAT(outcome.err, HasSubstr("copying 'pm"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("tried")));
  EXPECT_LE(100 - relay_->refusals_left(), 4) << "one for each collection that was begun";
}

TEST_F(Refusals, OfNamesThatDifferInCaseComeBeforeAnythingIsWritten) {
  auto other = flow_->snapshot();
  std::transform(other.begin(), other.end(), other.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  flow_->admin().insert(other, "x", {{{"_id", 1}}});
  // Of the administrator alone can it be seen; other users are refused by the server.
  flow_->add_to_config("production", "allow_write_access: true");
  const Environment admin = {{"PRODUCER_URI", flow_->server().uri()}};
  const auto check = flow_->expect(4, {"check", "--json"}, admin);
  EXPECT_THAT(row(check, "snapshot", "failed").at("message").get<std::string>(),
              AllOf(HasSubstr("'" + other + "'"), HasSubstr("differs only in case")));
  const auto outcome = flow_->expect(4, {"snapshot"}, admin);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("'" + other + "'"), Not(HasSubstr("tried"))));
  EXPECT_EQ(flow_->admin().collections(flow_->snapshot()), Strings());
  flow_->admin().drop_database(other);
}

TEST_F(Refusals, OfNamesThatDifferInCaseAreMetOnceWhereTheOtherCannotBeSeen) {
  constexpr int k_differs_in_case = 13297;
  relay_->refuse(std::string("findAndModify") + '\0', k_differs_in_case, 100);
  const auto outcome = flow_->expect(4, {"snapshot"}, environment_);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("code 13297"), HasSubstr("case of its letters")));
  EXPECT_EQ(relay_->refusals_left(), 99);
  EXPECT_EQ(flow_->admin().collections(flow_->snapshot()), Strings());
}

TEST_F(Refusals, OfAViewComeBeforeTheCommitPoint) {
  flow_->expect(0, {"snapshot"});
  flow_->expect(0, {"restore", "pr-1"});
  const auto before = fingerprint(flow_->image_of(flow_->preview(1)));
  flow_->admin().command(flow_->production(),
                         {{"create", "computed"},
                          {"viewOn", "pmStudy"},
                          {"pipeline", Json::array({Json{{"$addFields", {{"scripted", 1}}}}})}});
  touch_production(flow_->admin(), flow_->production(), 1);
  flow_->expect(0, {"snapshot"});
  constexpr int k_no_scripting = 31264;
  relay_->refuse("scripted", k_no_scripting, 100);
  const auto outcome = flow_->expect(4, {"restore", "pr-1"}, environment_);
  EXPECT_THAT(outcome.err, AllOf(HasSubstr("the view 'computed'"), Not(HasSubstr("tried"))));
  EXPECT_EQ(relay_->refusals_left(), 99);
  EXPECT_EQ(fingerprint(flow_->image_of(flow_->preview(1))), before);
  EXPECT_EQ(leftovers(flow_->admin(), flow_->preview(1)), Strings());
  EXPECT_EQ(flow_->metadata(flow_->preview(1)).at("status"), "complete");
  flow_->expect(0, {"restore", "pr-1"});
  EXPECT_EQ(differences(flow_->image_of(flow_->production()), flow_->image_of(flow_->preview(1))),
            Strings());
}

}  // namespace
}  // namespace tidegate::test
