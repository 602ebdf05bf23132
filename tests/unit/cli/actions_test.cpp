#include "cli/commands/actions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_world.hpp"

namespace tidegate::test {
namespace {

using cli::annotation;
using cli::number_in_event;
using cli::output_lines;
using testing::HasSubstr;
using testing::Not;

TEST(Actions, TakeThePullRequestsNumberFromTheEvent) {
  const auto number = [](const char* json) { return number_in_event(json, "a/b").value(); };
  EXPECT_EQ(number(R"({"pull_request": {"number": 42}})"), 42);
  EXPECT_EQ(number(R"({"issue": {"number": 7, "pull_request": {}}})"), 7);
  EXPECT_EQ(number(R"({"inputs": {"number": "9"}, "repository": {"full_name": "a/b"}})"), 9);
}

TEST(Actions, RefuseAnEventThatIsNone) {
  const auto kind = [](const std::string& json) {
    return error_of([&] { number_in_event(json, "a/b"); }).kind();
  };
  for (const auto* json :
       {"", "[]", "{", "{}", R"({"issue": {"number": 7}})", R"({"inputs": {"number": "9; drop"}})",
        R"({"pull_request": {"number": -1}})", R"({"pull_request": {"number": 1.5}})",
        R"({"pull_request": {"number": 1}, "repository": {"full_name": "evil/b"}})"}) {
    EXPECT_EQ(kind(json), ErrorKind::usage) << json;
  }
  EXPECT_EQ(kind(std::string(1'000'000, '[')), ErrorKind::usage);
}

TEST(Actions, LetNoValueBeginAnotherOutput) {
  const auto lines = output_lines({{"reason", "x\ntidegate_0\nlocked=false\nEOF"}});
  const auto delimiter = lines.substr(8, lines.find('\n') - 8);
  EXPECT_EQ(lines,
            "reason<<" + delimiter + "\nx\ntidegate_0\nlocked=false\nEOF\n" + delimiter + "\n");
  EXPECT_GT(delimiter.size(), 32U);
  EXPECT_NE(output_lines({{"a", "b"}}), output_lines({{"a", "b"}}));
}

TEST(Actions, LetNoTextBeginAnotherCommand) {
  const auto line = annotation("error", "a,b::c", "one\n::set-output name=x::y\r100%");
  EXPECT_EQ(line, "::error title=a%2Cb%3A%3Ac::one%0A::set-output name=x::y%0D100%25");
  EXPECT_THAT(line, Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace tidegate::test
