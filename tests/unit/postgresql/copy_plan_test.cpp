#include "engine/postgresql/copy/copy_plan.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/postgresql/archive/restore.hpp"
#include "engine/postgresql/archive/restore_notes.hpp"

namespace tidegate::engine::postgresql {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

/// The output of `pg_restore --list --verbose` for a database with one object of each kind.
constexpr auto k_list = R"(;
8; 2615 2200 SCHEMA - public app
9; 0 0 ACL - SCHEMA public app
;	depends on: 8
2; 3079 100 EXTENSION - hstore 
3; 3079 101 EXTENSION - bloom 
4; 0 0 COMMENT - EXTENSION bloom 
;	depends on: 3
10; 0 0 ACL pg_catalog FUNCTION pg_switch_wal() postgres
;	depends on: 999
11; 0 0 ACL public FUNCTION akeys(public.hstore) postgres
;	depends on: 998
20; 1255 200 FUNCTION public len(text) app
21; 1247 201 TYPE public mood app
30; 1259 300 TABLE public t app
;	depends on: 2 8
31; 0 0 ACL public TABLE t app
;	depends on: 30
32; 0 0 ACL public COLUMN t.n app
;	depends on: 30 31
33; 0 0 COMMENT public TABLE t app
;	depends on: 30
34; 1259 301 VIEW public v other
;	depends on: 30 20
35; 2605 210 CAST - CAST (text AS integer) 
40; 0 300 TABLE DATA public t app
;	depends on: 30
50; 1259 310 INDEX public t_bloom app
;	depends on: 30 3
51; 1259 311 INDEX public t_n app
;	depends on: 30
52; 3256 320 POLICY public t p app
;	depends on: 30
60; 6104 400 PUBLICATION - pb app
61; 6106 401 PUBLICATION TABLE public pb t app
;	depends on: 30 60
62; 826 402 DEFAULT ACL public DEFAULT PRIVILEGES FOR TABLES app
63; 3466 403 EVENT TRIGGER - e postgres
;	depends on: 20
)";

Trait trait(Trait::Kind kind, std::int64_t catalog, std::int64_t object, std::string name) {
  Trait made;
  made.kind = kind;
  made.catalog = catalog;
  made.object = object;
  made.name = std::move(name);
  return made;
}

DumpFacts facts() {
  DumpFacts facts;
  facts.owners = {"app", "other", "postgres"};
  auto hstore = trait(Trait::Kind::extension, 3079, 100, "hstore");
  hstore.version = "1.8";
  hstore.schema = "public";
  auto bloom = hstore;
  bloom.object = 101;
  bloom.name = "bloom";
  bloom.version = "1.0";
  facts.traits = {hstore, bloom};
  return facts;
}

Place superuser() {
  Place place;
  place.role = "postgres";
  place.superuser = true;
  place.version = 150000;
  place.roles = {"app", "other", "postgres", "reader", "bi"};
  place.extensions = {{"hstore", {{"1.7", false}, {"1.8", false}}}, {"bloom", {{"1.0", true}}}};
  place.default_versions = {{"hstore", "1.8"}, {"bloom", "1.0"}};
  return place;
}

/// A role without superuser rights that owns everything in the copy.
Place plain() {
  auto place = superuser();
  place.role = "preview";
  place.superuser = false;
  place.gives_all = true;
  return place;
}

CopyPlan plan(const DumpFacts& facts, const Place& place, const CarryPolicy& policy = {},
              const std::string& list = k_list) {
  return plan_copy(read_listing(list), facts, place, policy);
}

std::string without(std::vector<int> ids) {
  std::string text, line;
  bool dropped = false;
  for (const char* at = k_list; *at != '\0'; ++at) {
    line += *at;
    if (*at != '\n') continue;
    const bool comment = line.starts_with(";");
    if (!comment) {
      dropped = std::any_of(ids.begin(), ids.end(),
                            [&](int id) { return line.starts_with(fmt::format("{}; ", id)); });
    }
    if (!dropped) text += line;
    line.clear();
  }
  return text;
}

std::string text_of(const std::optional<Error>& refusal) {
  return refusal ? refusal->message() : "";
}

const std::string k_without_bloom_index = without({50});

TEST(CopyPlan, CarriesEverythingForASuperuser) {
  const auto made = plan(facts(), superuser());
  EXPECT_THAT(made.left_out, UnorderedElementsAre(60, 61));  // publications
  EXPECT_THAT(made.said(), ElementsAre("publication 'pb': a copy publishes nothing"));
  EXPECT_FALSE(made.refusal(ErrorKind::refused));
  ASSERT_EQ(made.extensions.size(), 2U);
  EXPECT_EQ(made.extensions[0].name, "hstore");
  EXPECT_EQ(made.extensions[0].version, "1.8");
  EXPECT_THAT(made.makers, IsEmpty());
}

TEST(CopyPlan, LeavesOutUnneededObjectsThatAPlainRoleCannotMake) {
  const auto made = plan(facts(), plain(), {}, k_without_bloom_index);
  EXPECT_THAT(made.left_out, UnorderedElementsAre(3, 4, 10, 11, 60, 61, 63));
  EXPECT_FALSE(made.refusal(ErrorKind::refused)) << text_of(made.refusal(ErrorKind::refused));
  EXPECT_THAT(made.said(),
              ElementsAre("extension 'bloom': only a superuser can install it",
                          HasSubstr("pg_switch_wal()': they are on an object of the server"),
                          HasSubstr("akeys(public.hstore)': they are on an object of an extension"),
                          "publication 'pb': a copy publishes nothing",
                          "event trigger 'e': only a superuser can make it"));
}

TEST(CopyPlan, RefusesAnObjectThatAnotherNeeds) {
  const auto made = plan(facts(), plain());
  EXPECT_THAT(text_of(made.refusal(ErrorKind::refused)),
              HasSubstr("extension 'bloom' (only a superuser can install it, and index 'public "
                        "t_bloom' needs it)"));
  EXPECT_THAT(made.refusal(ErrorKind::refused)->hint(), HasSubstr("leave_out: [bloom]"));
}

TEST(CopyPlan, LeavesOutNamedExtensionsWithTheObjectsThatNeedThem) {
  const auto made = plan(facts(), plain(), {Unsupported::by_kind, {"bloom"}});
  EXPECT_FALSE(made.refusal(ErrorKind::refused));
  EXPECT_THAT(made.left_out, Contains(50));
  EXPECT_THAT(made.said(), Contains("index 'public t_bloom': it needs extension 'bloom'"));
}

TEST(CopyPlan, NeverLeavesOutATable) {
  for (const auto unsupported : {Unsupported::by_kind, Unsupported::leave_out}) {
    const auto made = plan(facts(), plain(), {unsupported, {"hstore", "bloom"}});
    EXPECT_THAT(text_of(made.refusal(ErrorKind::verification)),
                HasSubstr("table 'public t' needs it"));
    EXPECT_THAT(made.refusal(ErrorKind::verification)->hint(), HasSubstr("'snapshot.exclude'"));
  }
}

TEST(CopyPlan, RefusesEveryObstacleByThePolicyRefuse) {
  const auto made = plan(facts(), plain(), {Unsupported::refuse, {}}, k_without_bloom_index);
  const auto text = text_of(made.refusal(ErrorKind::refused));
  EXPECT_THAT(text, HasSubstr("event trigger 'e'"));
  EXPECT_THAT(text, HasSubstr("extension 'bloom'"));
  EXPECT_THAT(text, Not(HasSubstr("publication")));  // no copy has one
}

TEST(CopyPlan, DecidesAboutFunctionsTypesAndCastsByTheCatalog) {
  auto known = facts();
  for (const auto& [catalog, object, name] :
       std::vector<std::tuple<int, int, std::string>>{{1255, 200, "function 'public.len(text)'"},
                                                      {1247, 201, "type 'public.mood'"},
                                                      {2605, 210, "cast 'x'"}}) {
    known.traits.push_back(trait(Trait::Kind::superuser, catalog, object, name));
    known.traits.back().why = "because";
  }
  const auto made = plan(known, plain(), {}, k_without_bloom_index);
  EXPECT_THAT(made.said(), Contains("type 'public.mood': only a superuser can make it: because"));
  EXPECT_THAT(made.said(), Contains("cast 'x': only a superuser can make it: because"));
  // A view needs this function; the event trigger is left out anyway, and is no reason.
  EXPECT_THAT(text_of(made.refusal(ErrorKind::refused)),
              HasSubstr("function 'public.len(text)' (only a superuser can make it: because, and "
                        "view 'public v' needs it)"));
  const auto left = plan(known, plain(), {Unsupported::leave_out, {}}, k_without_bloom_index);
  EXPECT_FALSE(left.refusal(ErrorKind::refused));
  EXPECT_THAT(left.left_out, Contains(34));
  const auto session = [&] {
    auto place = superuser();
    place.gives_all = true;
    place.role = "preview";
    return plan(known, place);
  }();
  EXPECT_EQ(session.makers.at(20), Maker::session);
  EXPECT_THAT(session.left_out, Contains(63));
  EXPECT_THAT(session.said(), Contains(HasSubstr("it would run as a superuser")));
}

TEST(CopyPlan, LeavesOutABaseTypeWithItsShell) {
  const auto* list =
      "20; 0 0 SHELL TYPE public chars app\n"
      "21; 1247 201 TYPE public chars app\n;\tdepends on: 20\n";
  DumpFacts facts;
  facts.owners = {"app"};
  facts.traits = {trait(Trait::Kind::superuser, 1247, 201, "type 'public.chars'")};
  EXPECT_EQ(plan(facts, plain(), {}, list).left_out, (std::set<int>{20, 21}));
  EXPECT_FALSE(plan(facts, plain(), {}, list).refusal(ErrorKind::refused));
  EXPECT_THAT(plan(facts, superuser(), {}, list).left_out, IsEmpty());
}

TEST(CopyPlan, TakesTheVersionThatTheServerCanInstall) {
  auto known = facts();
  known.traits[0].version = "1.2";
  const auto made = plan(known, superuser());
  EXPECT_EQ(made.extensions.at(0).version, "1.8");
  EXPECT_THAT(made.left_out, Not(Contains(30)));
  EXPECT_THAT(made.said(),
              Contains("extension 'hstore': it is version 1.8, for the server cannot install 1.2"));
  auto place = superuser();
  place.extensions.erase("hstore");
  EXPECT_THAT(text_of(plan(known, place).refusal(ErrorKind::refused)),
              HasSubstr("extension 'hstore' (the server does not offer it, and table"));
}

TEST(CopyPlan, MakesGrantsOfOtherGrantorsAsTheOwner) {
  auto known = facts();
  auto grants = trait(Trait::Kind::grants, 1259, 300, "table 'public.t'");
  grants.roles = {"bi", "reader"};
  grants.grants = {{"GRANT SELECT ON TABLE t TO bi", "bi"},
                   {"GRANT SELECT ON t TO reader", "reader"}};
  known.traits.push_back(grants);
  EXPECT_THAT(plan(known, superuser()).left_out, Not(Contains(31)));
  const auto made = plan(known, plain(), {}, k_without_bloom_index);
  EXPECT_THAT(made.left_out, Contains(31));
  EXPECT_THAT(made.left_out, Contains(32));
  ASSERT_EQ(made.grants.size(), 2U);
  EXPECT_THAT(made.said(), Contains(HasSubstr("grants on table 'public.t': the owner makes them")));
  auto place = plain();
  place.roles.erase("bi");
  const auto fewer = plan(known, place, {}, k_without_bloom_index);
  ASSERT_EQ(fewer.grants.size(), 1U);
  EXPECT_EQ(fewer.grants.front().role, "reader");
  EXPECT_THAT(fewer.said(), Contains("grants on table 'public.t': there is no role 'bi' on the "
                                     "server"));
}

TEST(CopyPlan, RefusesAPolicyOnlyWhereItAppliesToAnExistingRole) {
  auto known = facts();
  auto policy = trait(Trait::Kind::policy, 3256, 320, "policy 'p' on 't'");
  policy.roles = {"gone", "reader"};
  known.traits.push_back(policy);
  EXPECT_THAT(text_of(plan(known, superuser()).refusal(ErrorKind::permission)),
              HasSubstr("policy 'p' on 't' (there is no role 'gone' on the server)"));
  known.traits.back().roles = {"gone"};
  const auto made = plan(known, superuser());
  EXPECT_FALSE(made.refusal(ErrorKind::permission));
  EXPECT_THAT(made.left_out, Contains(52));
}

TEST(CopyPlan, LeavesOutDefaultPrivilegesAndKeepsGrants) {
  auto known = facts();
  auto grants = trait(Trait::Kind::default_grants, 826, 402, "default privileges of 'app'");
  grants.roles = {"app", "reader"};
  known.traits.push_back(grants);
  const auto made = plan(known, plain(), {}, k_without_bloom_index);
  EXPECT_THAT(made.left_out, Contains(62));
  EXPECT_THAT(made.left_out, Not(Contains(31)));
  EXPECT_THAT(plan(known, superuser()).left_out, Not(Contains(62)));
}

TEST(CopyPlan, ReplacesOnlyOwnersThatTheRoleCannotUse) {
  auto place = plain();
  place.gives_all = false;
  place.usable = {"app"};
  const auto made = plan(facts(), place, {}, k_without_bloom_index);
  EXPECT_EQ(made.makers.at(34), Maker::keeper);
  EXPECT_EQ(made.makers.count(30), 0U);
  EXPECT_THAT(made.new_owners, ElementsAre("app"));
  EXPECT_THAT(made.said(), Contains("objects of 'other' (1): they belong to 'preview': it cannot "
                                    "give anything to that role"));
}

TEST(CopyPlan, ReportsSchemaPublicBefore15) {
  auto place = plain();
  place.version = 140000;
  const auto made = plan(facts(), place, {}, k_without_bloom_index);
  EXPECT_THAT(made.left_out, Contains(9));
  EXPECT_THAT(made.said(), Contains(HasSubstr("grants on schema 'public': schema public belongs")));
  EXPECT_THAT(plan(facts(), plain(), {}, k_without_bloom_index).left_out, Not(Contains(9)));
}

TEST(CopyPlan, RefusesATableThatNeedsASearchPathAndLeavesOutAnIndex) {
  auto known = facts();
  known.traits.push_back(trait(Trait::Kind::search_path, 1259, 311, "index 't_n'"));
  const auto made = plan(known, superuser());
  EXPECT_THAT(made.left_out, Contains(51));
  EXPECT_FALSE(made.refusal(ErrorKind::refused));
  known.traits.push_back(trait(Trait::Kind::search_path, 1259, 300, "table 't'"));
  EXPECT_THAT(plan(known, superuser()).refusal(ErrorKind::refused)->hint(),
              HasSubstr("ALTER FUNCTION"));
}

TEST(CopyPlan, RemovesLeftOutViewsAndIndexesFromTheExpectedContents) {
  const auto entries = read_listing(k_list);
  CopyPlan made;
  made.left_out = {50, 34};
  Content table, view;
  table.name = "t";
  table.indexes = 3;
  view.name = "v";
  view.type = "view";
  const auto expected = without_left_out(entries, made, {table, view});
  ASSERT_EQ(expected.size(), 1U);
  EXPECT_EQ(expected.front().name, "t");
  EXPECT_EQ(expected.front().indexes, 2);
}

TEST(CopyPlan, KeepsTheOrderOfNeedsInTheFewestGroups) {
  const auto entries = read_listing(
      "1; 1259 1 TABLE public a x\n2; 1259 2 TABLE public b y\n3; 1259 3 VIEW public c x\n"
      ";\tdepends on: 2\n4; 1259 4 TABLE public d x\n5; 1259 5 TABLE public e y\n");
  std::vector<const Entry*> all;
  for (const auto& entry : entries) all.push_back(&entry);
  std::vector<std::string> groups;
  for (const auto& [maker, group] : in_groups(all, {{2, Maker::keeper}, {5, Maker::keeper}})) {
    groups.emplace_back(maker == Maker::keeper ? "keeper" : "role");
    for (const auto* entry : group) groups.back() += fmt::format(" {}", entry->id);
  }
  EXPECT_THAT(groups, ElementsAre("role 1 4", "keeper 2 5", "role 3"));
  EXPECT_EQ(in_groups(all, {}).size(), 1U);
}

TEST(RestoreNotes, HoldFactsThatTheListLacks) {
  auto known = facts();
  auto grants = trait(Trait::Kind::grants, 1259, 300, "table 'public.t'");
  grants.roles = {"bi"};
  grants.grants = {{"GRANT SELECT ON TABLE t TO bi", "bi"}};
  known.traits.push_back(grants);
  const auto read = facts_in(notes_of(known, {"preview", false, {"event trigger 'e'"}}));
  EXPECT_EQ(read.owners, known.owners);
  ASSERT_EQ(read.traits.size(), 3U);
  EXPECT_EQ(read.traits[0].version, "1.8");
  EXPECT_EQ(read.traits[2].kind, Trait::Kind::grants);
  EXPECT_EQ(read.traits[2].grants.at(0).statement, "GRANT SELECT ON TABLE t TO bi");
  for (const auto* broken : {"{", "[]", R"({"owners": [], "objects": [{"kind": "newer"}]})",
                             R"({"owners": [1], "objects": []})"}) {
    try {
      facts_in(broken);
      ADD_FAILURE() << broken;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::verification);
    }
  }
}

}  // namespace
}  // namespace tidegate::engine::postgresql
