#include "model/gate.hpp"

#include <gtest/gtest.h>

#include <type_traits>

#include "base/error.hpp"
#include "model/mark_target.hpp"

namespace tidegate {
namespace {

// Only Gate makes a WriteTarget: there is nothing public to make one from.
static_assert(!std::is_default_constructible_v<WriteTarget>);
static_assert(!std::is_aggregate_v<WriteTarget>);
static_assert(!std::is_constructible_v<WriteTarget, DatabaseName>);
static_assert(!std::is_constructible_v<WriteTarget, std::string>);
static_assert(!std::is_constructible_v<WriteTarget, DatabaseName, WriteTarget::Role>);
static_assert(!std::is_constructible_v<WriteTarget, DatabaseName, WriteTarget::Role, std::string>);
static_assert(
    !std::is_constructible_v<WriteTarget, const DatabaseName&, WriteTarget::Role, const char*>);
static_assert(!std::is_convertible_v<DatabaseName, WriteTarget>);
static_assert(!std::is_convertible_v<TargetName, WriteTarget>);
// And of a permission to say something about a target comes none to write it.
static_assert(!std::is_default_constructible_v<MarkTarget>);
static_assert(!std::is_constructible_v<MarkTarget, WriteTarget>);
static_assert(!std::is_constructible_v<WriteTarget, MarkTarget>);
static_assert(!std::is_convertible_v<MarkTarget, WriteTarget>);
static_assert(!std::is_convertible_v<std::string, WriteTarget>);

PullNumber number(std::string_view digits) { return PullNumber::parse(digits).value(); }

Topology syrf() {
  return {DatabaseName("syrftest"),
          DatabaseName("syrf_snapshot"),
          NamePattern("syrf_pr_{number}"),
          {{"staging", DatabaseName("syrf_staging")}, {"training", DatabaseName("syrf_training")}},
          {DatabaseName("syrftest"), DatabaseName("syrfdev"), DatabaseName("syrf_snapshot"),
           DatabaseName("syrf_staging")},
          {DatabaseName("admin"), DatabaseName("local"), DatabaseName("config")},
          "syrf"};
}

const LockState k_unlocked{};
const LockState k_locked{true, "persist-db", "2026-11-20 10:00 UTC"};

template <typename Call>
std::optional<Error> error_of(Call call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

template <typename Call>
std::string outcome(Call call) {
  const auto error = error_of(call);
  return error ? std::string(describe(error->kind()).name) + ": " + error->message() : "permitted";
}

TEST(Gate, PermitsTheThreeKindsOfPlaces) {
  const Gate gate(syrf());
  const auto snapshot = gate.snapshot(DatabaseName("syrf_snapshot"));
  EXPECT_EQ(snapshot.database(), DatabaseName("syrf_snapshot"));
  EXPECT_EQ(snapshot.role(), WriteTarget::Role::snapshot);
  EXPECT_EQ(snapshot.label(), "snapshot");

  const auto preview = gate.preview(DatabaseName("syrf_pr_42"), number("42"), k_unlocked);
  EXPECT_EQ(preview.database(), DatabaseName("syrf_pr_42"));
  EXPECT_EQ(preview.role(), WriteTarget::Role::preview);
  EXPECT_EQ(preview.label(), "pr-42");

  const auto staging = gate.target(DatabaseName("syrf_staging"), {"staging", {}}, k_unlocked);
  EXPECT_EQ(staging.database(), DatabaseName("syrf_staging"));
  EXPECT_EQ(staging.role(), WriteTarget::Role::named);
  EXPECT_EQ(staging.label(), "staging");
}

struct Asked {
  const char* name;
  const char* reason;  // part of the refusal
};

TEST(Gate, RefusesEveryOtherNameAsAPreview) {
  const Gate gate(syrf());
  const Asked table[] = {
      {"syrftest", "it is production"},
      {"SYRFTEST", "it is production"},
      {"SyrfTest", "it is production"},
      {"syrfdev", "protected list"},
      {"SyrfDev", "protected list"},
      {"admin", "belongs to the server itself"},
      {"ADMIN", "belongs to the server itself"},
      {"local", "belongs to the server itself"},
      {"config", "belongs to the server itself"},
      {"syrf_snapshot", "it is the snapshot"},
      {"Syrf_Snapshot", "it is the snapshot"},
      {"syrf_staging", "it is the named target 'staging'"},
      {"SYRF_TRAINING", "it is the named target 'training'"},
      {"syrf_pr_1", "makes 'syrf_pr_42' of it"},
      {"syrf_pr_042", "makes 'syrf_pr_42' of it"},
      {"SYRF_PR_42", "makes 'syrf_pr_42' of it"},
      {"syrf_pr_４２", "makes 'syrf_pr_42' of it"},
      {"syrf_pr_٤٢", "makes 'syrf_pr_42' of it"},
      {"syrf_pr_42_", "makes 'syrf_pr_42' of it"},
      {"xsyrf_pr_42", "makes 'syrf_pr_42' of it"},
      {"syrf_pr_", "makes 'syrf_pr_42' of it"},
      {"syrf_pr_42\n", "makes 'syrf_pr_42' of it"},
      {"other", "makes 'syrf_pr_42' of it"},
  };
  for (const auto& asked : table) {
    const auto error =
        error_of([&] { gate.preview(DatabaseName(asked.name), number("42"), k_unlocked); });
    ASSERT_TRUE(error) << asked.name;
    EXPECT_EQ(error->kind(), ErrorKind::refused) << asked.name;
    EXPECT_NE(error->message().find(asked.reason), std::string::npos) << error->message();
    EXPECT_FALSE(error->hint().empty()) << asked.name;
  }
}

TEST(Gate, NamesThatNoServerTakesDoNotEvenBecomeNames) {
  for (const auto& text :
       {std::string("syrf_pr_4 2"), std::string(64, 'a'), std::string("syrf_pr_1/x"),
        std::string("syrf_pr_1\0", 10), std::string("syrftest.x"), std::string()}) {
    EXPECT_THROW(DatabaseName{text}, Error) << text;
  }
}

TEST(Gate, RefusesEveryOtherNameAsTheSnapshot) {
  const Gate gate(syrf());
  for (const auto* name : {"syrftest", "SYRFTEST", "syrfdev", "admin", "Local", "syrf_staging",
                           "syrf_pr_1", "SYRF_SNAPSHOT", "syrf_snapshot2"}) {
    const auto error = error_of([&] { gate.snapshot(DatabaseName(name)); });
    ASSERT_TRUE(error) << name;
    EXPECT_EQ(error->kind(), ErrorKind::refused) << name;
  }
  auto archives = syrf();
  archives.snapshot.reset();
  EXPECT_EQ(outcome([&] { Gate(archives).snapshot(DatabaseName("syrf_snapshot")); }),
            "refused: refusing to write 'syrf_snapshot' as the snapshot: no snapshot database is "
            "configured");
}

TEST(Gate, RefusesEveryOtherNameAsANamedTarget) {
  const Gate gate(syrf());
  for (const auto* name :
       {"syrftest", "SyrfTest", "syrfdev", "admin", "syrf_snapshot", "SYRF_SNAPSHOT", "syrf_pr_1",
        "syrf_training", "SYRF_STAGING", "other"}) {
    const auto error = error_of([&] {
      gate.target(DatabaseName(name), {"staging", {}}, k_unlocked);
    });
    ASSERT_TRUE(error) << name;
    EXPECT_EQ(error->kind(), ErrorKind::refused) << name;
  }
  EXPECT_EQ(outcome([&] {
              gate.target(DatabaseName("syrf_staging"), {"stage", {}}, k_unlocked);
            }),
            "refused: refusing to write 'syrf_staging' as target 'stage': no such target is "
            "configured");
}

TEST(Gate, RefusesPreviewsWhereNoneAreConfigured) {
  auto topology = syrf();
  topology.previews.reset();
  const Gate gate(topology);
  EXPECT_EQ(outcome([&] { gate.preview(DatabaseName("syrf_pr_1"), number("1"), k_unlocked); }),
            "refused: refusing to write 'syrf_pr_1' as preview 'pr-1': no previews are configured");
}

TEST(Gate, TouchesNothingLocked) {
  const Gate gate(syrf());
  const auto preview = error_of([&] { gate.permit(*parse_target("pr-42"), k_locked); });
  ASSERT_TRUE(preview);
  EXPECT_EQ(preview->kind(), ErrorKind::locked);
  EXPECT_EQ(preview->message(),
            "'pr-42' is locked by 'persist-db' since 2026-11-20 10:00 UTC; nothing was changed");
  EXPECT_EQ(preview->hint(), "take the label 'persist-db' off pull request 42 to unlock it");
  EXPECT_EQ(outcome([&] {
              gate.permit(*parse_target("staging"), {true, "", ""});
            }),
            "locked: 'staging' is locked; nothing was changed");
}

TEST(Gate, ProductionIsRefusedEvenWhenItIsLocked) {
  const Gate gate(syrf());
  const auto error =
      error_of([&] { gate.preview(DatabaseName("syrftest"), number("1"), k_locked); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::refused);
}

TEST(Gate, FindsTheDatabaseOfATarget) {
  const Gate gate(syrf());
  EXPECT_EQ(gate.database_of(*parse_target("pr-42")), DatabaseName("syrf_pr_42"));
  EXPECT_EQ(gate.database_of(*parse_target("staging")), DatabaseName("syrf_staging"));
  EXPECT_EQ(gate.permit(*parse_target("pr-42"), k_unlocked).label(), "pr-42");
  EXPECT_EQ(gate.permit(*parse_target("training"), k_unlocked).database(),
            DatabaseName("syrf_training"));
}

TEST(Gate, SaysWhichTargetsThereAreAndWhatMayHaveBeenMeant) {
  const Gate gate(syrf());
  const auto hint = [&](const char* text) {
    const auto error = error_of([&] { gate.database_of({text, {}}); });
    EXPECT_EQ(error->kind(), ErrorKind::not_found);
    EXPECT_EQ(error->message(), std::string("'") + text + "' is not a target of 'syrf'");
    return error->hint();
  };
  const std::string known = "targets are pr-<number>, staging and training";
  EXPECT_EQ(hint("syrf_prod"), known);
  EXPECT_EQ(hint("stagin"), known + "; did you mean 'staging'?");
  EXPECT_EQ(hint("STAGING"), known + "; did you mean 'staging'?");
  EXPECT_EQ(hint("syrf_staging"), known + "; did you mean 'staging'?");
  EXPECT_EQ(hint("syrf_pr_42"), known + "; did you mean 'pr-42'?");
  EXPECT_EQ(hint("pr42"), known + "; did you mean 'pr-42'?");
  EXPECT_EQ(hint("pr-042"), known + "; did you mean 'pr-42'?");
  EXPECT_EQ(hint("000"), known);
}

TEST(Gate, RefusesWhatIsNeverATargetByWhateverSpelling) {
  auto topology = syrf();
  topology.targets.clear();
  const Gate gate(topology);
  for (const char* text : {"syrftest", "SyrfTest", "syrf_snapshot", "syrfdev", "admin", "Local"}) {
    const auto error = error_of([&] { gate.database_of({text, {}}); });
    ASSERT_TRUE(error) << text;
    EXPECT_EQ(error->kind(), ErrorKind::refused) << text;
  }
}

TEST(Gate, SaysWhenThereAreNoPreviewsOrNoTargetsAtAll) {
  auto topology = syrf();
  topology.previews.reset();
  auto error = error_of([&] { Gate(topology).database_of(*parse_target("pr-1")); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ErrorKind::not_found);
  EXPECT_EQ(error->message(), "there is no 'pr-1': no previews of 'syrf' are configured");
  EXPECT_NE(error->hint().find("targets are staging and training"), std::string::npos);
  topology.targets.clear();
  topology.name.clear();
  error = error_of([&] { Gate(topology).database_of(*parse_target("staging")); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message(), "'staging' is not a target");
  EXPECT_NE(error->hint().find("no targets are configured"), std::string::npos);
}

struct Contradiction {
  const char* reason;
  void (*change)(Topology&);
};

TEST(Gate, DoesNotExistForATopologyThatContradictsItself) {
  const Contradiction table[] = {
      {"could produce production 'syrf_pr_7'",
       [](Topology& t) { t.production = DatabaseName("syrf_pr_7"); }},
      {"could produce production 'SYRF_PR_7'",
       [](Topology& t) { t.production = DatabaseName("SYRF_PR_7"); }},
      {"could produce the snapshot 'syrf_pr_1'",
       [](Topology& t) { t.snapshot = DatabaseName("syrf_pr_1"); }},
      {"could produce target 'staging' 'Syrf_pr_1'",
       [](Topology& t) { t.targets.insert_or_assign("staging", DatabaseName("Syrf_pr_1")); }},
      {"could produce the protected database 'syrf_pr_2147483647'",
       [](Topology& t) { t.protected_names.emplace_back("syrf_pr_2147483647"); }},
      {"could produce the server's own database 'syrf_pr_3'",
       [](Topology& t) { t.engine_own.emplace_back("syrf_pr_3"); }},
      {"the snapshot is 'SYRFtest', which is production",
       [](Topology& t) { t.snapshot = DatabaseName("SYRFtest"); }},
      {"target 'staging' is 'syrftest', which is production",
       [](Topology& t) { t.targets.insert_or_assign("staging", DatabaseName("syrftest")); }},
      {"the snapshot is 'Admin', which belongs to the server itself",
       [](Topology& t) { t.snapshot = DatabaseName("Admin"); }},
      {"target 'staging' is 'config', which belongs to the server itself",
       [](Topology& t) { t.targets.insert_or_assign("staging", DatabaseName("config")); }},
      {"the snapshot and target 'staging' are one database, 'Syrf_Snapshot'",
       [](Topology& t) { t.targets.insert_or_assign("staging", DatabaseName("Syrf_Snapshot")); }},
      {"target 'staging' and target 'training' are one database, 'syrf_STAGING'",
       [](Topology& t) { t.targets.insert_or_assign("training", DatabaseName("syrf_STAGING")); }},
  };
  for (const auto& row : table) {
    auto topology = syrf();
    row.change(topology);
    const auto error = error_of([&] { Gate{topology}; });
    ASSERT_TRUE(error) << row.reason;
    EXPECT_EQ(error->kind(), ErrorKind::config);
    EXPECT_NE(error->message().find(row.reason), std::string::npos) << error->message();
    EXPECT_FALSE(error->hint().empty());
  }
}

TEST(Gate, LetsNamesBeThatThePatternCannotProduce) {
  for (const auto* name :
       {"syrf_pr_042", "syrf_pr_0", "syrf_pr_x", "syrf_pr_", "syrf_pr_2147483648"}) {
    auto topology = syrf();
    topology.production = DatabaseName(name);
    EXPECT_NO_THROW(Gate{topology}) << name;
  }
}

TEST(Gate, NoNumberOfAnyPatternEverReachesProduction) {
  // Every Gate that can be made with production in it refuses production for every number.
  for (const auto* pattern :
       {"syrf_pr_{number}", "{number}", "syrf{number}test", "{number}_syrf"}) {
    for (const auto* production :
         {"syrftest", "1", "syrf1test", "1_SYRF", "SYRF_PR_1", "syrf_pr_01"}) {
      Topology topology{DatabaseName(production), {}, NamePattern(pattern), {}, {}, {}};
      std::optional<Gate> gate;
      if (error_of([&] { gate.emplace(topology); })) continue;
      for (const auto* digits : {"1", "2147483647"}) {
        const auto permitted = gate->permit({"pr", number(digits)}, k_unlocked);
        EXPECT_FALSE(same_database(permitted.database(), DatabaseName(production)));
      }
      EXPECT_TRUE(error_of([&] {
        gate->preview(DatabaseName(production), number("1"), k_unlocked);
      })) << pattern
          << " " << production;
    }
  }
}

}  // namespace
}  // namespace tidegate
