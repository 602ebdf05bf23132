#include "engine/postgresql/copy/definition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/secret.hpp"
#include "model/plan.hpp"

namespace tidegate::engine::postgresql {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::string in_quotes(const std::string& text) { return "'" + text + "'"; }

const DatabaseLocale k_libc{"UTF8", "de_DE.UTF-8", "C", 'c', "", ""};
const DatabaseLocale k_icu{"UTF8", "C", "C", 'i', "de-DE", "&a < b"};
const DatabaseLocale k_builtin{"UTF8", "C", "C", 'b', "C.UTF-8", ""};

TEST(DatabaseLocale, IsWrittenInTheFormOfEachVersion) {
  struct Case {
    const DatabaseLocale& locale;
    int version;
    const char* options;
  };
  const std::string libc = " ENCODING 'UTF8' LC_COLLATE 'de_DE.UTF-8' LC_CTYPE 'C'";
  const std::string c = " ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'";
  for (const int version : {130022, 140019}) {
    EXPECT_EQ(locale_options(k_libc, version, in_quotes), libc);
    EXPECT_THROW(locale_options(k_icu, version, in_quotes), Error);
  }
  for (const int version : {150014, 160010, 170006, 180001}) {
    EXPECT_EQ(locale_options(k_libc, version, in_quotes), libc + " LOCALE_PROVIDER libc");
  }
  EXPECT_EQ(locale_options(k_icu, 150014, in_quotes),
            c + " LOCALE_PROVIDER icu ICU_LOCALE 'de-DE'");
  for (const int version : {160010, 170006, 180001}) {
    EXPECT_EQ(locale_options(k_icu, version, in_quotes),
              c + " LOCALE_PROVIDER icu ICU_LOCALE 'de-DE' ICU_RULES '&a < b'");
  }
  EXPECT_THROW(locale_options(k_builtin, 160010, in_quotes), Error);
  for (const int version : {170006, 180001}) {
    EXPECT_EQ(locale_options(k_builtin, version, in_quotes),
              c + " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'");
  }
}

DatabaseDefinition example() {
  return {k_icu,
          {{"", "app.key", "s3cret"}, {"bi", "search_path", "\"$user\", public"}},
          {{"TimeZone", "Asia/Tokyo"}, {"app.x", "a \\ b\nc"}},
          {{"pg_trgm", "1.3"}},
          DatabaseRights{"app", {{{"", "CONNECT", false}, {"bi", "CREATE", true}}}}};
}

TEST(DatabaseDefinition, StaysEqualThroughMetadata) {
  const auto read = definition_in(definition_text(example()));
  EXPECT_THAT(definition_differences(example(), read, {}), IsEmpty());
  EXPECT_EQ(read.writing, example().writing);
  EXPECT_EQ(read.rights, example().rights);
  auto untouched = example();
  untouched.rights->grants.reset();
  EXPECT_EQ(definition_in(definition_text(untouched)).rights, untouched.rights);
  untouched.rights.reset();
  EXPECT_EQ(definition_in(definition_text(untouched)).rights, std::nullopt);
  for (const auto* damaged : {"", "[]", "{}", "{\"encoding\": 1}", "{\"encoding\":"}) {
    EXPECT_THROW(definition_in(damaged), Error) << damaged;
  }
}

TEST(DatabaseDefinition, DifferencesNameNoValueOfASetting) {
  auto copy = example();
  copy.locale.provider = 'c';
  copy.settings[0].value = "other";
  copy.settings.pop_back();
  copy.extensions = {{"pg_trgm", "1.6"}, {"hstore", "1.8"}};
  std::vector<std::string> lines;
  for (const auto& each : definition_differences(example(), copy, {})) {
    lines.push_back(each.collection + " | " + each.expected + " | " + each.found);
  }
  EXPECT_THAT(lines,
              ElementsAre("DATABASE | icu 'de-DE' with rules '&a < b', collate 'C', ctype 'C', UTF8"
                          " | libc 'de-DE' with rules '&a < b', collate 'C', ctype 'C', UTF8",
                          "EXTENSION pg_trgm | version 1.3 | version 1.6",
                          "SETTING app.key | the source's | another one",
                          "SETTING bi.search_path | the source's | none",
                          "EXTENSION hstore | none | version 1.8"));
  const std::vector<SchemaException> named{
      {"EXTENSION", "", "pg_trgm", {}}, {"EXTENSION", "", "hstore", {}}, {"SETTING", {}, {}, {}}};
  EXPECT_EQ(definition_differences(example(), copy, named).size(), 1U);
}

TEST(SessionOptions, AreWordsThatTheServerSplits) {
  const Conninfo plain({Secret("postgresql://db/shop?options=-c%20a%3Db"), {}, {}, "test"});
  EXPECT_EQ(with_settings(plain, {}).value("options"), "-c a=b");
  EXPECT_EQ(with_settings(plain, {{"app.tenant", "a c\\d\te"}, {"x", ""}}).value("options"),
            "-c a=b -c app.tenant=a\\ c\\\\d\\\te -c x=");
}

}  // namespace
}  // namespace tidegate::engine::postgresql
