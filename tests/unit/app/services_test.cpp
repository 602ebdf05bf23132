#include "app/services.hpp"

#include <gmock/gmock.h>

#include "app/database_previews.hpp"
#include "support/fake_world.hpp"
#include "unit/config/sample.hpp"

namespace tidegate::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Services : public FakeWorld {
 protected:
  app::SharedConfig configured(const std::string& text) {
    const config::Environment variables{
        {"PROD", "mongodb://p"}, {"PREVIEW", "mongodb://v"}, {"STAGING", "mongodb://s"}};
    return std::make_shared<const config::Config>(config::sample::load(text, variables));
  }
  app::Adapters adapters() {
    return {.clock = clock,
            .redactor = redactor,
            .stop = {},
            .run_id = "r",
            .engines = {{.kind = EngineKind::mongodb,
                         .own_databases = {},
                         .connect = [this](const Endpoint&,
                                           const std::string&) -> std::unique_ptr<engine::Engine> {
                           return std::make_unique<FakeEngine>(server);
                         },
                         .grants = {}}},
            .open_store = {},
            .open_forge = {},
            .receive = {}};
  }

  Redactor redactor;
  Log log{LogLevel::error, LogFormat::text, redactor, [](std::string_view) {}};
  app::Adapters plugged = adapters();
};

TEST_F(Services, NeedNoValueThatIsNotUsed) {
  const auto config = configured(std::string(config::sample::k_file) + "journal: '${UNSET}'\n");
  app::Services services(plugged, config, log, Mode::real);
  EXPECT_NE(services.engine(EngineKind::mongodb, {}, "m"), nullptr);
  EXPECT_THAT(error_of([&] { services.journal(); }).message(), HasSubstr("UNSET"));
}

TEST_F(Services, RecordAndWriteNothingInADryRun) {
  const auto config = configured(std::string(config::sample::k_file) + "journal: '${UNSET}'\n");
  app::Services services(plugged, config, log, Mode::dry_run);
  services.journal().started({});
  EXPECT_TRUE(services.journal().recent(10).empty());
  const auto printing = services.engine(EngineKind::mongodb, {}, "m");
  printing->lease(start(), gate.snapshot(*topology.snapshot), {});
  EXPECT_EQ(server.find(topology.snapshot->text()), nullptr);
  const auto writing =
      app::Services(plugged, config, log, Mode::real).engine(EngineKind::mongodb, {}, "m");
  const auto held = writing->lease(start(), gate.snapshot(*topology.snapshot), {});
  EXPECT_NE(server.find(topology.snapshot->text()), nullptr);
}

TEST_F(Services, FailWhenAMissingConnectionIsUsed) {
  const auto config = configured(std::string(config::sample::k_file));
  const app::Services services(plugged, config, log, Mode::real);
  config::ValueOrError<Endpoint> missing;
  missing.missing = Error(ErrorKind::config, "not set");
  const auto connect = services.connect(EngineKind::mongodb, missing, "m");
  EXPECT_EQ(error_of([&] { connect(); }).message(), "not set");
  EXPECT_EQ(error_of([&] { services.kind(EngineKind::postgresql); }).kind(), ErrorKind::config);
}

class EachInTurn : public FakeWorld {
 protected:
  static std::vector<app::DatabasePreviews> named(const std::vector<std::string>& names) {
    std::vector<app::DatabasePreviews> previews;
    for (const auto& name : names) previews.push_back({name, nullptr, {}});
    return previews;
  }
};

TEST_F(EachInTurn, AFailureStopsNoOtherDatabase) {
  std::vector<std::string> done;
  const auto failures =
      app::each_in_turn(start(), named({"a", "b", "c"}), [&](const app::DatabasePreviews& each) {
        done.push_back(each.name);
        if (each.name == "b") throw Error(ErrorKind::unreachable, "no answer");
      });
  EXPECT_THAT(done, ElementsAre("a", "b", "c"));
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures.front().name, "b");
}

TEST_F(EachInTurn, TheFailureOfTheOnlyDatabaseIsTheCommands) {
  const auto error = error_of([&] {
    app::each_in_turn(start(), named({"a"}), [](const app::DatabasePreviews&) {
      throw Error(ErrorKind::unreachable, "no answer");
    });
  });
  EXPECT_EQ(error.kind(), ErrorKind::unreachable);
}

}  // namespace
}  // namespace tidegate::test
