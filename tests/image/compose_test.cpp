// examples/compose: what compose takes from the environment is listed in .env.example, and the
// program accepts those values. Needs no image.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

#include "support/places.hpp"
#include "support/program.hpp"

namespace tidegate::test {
namespace {

std::string example(const std::string& file) {
  return read_text(source_directory() / "examples/compose" / file);
}

std::map<std::string, std::string> listed() {
  std::map<std::string, std::string> result;
  std::istringstream lines(example(".env.example"));
  std::string line;
  while (std::getline(lines, line)) {
    const auto equals = line.find('=');
    if (!line.empty() && line[0] != '#') result[line.substr(0, equals)] = line.substr(equals + 1);
  }
  return result;
}

TEST(ComposeExample, ListsEveryVariableThatItTakes) {
  const auto text = example("compose.yaml");
  std::set<std::string> taken, names;
  const std::regex variable(R"(\$\{([A-Z_]+))");
  for (std::sregex_iterator each(text.begin(), text.end(), variable), end; each != end; ++each) {
    taken.insert((*each)[1]);
  }
  for (const auto& [name, value] : listed()) names.insert(name);
  EXPECT_EQ(taken, names);
  EXPECT_THAT(names,
              testing::IsSupersetOf({"SNAPSHOT_ENABLED", "SNAPSHOT_TIME", "DATABASE_URL",
                                     "SNAPSHOT_RETENTION", "SNAPSHOT_DIR", "SNAPSHOT_HOST_DIR"}));
  EXPECT_THAT(example(".env.example"), testing::ContainsRegex("HH:MM in UTC[^\n]*\nSNAPSHOT_TIME"));
}

TEST(ComposeExample, HasValuesThatTheProgramAccepts) {
  TempDir directory("compose");
  const auto outcome =
      run({{built_program().string(), "config", "check"}, listed(), {}, directory.path()},
          directory.path());
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
}

}  // namespace
}  // namespace tidegate::test
