#include "support/program_flow.hpp"

#include <algorithm>

namespace tidegate::test {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string preview_of(const std::vector<std::string>& arguments) {
  for (const auto& argument : arguments) {
    const auto at = argument.find("pr-");
    if (at == 0 || (at != std::string::npos && argument[at - 1] == '/')) {
      return argument.substr(at);
    }
  }
  return "pr-1";
}

std::string next_number() {
  static int number = 0;
  return std::to_string(++number);
}

}  // namespace

Flow::Flow(MongoServer& server, std::filesystem::path program, const std::string& name)
    : server_(server),
      program_(std::move(program)),
      prefix_(server.database(name + next_number() + "_")),
      production_(prefix_ + "production"),
      snapshot_(prefix_ + "snapshot"),
      preview_prefix_(prefix_ + "pr_"),
      staging_(prefix_ + "staging"),
      admin_(server.client()) {
  set_config(
      "databases:\n  syrf:\n    engine: mongodb\n    production:\n"
      "      uri: ${PRODUCER_URI}\n      database: " +
      production_ + "\n    snapshot:\n      database: " + snapshot_ +
      "\n      schema_version: \"42\"\n      retries: 0\n    previews:\n      database: " +
      preview_prefix_ +
      "{number}\n      uri: ${PREVIEW_URI}\n      retries: 0\n"
      "      wait: {tries: 2, every: 100ms}\n    targets:\n      staging: {database: " +
      staging_ + ", uri: \"${STAGING_URI}\"}\n    protected: [" + production_ + ", " +
      server.database("other") + "]\n");
  create_users();
}

Flow::~Flow() {
  try {
    auto client = server_.client();
    for (const auto& name : client.databases()) {
      if (name.rfind(prefix_, 0) == 0) client.drop_database(name);
    }
  } catch (const std::exception&) {
    return;  // a server that a test has killed
  }
}

void Flow::set_config(std::string text) {
  config_ = std::move(text);
  directory_.write("tidegate.yaml", config_);
}

void Flow::add_to_config(const std::string& section, const std::string& line) {
  const auto head = "    " + section + ":\n";
  const auto at = config_.find(head);
  ASSERT_NE(at, std::string::npos) << section;
  auto text = config_;
  set_config(text.insert(at + head.size(), "      " + line + "\n"));
}

void Flow::create_users() {
  const auto grants = tidegate({"check", "--grants"});
  EXPECT_EQ(grants.exit_code, 0) << grants;
  printed_ = parse_grants(grants.out);
  for (const auto& user : printed_) {
    const auto roles = user.statement.dump();
    const auto names = [&](const std::string& database) {
      return roles.find('"' + database + '"') != std::string::npos;
    };
    if (names(production_)) {
      add_user("producer", user);
    } else if (names(staging_)) {
      add_user("staging", user);
    } else if (names(preview(1))) {
      add_user("pr-1", user);
    }
  }
  for (const char* key : {"producer", "staging", "pr-1"}) {
    EXPECT_TRUE(uris_.contains(key)) << "no user for " << key << " among\n" << grants.out;
  }
  if (!::testing::Test::HasFailure()) allow_preview(2);
}

void Flow::add_user(const std::string& key, const GrantedUser& user) {
  // Other flows on this server print the same user names.
  GrantedUser own = user;
  own.name = snapshot_ + "-" + key;
  own.statement["user"] = own.name;
  const auto password = std::string(k_mark) + "-" + key;
  create_user(admin_, own, password);
  auto uri = server_.uri_as(own.name, password);
  if (own.database != "admin")
    uri = replaced(uri, "authSource=admin", "authSource=" + own.database);
  uris_[key] = uri;
}

void Flow::allow_preview(int number) {
  const auto key = "pr-" + std::to_string(number);
  if (uris_.contains(key)) return;
  for (const auto& user : printed_) {
    const auto text = user.statement.dump();
    if (text.find('"' + preview(1) + '"') == std::string::npos) continue;
    auto own = user;
    own.statement =
        Json::parse(replaced(text, '"' + preview(1) + '"', '"' + preview(number) + '"'));
    add_user(key, own);
  }
}

Command Flow::command(const std::vector<std::string>& arguments, const Environment& more) const {
  Command result;
  result.argv = {program_.string(), "--config", (directory_.path() / "tidegate.yaml").string()};
  result.argv.insert(result.argv.end(), arguments.begin(), arguments.end());
  result.directory = directory_.path();
  const std::map<std::string, std::string> variables = {{"producer", "PRODUCER_URI"},
                                                        {"staging", "STAGING_URI"},
                                                        {preview_of(arguments), "PREVIEW_URI"}};
  for (const auto& [key, variable] : variables) {
    const auto uri = uris_.find(key);
    if (uri != uris_.end()) result.env[variable] = uri->second;
  }
  for (const auto& [name, value] : more) {
    result.env[name] = value;
    if (value.empty()) result.env.erase(name);
  }
  return result;
}

Outcome Flow::tidegate(const std::vector<std::string>& arguments, const Environment& more,
                       std::chrono::milliseconds deadline) {
  return run(command(arguments, more), directory_.path(), deadline);
}

std::unique_ptr<Process> Flow::start(const std::vector<std::string>& arguments,
                                     const Environment& more) {
  return std::make_unique<Process>(command(arguments, more), directory_.path());
}

Outcome Flow::expect(int exit_code, const std::vector<std::string>& arguments,
                     const Environment& more) {
  auto outcome = tidegate(arguments, more);
  EXPECT_EQ(outcome.exit_code, exit_code) << ::testing::PrintToString(arguments) << '\n' << outcome;
  expect_no_secret(outcome.all());
  return outcome;
}

Json Flow::metadata(const std::string& database) {
  return admin_.find_one(database, "snapshot_metadata", {{"_id", "latest"}}).value_or(nullptr);
}

Json Flow::lease(const std::string& database) {
  return admin_.find_one(database, "snapshot_metadata", {{"_id", "lease"}}).value_or(nullptr);
}

void Flow::expect_no_secret(const std::string& text) {
  for (const auto& spelling :
       {std::string(k_mark), percent_encoded(k_mark), std::string("Mark3dP@ss%2Fword"),
        std::string("Mark3dP%40ss/word")}) {
    EXPECT_EQ(text.find(spelling), std::string::npos) << "a password is in:\n" << text;
  }
}

void make_small_production(TestClient& client, const std::string& database, int documents) {
  client.drop_database(database);
  for (const char* name : {"pmProject", "pmStudy", "pmInvestigator"}) {
    std::vector<Json> batch;
    for (int i = 0; i < documents; ++i) {
      batch.push_back({{"_id", i},
                       {"code", std::string(name) + std::to_string(i)},
                       {"generation", 0},
                       {"nested", {{"list", {1, 2.5, "three", nullptr}}}}});
    }
    client.insert(database, name, batch);
    const Json unique = {{"key", {{"code", 1}}}, {"name", "code"}, {"unique", true}};
    client.create_indexes(database, name, {unique});
  }
  client.command(database,
                 {{"create", "firstProjects"},
                  {"viewOn", "pmProject"},
                  {"pipeline", Json::array({Json{{"$match", {{"_id", {{"$lt", 10}}}}}}})}});
}

void touch_production(TestClient& client, const std::string& database, int generation) {
  for (const auto& entry : client.collections(database)) {
    if (entry.rfind("pm", 0) != 0) continue;
    client.update_one(database, entry, Json::object(), {{"$set", {{"generation", generation}}}});
  }
}

}  // namespace tidegate::test
