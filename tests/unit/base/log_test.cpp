#include "base/log.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

#include "base/utc.hpp"

namespace tidegate {
namespace {

struct Lines {
  std::vector<std::string> all;
  Log::Sink sink() {
    return [this](std::string_view line) { all.emplace_back(line); };
  }
};

TEST(Log, ReadsLevelsAndFormatsByName) {
  EXPECT_EQ(parse_log_level("warning"), LogLevel::warning);
  EXPECT_EQ(parse_log_level("trace"), LogLevel::trace);
  EXPECT_FALSE(parse_log_level("WARNING"));
  EXPECT_FALSE(parse_log_level(""));
  EXPECT_EQ(parse_log_format("json"), LogFormat::json);
  EXPECT_EQ(parse_log_format("text"), LogFormat::text);
  EXPECT_FALSE(parse_log_format("xml"));
}

TEST(Log, WritesFieldsAfterTheMessage) {
  Lines lines;
  const Redactor redactor;
  Log log(LogLevel::info, LogFormat::text, redactor, lines.sink());
  log.warning("copy failed", {{"collection", "pmStudy"}, {"why", "no route"}, {"empty", ""}});
  ASSERT_EQ(lines.all.size(), 1U);
  const auto& line = lines.all.front();
  ASSERT_GT(line.size(), 24U);
  EXPECT_TRUE(parse_rfc3339(line.substr(0, 24))) << line;
  EXPECT_EQ(line.substr(24), R"( warning copy failed collection=pmStudy why="no route")");
}

TEST(Log, KeepsAnEventOnOneLineInTextToo) {
  Lines lines;
  const Redactor redactor;
  Log log(LogLevel::info, LogFormat::text, redactor, lines.sink());
  log.info("two\nlines\x1b[31m", {{"k", "a\nb"}});
  EXPECT_EQ(lines.all.at(0).substr(25), R"(info    two\nlines\x1b[31m k=a\nb)");
}

TEST(Log, WritesJsonThatAParserReads) {
  Lines lines;
  const Redactor redactor;
  Log log(LogLevel::debug, LogFormat::json, redactor, lines.sink());
  log.debug("say \"hi\"\n\x01 \xff ü", {{"a\\b", "1"}, {"message", "not mine"}});
  const auto json = nlohmann::ordered_json::parse(lines.all.at(0));
  EXPECT_TRUE(parse_rfc3339(json.at("time").get<std::string>()));
  EXPECT_EQ(json.at("level"), "debug");
  EXPECT_EQ(json.at("message"), "say \"hi\"\n\x01 \xEF\xBF\xBD ü");
  EXPECT_EQ(json.at("a\\b"), "1");
  EXPECT_EQ(json.at("message_"), "not mine");
}

TEST(Log, OmitsEventsBelowItsLevel) {
  Lines lines;
  const Redactor redactor;
  Log log(LogLevel::warning, LogFormat::text, redactor, lines.sink());
  log.debug("a");
  log.info("b");
  EXPECT_TRUE(lines.all.empty());
  EXPECT_FALSE(log.enabled(LogLevel::info));
  log.warning("c");
  log.error("d");
  EXPECT_EQ(lines.all.size(), 2U);
}

TEST(Log, HidesSecretsInMessagesAndFieldsOfBothFormats) {
  const std::string password = "p\"w\\ü x";
  for (const auto format : {LogFormat::text, LogFormat::json}) {
    Lines lines;
    Redactor redactor;
    redactor.learn(Secret(password));
    Log log(LogLevel::info, format, redactor, lines.sink());
    log.info("with " + password, {{"uri", "mongodb://u:" + password + "@h"}});
    const auto& line = lines.all.at(0);
    EXPECT_NE(line.find("with ***"), std::string::npos) << line;
    EXPECT_NE(line.find("mongodb://u:***@h"), std::string::npos) << line;
    EXPECT_EQ(line.find("ü"), std::string::npos) << line;
  }
}

TEST(Log, SurvivesASinkThatThrows) {
  const Redactor redactor;
  Log log(LogLevel::info, LogFormat::text, redactor,
          [](std::string_view) { throw std::runtime_error("disk full"); });
  EXPECT_NO_THROW(log.error("x"));
}

TEST(Log, WritesWholeLinesFromManyThreads) {
  Lines lines;
  const Redactor redactor;
  Log log(LogLevel::info, LogFormat::text, redactor, lines.sink());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) log.info("line");
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(lines.all.size(), 200U);
}

}  // namespace
}  // namespace tidegate
