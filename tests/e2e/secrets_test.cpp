// A password is in no output of the program, after any failure and at any log level.

#include <gtest/gtest.h>

#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

class Secrets : public ::testing::Test {
 protected:
  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), "secrets");
    make_small_production(flow_->admin(), flow_->production());
  }
  std::unique_ptr<Flow> flow_;
};

TEST_F(Secrets, AreNotInWhatIsLoggedMostLoudly) {
  for (const char* format : {"text", "json"}) {
    for (const std::vector<std::string>& verb : {std::vector<std::string>{"check"},
                                                 {"check", "--grants"},
                                                 {"snapshot"},
                                                 {"restore", "pr-1"},
                                                 {"verify", "pr-1"},
                                                 {"status"},
                                                 {"config", "show"},
                                                 {"drop", "pr-1"}}) {
      auto arguments = verb;
      arguments.insert(arguments.end(), {"--log-level", "trace", "--log-format", format});
      flow_->expect(0, arguments);
    }
  }
}

TEST_F(Secrets, AreShownAsStarsByConfigShow) {
  const auto shown = flow_->expect(0, {"config", "show"});
  EXPECT_NE(shown.out.find("***"), std::string::npos) << shown;
  flow_->expect(0, {"config", "show", "--json"});
}

TEST_F(Secrets, AreNotInTheWordsOfTheDriver) {
  const std::string password = Flow::k_mark;
  const auto encoded = percent_encoded(password);
  const auto good = flow_->producer_uri();
  const auto options = good.substr(good.find("/?", good.find('@')));
  const auto host =
      good.substr(good.find('@') + 1, good.find("/?", good.find('@')) - good.find('@') - 1);
  const std::vector<std::pair<std::string, int>> uris = {
      {"mongodb://user:" + encoded + "@" + host + options, 9},
      {"mongodb://user:" + password + "@" + host + options, 3},
      {"mongodb://user:" + encoded + "@no-such-host.invalid/?serverSelectionTimeoutMS=500", 8},
      {"mongodb://user:" + encoded + "@127.0.0.1:9/?serverSelectionTimeoutMS=500", 8},
      // The server takes TLS's greeting for the beginning of a message, and waits for the rest.
      {"mongodb://user:" + encoded + "@" + host +
           "/?tls=true&serverSelectionTimeoutMS=500&connectTimeoutMS=500",
       8},
      {"mongodb://user:" + encoded + "@" + host + "/?noSuchOption=" + encoded, -1},
      {"mongodb://user:" + encoded + "@" + host + "/?authMechanism=" + encoded, -1},
      {"mongodb+srv://user:" + encoded + "@no-such-host.invalid/", -1},
      {"mongodb://user:" + encoded + "@[::1", 3},
      {"mongo://user:" + encoded + "@" + host, 3},
      {encoded, 3},
  };
  for (const auto& [uri, code] : uris) {
    for (const auto& extra : {std::vector<std::string>{}, {"--json"}, {"--log-level", "trace"}}) {
      std::vector<std::string> arguments = {"snapshot", "--retries", "0"};
      arguments.insert(arguments.end(), extra.begin(), extra.end());
      const auto outcome = flow_->tidegate(arguments, {{"PRODUCER_URI", uri}});
      if (code >= 0) {
        EXPECT_EQ(outcome.exit_code, code) << uri << '\n' << outcome;
      }
      EXPECT_NE(outcome.exit_code, 0) << uri;
      EXPECT_NE(outcome.exit_code, 1) << uri << '\n' << outcome;
      Flow::expect_no_secret(outcome.all());
    }
  }
}

TEST_F(Secrets, FromAFileAreReadWithoutTheirLastNewline) {
  const auto file = flow_->directory().write("uri", flow_->producer_uri() + "\n");
  auto text = flow_->config();
  const std::string key = "uri: ${PRODUCER_URI}";
  flow_->set_config(text.replace(text.find(key), key.size(), "uri_file: " + file.string()));
  flow_->expect(0, {"snapshot"}, {{"PRODUCER_URI", ""}});
}

TEST_F(Secrets, OfOthersAreNotNeeded) {
  flow_->expect(0, {"snapshot"}, {{"PREVIEW_URI", ""}, {"STAGING_URI", ""}});
  flow_->expect(0, {"restore", "pr-1"}, {{"PRODUCER_URI", ""}, {"STAGING_URI", ""}});
  const auto status = flow_->expect(0, {"status"}, {{"PREVIEW_URI", ""}, {"STAGING_URI", ""}});
  EXPECT_NE(status.out.find("snapshot"), std::string::npos) << status;
}

TEST_F(Secrets, AreNotOnTheCommandLineOrInTheMetadata) {
  flow_->expect(0, {"snapshot"});
  flow_->expect(0, {"restore", "pr-1"});
  Flow::expect_no_secret(flow_->metadata(flow_->snapshot()).dump());
  Flow::expect_no_secret(flow_->metadata(flow_->preview(1)).dump());
}

}  // namespace
}  // namespace tidegate::test
