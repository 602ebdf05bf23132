#include "config/options.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "base/error.hpp"
#include "config/option_tables.hpp"
#include "config/reference.hpp"
#include "config/schema.hpp"

namespace tidegate::config {
namespace {

using testing::HasSubstr;

TEST(OptionTable, EveryRowIsWholeAndUnique) {
  std::set<std::string_view> paths;
  for (const auto& option : options()) {
    EXPECT_TRUE(paths.insert(option.path).second) << option.path;
    EXPECT_FALSE(option.help.empty()) << option.path;
    EXPECT_FALSE(option.help.ends_with(".")) << option.path;
    EXPECT_EQ(option.flag.empty(), option.commands.empty()) << option.path;
    if (option.type != Type::cron) {
      EXPECT_EQ(option.choices.empty(), option.type != Type::choice) << option.path;
    }
    if (option.home == Home::command_line) {
      EXPECT_FALSE(option.flag.empty()) << option.path;
    }
    if (option.type == Type::secret) {
      EXPECT_EQ(option.file_sibling, FileSibling::yes);
    }
  }
}

TEST(OptionTable, RefusesTwoRowsOfOnePath) {
  const std::vector<Option> one{{.path = "a"}, {.path = "b"}}, other{{.path = "c"}, {.path = "a"}};
  static_assert(!all_differ(std::to_array<Option>({{.path = "a"}, {.path = "b"}, {.path = "a"}})));
  EXPECT_EQ(joined({one}).size(), 2U);
  try {
    joined({one, other});
    FAIL() << "two options of one path";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), HasSubstr("'a'"));
  }
}

TEST(OptionTable, DefaultsAndExamplesAreGoodValues) {
  for (const auto& option : options()) {
    if (option.type == Type::map || option.type == Type::list) continue;
    for (const auto value : {option.default_value, option.example}) {
      if (!value.empty()) {
        EXPECT_EQ(complaint(option, value), std::nullopt) << option.path;
      }
    }
  }
}

TEST(OptionTable, ACommandTakesEachFlagOnce) {
  for (const auto* command : {"check", "snapshot", "restore", "drop", "status", "verify"}) {
    std::set<std::string_view> flags;
    for (const auto* option : flags_of(command)) {
      EXPECT_TRUE(flags.insert(option->flag).second) << command << " " << option->flag;
    }
    for (const auto* everywhere : {"--config", "--json", "--timeout", "--log-level"}) {
      EXPECT_TRUE(flags.contains(everywhere)) << command << " " << everywhere;
    }
  }
}

TEST(OptionTable, FindsRowsOfConcretePaths) {
  EXPECT_EQ(find_option("databases.app.previews.wait.tries")->path,
            "databases.*.previews.wait.tries");
  EXPECT_EQ(find_option("databases.app.production.uri_file")->path, "databases.*.production.uri");
  EXPECT_EQ(find_option("databases.app.production.database_file"), nullptr);
  EXPECT_EQ(find_option("databases..engine"), nullptr);
  EXPECT_EQ(find_option("databases.app"), nullptr);
}

TEST(OptionTable, NamesVariablesByPath) {
  EXPECT_EQ(environment_name("log.level"), "TIDEGATE_LOG_LEVEL");
  EXPECT_EQ(environment_name("databases.syrf-eu.snapshot.timeout"),
            "TIDEGATE_DATABASES_SYRF_EU_SNAPSHOT_TIMEOUT");
}

/// The schema below `path`, a step a key.
const nlohmann::ordered_json* below(const nlohmann::ordered_json& schema,
                                    const std::vector<std::string>& path) {
  const auto* at = &schema;
  for (const auto& key : path) {
    const bool name = key == "*";
    // A word or a section: the section is the last of its forms.
    if (!at->contains("properties") && at->contains("anyOf")) at = &at->at("anyOf").back();
    const auto section = at->find(name ? "patternProperties" : "properties");
    if (section == at->end() || section->empty()) return nullptr;
    const auto found = name ? section->begin() : section->find(key);
    if (found == section->end()) return nullptr;
    at = &*found;
  }
  return at;
}

TEST(Schema, HasEveryKeyOfTheFileWithItsDescription) {
  const auto schema = json_schema();
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  for (const auto& option : options()) {
    std::vector<std::string> path(1);
    for (const char c : option.path) {
      if (c == '.') {
        path.emplace_back();
      } else {
        path.back() += c;
      }
    }
    const auto* found = below(schema, path);
    if (option.home == Home::command_line) {
      EXPECT_EQ(found, nullptr) << option.path;
      continue;
    }
    ASSERT_NE(found, nullptr) << option.path;
    EXPECT_THAT(found->value("description", ""), HasSubstr(std::string(option.help)));
    if (option.file_sibling == FileSibling::yes) {
      path.back() += "_file";
      EXPECT_NE(below(schema, path), nullptr) << option.path;
    }
  }
  EXPECT_EQ((*below(schema, {"databases", "*", "snapshot"}))["additionalProperties"], false);
}

TEST(Reference, HasEveryOption) {
  const auto page = reference_page();
  for (const auto& option : options()) {
    EXPECT_THAT(page, HasSubstr(std::string(option.help)));
    if (!option.flag.empty()) {
      EXPECT_THAT(page, HasSubstr("`" + std::string(option.flag)));
    }
  }
  EXPECT_THAT(page, HasSubstr("`TIDEGATE_DATABASES_NAME_SNAPSHOT_TIMEOUT`"));
}

}  // namespace
}  // namespace tidegate::config
