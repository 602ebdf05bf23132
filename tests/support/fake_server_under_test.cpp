#include "support/fake_server_under_test.hpp"

#include <fstream>
#include <nlohmann/json.hpp>

namespace tidegate::test {
namespace {

CallOutcome ending_of(const std::function<void()>& work) {
  try {
    work();
    return CallOutcome::well;
  } catch (const Error&) {
    return CallOutcome::with_error;
  } catch (const Crashed&) {
    return CallOutcome::crashed;
  }
}

}  // namespace

Topology syrf_topology() {
  return {DatabaseName("syrftest"),
          DatabaseName("syrf_snapshot"),
          NamePattern("syrf_pr_{number}"),
          {{"staging", DatabaseName("syrf_staging")}},
          {DatabaseName("syrfdev")},
          {DatabaseName("admin"), DatabaseName("local"), DatabaseName("config")}};
}

Topology FakeServerUnderTest::topology() const { return syrf_topology(); }

std::unique_ptr<engine::Engine> FakeServerUnderTest::connect() {
  return std::make_unique<FakeEngine>(server_);
}

void FakeServerUnderTest::load(const DatabaseName& database, const Data& data) {
  server_.drop_database(database.text());
  for (const auto& [name, documents] : data) {
    server_.load(database.text(), name, documents, R"({"indexes":["_id_","text_1"]})");
  }
}

Data FakeServerUnderTest::read(const DatabaseName& database) {
  Data data;
  for (const auto& [name, collection] : server_.read(database.text())) {
    data[name] = collection.documents;
  }
  return data;
}

std::string FakeServerUnderTest::seed_file(const std::filesystem::path& folder, const Data& data) {
  const auto file = folder / "seed";
  std::ofstream(file) << nlohmann::json(data).dump();
  return file;
}

void FakeServerUnderTest::lock(const DatabaseName& database, const std::string& label) {
  server_.find(database.text())->latest.value().locked = LockRecord{label, clock_.now()};
}

void FakeServerUnderTest::spoil(const DatabaseName& database) {
  auto& latest = server_.find(database.text())->latest.value();
  Metadata spoiled;
  spoiled.tool_name.clear();
  spoiled.status = Status::publishing;
  spoiled.unreadable = "'method' of '" + database.text() + "' is missing";
  spoiled.locked = latest.locked;
  latest = spoiled;
}

void FakeServerUnderTest::let_leases_run_out() { clock_.advance(std::chrono::minutes{1}); }

CallOutcome FakeServerUnderTest::attempt(FaultPoint point, const Work& work) {
  FakeEngine inner(server_);
  FaultyEngine faulty(inner, point, [&inner] {
    inner.crash();
    throw Crashed{};
  });
  return ending_of([&] { work(faulty); });
}

CallOutcome FakeServerUnderTest::attempt_inside(FaultPoint point, const Work& work) {
  FakeEngine inner(server_);
  int steps = 0;
  const auto strike = [&](const std::string& name) {
    if (point.fault == Fault::crash) {
      inner.crash();
      throw Crashed{};
    }
    throw Error(point.fault == Fault::timeout ? ErrorKind::timeout : ErrorKind::remote,
                "fault at step " + name);
  };
  server_.on_step = [&](const std::string& name) {
    if (++steps == point.call && point.when == When::before) strike(name);
  };
  server_.after_step = [&](const std::string& name) {
    if (steps == point.call && point.when == When::after) strike(name);
  };
  const auto ended = ending_of([&] { work(inner); });
  server_.on_step = {};
  server_.after_step = {};
  return ended;
}

}  // namespace tidegate::test
