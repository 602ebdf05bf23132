// Installing a built program, as `./dev install` does it.

#include <gtest/gtest.h>

#include <fstream>

#include "support/places.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

std::string read_all(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Outcome install(const TempDir& directory, const std::string& prefix) {
  const auto script = source_directory() / "tools/dev/install.sh";
  return run({{script.string(), built_program().parent_path().string(), prefix}}, directory.path(),
             std::chrono::minutes(1));
}

TEST(Install, PutsProgramManPageCompletionsAndLicenceBelowThePrefix) {
  const TempDir directory("install");
  const auto root = directory.path() / "usr";
  const auto outcome = install(directory, root.string());
  ASSERT_EQ(outcome.exit_code, 0) << outcome;
  const auto version = run({{(root / "bin/tidegate").string(), "version"}}, directory.path());
  EXPECT_EQ(version.exit_code, 0) << version;
  const auto page = read_all(root / "share/man/man1/tidegate.1");
  EXPECT_EQ(page.rfind(".TH TIDEGATE 1", 0), 0U);
  EXPECT_NE(page.find(".SS tidegate pr plan"), std::string::npos);
  for (const auto* file :
       {"share/bash-completion/completions/tidegate", "share/zsh/site-functions/_tidegate",
        "share/fish/vendor_completions.d/tidegate.fish", "share/doc/tidegate/copyright"}) {
    EXPECT_FALSE(read_all(root / file).empty()) << file;
  }
}

TEST(Install, PutsTheDemoWhereTheProgramFindsIt) {
  const TempDir directory("install");
  const auto root = directory.path() / "usr";
  ASSERT_EQ(install(directory, root.string()).exit_code, 0);
  const std::vector<std::string> demo{(root / "bin/tidegate").string(), "demo", "--json"};
  const auto found = run({demo}, directory.path());
  EXPECT_EQ(found.exit_code, 2) << found;  // the demo itself refuses --json
  EXPECT_NE(found.out.find("has no JSON form"), std::string::npos) << found;
  std::filesystem::remove_all(root / "libexec");
  const auto missing = run({demo}, directory.path());
  EXPECT_EQ(missing.exit_code, 3) << missing;
  EXPECT_NE(missing.out.find("the demo is not installed"), std::string::npos) << missing;
  EXPECT_NE(missing.out.find("./dev install"), std::string::npos) << missing;
}

TEST(Install, RefusesAPrefixThatDependsOnTheCurrentDirectory) {
  const TempDir directory("install");
  EXPECT_EQ(install(directory, "usr").exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(directory.path() / "usr"));
}

TEST(Install, KeepsDebugInformationWhereDebuggersLook) {
  const auto debug = built_program().string() + ".debug";
  if (!std::filesystem::exists(debug)) GTEST_SKIP() << "this build keeps it in the program";
  const TempDir directory("install");
  const auto root = directory.path() / "usr";
  ASSERT_EQ(install(directory, root.string()).exit_code, 0);
  EXPECT_TRUE(std::filesystem::exists(root / "bin/.debug/tidegate.debug"));
  EXPECT_TRUE(std::filesystem::exists(root / "libexec/tidegate/.debug/tidegate-demo.debug"));
  EXPECT_NE(read_all(root / "bin/tidegate").find("tidegate.debug"), std::string::npos);
}

}  // namespace
}  // namespace tidegate::test
