/// Each kind of object in copies by users who are no superusers: the program's words beforehand and
/// when it makes the copy, the copy's catalog, and the table of the guide agree.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "support/carried_table.hpp"
#include "support/golden.hpp"
#include "support/kinds_production.hpp"
#include "support/places.hpp"

namespace tidegate::test {
namespace {

using testing::IsEmpty;

constexpr auto k_carried = "carried";
constexpr auto k_changed = "changed, named";
constexpr auto k_left_out = "left out, named";
constexpr auto k_refused = "refused";
constexpr auto k_given_away = "given to `previews.owner`";

const std::vector<Producer>& producers() {
  static const std::vector<Producer> all{
      {"plain role", "LOGIN CREATEDB", "GRANT {preview} TO {producer}"},
      {"RDS-like", "LOGIN CREATEDB CREATEROLE",
       "CREATE ROLE {cloud}; GRANT pg_monitor, pg_signal_backend TO {cloud}; GRANT {cloud}, {app} "
       "TO "
       "{producer}",
       false},
      {"Supabase-like", "LOGIN CREATEDB CREATEROLE BYPASSRLS",
       "CREATE ROLE {cloud} SUPERUSER; GRANT {preview} TO {producer}", true,
       "CREATE SCHEMA extensions; ALTER SCHEMA extensions OWNER TO {cloud}; SET ROLE {cloud}; "
       "CREATE "
       "EXTENSION pgcrypto SCHEMA extensions; CREATE FUNCTION extensions.on_ddl() RETURNS "
       "event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER reload ON "
       "ddl_command_end "
       "EXECUTE FUNCTION extensions.on_ddl(); CREATE EVENT TRIGGER reload_2 ON sql_drop EXECUTE "
       "FUNCTION extensions.on_ddl(); RESET ROLE; DO $$DECLARE t regclass; BEGIN FOR t IN SELECT "
       "oid "
       "FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace LOOP "
       "EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t); END LOOP; END$$"}};
  return all;
}

using Kinds = std::set<std::string>;

/// One producer, both kinds of snapshot.
class Round {
 public:
  Round(PostgresServer& server, const Producer& producer)
      : production_(server, producer), specimens_(specimens_for(server.version())) {
    for (const auto& each : specimens_) {
      values_[each.kind] = production_.probe("shop", each);
      EXPECT_NE(values_[each.kind], "") << each.kind << " is not in production";
    }
  }

  std::map<std::string, Fates> run() {
    {
      SCOPED_TRACE("snapshot database");
      production_.configure(production_.in_database());
      if (!refuse()) return {};
      judge([](Fates& fates) -> std::string& { return fates.database; }, made_.warnings);
    }
    for (const auto& kind : refused_) production_.make(specimen(kind));
    production_.drop_copies();
    SCOPED_TRACE("archive");
    production_.configure(production_.in_archives());
    if (!refuse()) return {};
    judge([](Fates& fates) -> std::string& { return fates.archive; },
          made_.warnings + restored_.warnings);
    for (auto& [kind, fates] : fates_) {
      if (is_of_a_missing_role(kind)) fates.database.clear();  // on its own server none is missing
    }
    return fates_;
  }

 private:
  const Specimen& specimen(const std::string& kind) const {
    return *std::find_if(specimens_.begin(), specimens_.end(),
                         [&](const Specimen& each) { return each.kind == kind; });
  }

  Kinds named_in(const std::string& text) const {
    Kinds kinds;
    for (const auto& each : specimens_) {
      if (text.find(production_.named(each.words)) != std::string::npos) kinds.insert(each.kind);
    }
    return kinds;
  }

  /// Takes away from production what stops a snapshot, until one is made and restored.
  bool refuse() {
    refused_.clear();
    for (checked_ = production_.check(); checked_.exit_code != 0; checked_ = production_.check()) {
      const auto expected = named_in(checked_.failures);
      made_ = production_.carry_out({"snapshot"});
      EXPECT_FALSE(production_.exists("snapshot"));
      const auto stopped = named_in(made_.failures);
      EXPECT_THAT(expected, testing::IsSupersetOf(stopped))
          << "'check' ends with " << checked_.exit_code << ": " << checked_.failures
          << "'snapshot' with " << made_.exit_code << ": " << made_.failures;
      EXPECT_THAT(stopped, testing::Not(IsEmpty())) << made_.failures;
      if (stopped.empty()) return false;
      for (const auto& kind : stopped) {
        if (!refused_.insert(kind).second) return false;
        production_.take_away(specimen(kind));
      }
    }
    made_ = production_.carry_out({"snapshot"});
    EXPECT_EQ(made_.exit_code, 0) << made_.failures;
    if (made_.exit_code != 0) return false;
    if (!production_.exists("snapshot")) production_.leave_production();
    restored_ = production_.carry_out({"restore", "pr-1", "--yes"});
    EXPECT_EQ(restored_.exit_code, 0) << restored_.failures;
    return restored_.exit_code == 0;
  }

  /// `answer`: the warnings of the commands by which the preview came to be.
  template <class Column>
  void judge(Column column, const std::string& answer) {
    const auto before = named_in(checked_.warnings), named = named_in(answer);
    for (const auto& each : specimens_) {
      SCOPED_TRACE(each.kind);
      auto& fate = column(fates_[each.kind]);
      if (refused_.contains(each.kind)) {
        fate = k_refused;
        continue;
      }
      const auto copy = production_.probe("pr_1", each);
      const bool said = named.contains(each.kind);
      fate = fate_of(each, copy, said);
      if (!each.found_late && !is_of_a_missing_role(each.kind)) {
        EXPECT_EQ(before.contains(each.kind), said) << "'check' says:\n"
                                                    << checked_.warnings << "the run says:\n"
                                                    << answer;
      }
    }
  }

  static bool is_of_a_missing_role(const std::string& kind) {
    return kind.ends_with("that are missing");
  }

  std::string fate_of(const Specimen& each, const std::string& copy, bool said) {
    const auto& production = values_[each.kind];
    if (copy == production) return said ? k_changed : k_carried;
    if (said) return copy.empty() ? k_left_out : k_changed;
    if (copy == production_.named("{preview}")) return k_given_away;
    ADD_FAILURE() << "lost in silence; production: " << production << ", copy: " << copy;
    return "lost";
  }

  KindsProduction production_;
  std::vector<Specimen> specimens_;
  std::map<std::string, std::string> values_;  // of the probes, in production
  Kinds refused_;
  Answer checked_, made_, restored_;
  std::map<std::string, Fates> fates_;
};

TEST(CarriedMatrix, IsWhatTheProgramSaysAndTheCatalogHas) {
  TIDEGATE_NEEDS_POSTGRESQL(server);
  std::vector<std::string> names;
  for (const auto& producer : producers()) names.push_back(producer.name);
  CarriedTable table(names);
  for (const auto& producer : producers()) {
    SCOPED_TRACE(producer.name);
    const auto fates = Round(*server, producer).run();
    ASSERT_THAT(fates, testing::Not(IsEmpty()));
    for (const auto& each : specimens_for(server->version())) {
      table.set(each.kind, producer.name, fates.at(each.kind));
    }
  }
  if (testing::Test::HasFailure()) {
    std::cout << table.text();
    return;
  }
  expect_golden(fmt::format("carried/{}.md", server->version()), table.text());
}

TEST(CarriedMatrix, StandsInTheGuideWordForWord) {
  constexpr std::string_view k_begin = "<!-- table of CarriedMatrix -->\n",
                             k_end = "\n<!-- end -->";
  std::map<int, std::string> tables;
  for (const int major : {13, 14, 15, 16, 17, 18}) {
    const auto file = source_directory() / fmt::format("tests/golden/carried/{}.md", major);
    if (std::filesystem::exists(file)) tables[major] = read_text(file);
  }
  const auto page = source_directory() / "docs/guide/postgresql-on-clouds.md";
  auto text = read_text(page);
  const auto begin = text.find(k_begin) + k_begin.size(), end = text.find(k_end, begin);
  ASSERT_NE(end, std::string::npos) << page << " has lost the marks of the table";
  const auto expected = "\n" + table_of_the_guide(tables);
  if (std::getenv("TIDEGATE_GOLDEN_WRITE")) {
    text.replace(begin, end - begin, expected);
    std::ofstream(page, std::ios::binary) << text;
    return;
  }
  EXPECT_EQ(text.substr(begin, end - begin), expected) << "'./dev golden' writes the page again";
}

TEST(CarriedMatrix, ShowsTheNewestMajorAndInWhichOthersDiffer) {
  const std::string head = "| object | a |\n|---|---|\n";
  EXPECT_EQ(
      table_of_the_guide({{15, head + "| x | carried |\n"}, {17, head + "| x | carried |\n"}}),
      head + "| x | carried |\n");
  EXPECT_EQ(table_of_the_guide({{13, head + "| x | refused |\n"},
                                {14, head + "| x | refused |\n"},
                                {17, head + "| x | carried |\n"}}),
            head +
                "| x | carried |\n\nOn other versions than 17:\n\n| object | a | version |\n"
                "|---|---|---|\n| x | refused | 13, 14 |\n");
}

}  // namespace
}  // namespace tidegate::test
