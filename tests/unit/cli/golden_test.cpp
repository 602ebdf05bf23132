// The texts that users read, as they read them.

#include "support/golden.hpp"

#include <gtest/gtest.h>

#include "cli/parse/help.hpp"

namespace tidegate::cli {
namespace {

TEST(Golden, HelpFitsAnEightyColumnTerminal) {
  test::expect_golden("help-80.txt", full_help(80));
  test::expect_golden("help-errors.txt", errors_help(100));
  test::expect_golden("help-short.txt", short_help());
}

TEST(Golden, EveryCommandsHelp) {
  std::string all;
  for (const auto& command : commands()) all += command_help(command) + "\n----\n";
  test::expect_golden("help-commands.txt", all);
}

}  // namespace
}  // namespace tidegate::cli
