#include "engine/mongodb/driver/library.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mongoc/mongoc.h>

#include <string>
#include <vector>

#include "base/error.hpp"

namespace tidegate::engine::mongodb {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Library, SpeaksThroughTheLogRedactedAndOnlyOnce) {
  std::vector<std::string> lines;
  const Redactor redactor;
  Log log(LogLevel::debug, LogFormat::text, redactor,
          [&](std::string_view line) { lines.emplace_back(line); });
  const Library library(log);
  mongoc_log(MONGOC_LOG_LEVEL_ERROR, "client", "%s", "lost mongodb://u:hunter2@host/");
  mongoc_log(MONGOC_LOG_LEVEL_WARNING, "cursor", "%s", "slow");
  mongoc_log(MONGOC_LOG_LEVEL_INFO, "client", "%s", "chatter");
  EXPECT_THAT(lines,
              ElementsAre(AllOf(HasSubstr("warn"), HasSubstr("lost"), Not(HasSubstr("hunter2"))),
                          AllOf(HasSubstr("debug"), HasSubstr("slow"))));
  EXPECT_THROW(const Library second(log), Error);
}

}  // namespace
}  // namespace tidegate::engine::mongodb
