#include "engine/mongodb/copy/source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tidegate::engine::mongodb {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

CollectionCopy named(std::size_t length, char letter) {
  CollectionCopy piece;
  piece.name = std::string(length, letter);
  return piece;
}

TEST(Source, WhoseNamesFitWithTheDatabasesIsTaken) {
  EXPECT_NO_THROW(refuse_long_names("shop_pr_1", {named(255 - 10, 'a')}));
}

TEST(Source, WhoseNamesAreTooLongInTheTargetIsRefusedByName) {
  auto view = named(246, 'v');
  view.definition.type = "view";
  try {
    refuse_long_names("shop_pr_1", {named(245, 'a'), named(246, 'b'), view});
    FAIL() << "taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::refused);
    EXPECT_THAT(error.message(),
                AllOf(HasSubstr(std::string(246, 'b')), HasSubstr(std::string(246, 'v')),
                      Not(HasSubstr(std::string(245, 'a'))), HasSubstr("'shop_pr_1'")));
  }
}

}  // namespace
}  // namespace tidegate::engine::mongodb
