#pragma once

/// The fixture of every test of the contract: one engine of the list, with production loaded.

#include <gtest/gtest.h>

#include <memory>

#include "preview/drop.hpp"
#include "preview/fill.hpp"
#include "snapshot/audit.hpp"
#include "snapshot/take.hpp"
#include "support/engines.hpp"
#include "support/plans.hpp"
#include "support/witnesses.hpp"

namespace tidegate::test {

/// TIDEGATE_TEST_REQUIRE=fake,mongodb turns a skip of these into a failure.
bool is_required(const std::string& engine);

class EngineContract : public testing::TestWithParam<EngineChoice> {
 protected:
  void SetUp() override;

  // Each with a run of its own, over the engine given or a new client.
  Metadata take(engine::Engine& engine);
  Metadata fill(engine::Engine& engine, std::string_view target);
  preview::Dropped drop(engine::Engine& engine, std::string_view target,
                        preview::Leave leave = preview::Leave::nothing);
  /// The same as drop(Leave::seed), with data from a file.
  preview::Dropped seed(engine::Engine& engine, std::string_view target, const std::string& file);
  tidegate::snapshot::AuditResult audit(engine::Engine& engine, std::string_view target);
  Metadata take() { return take(bystander()); }
  Metadata fill(std::string_view target) { return fill(bystander(), target); }
  /// A client that lives as long as the server: connecting is what costs most.
  engine::Engine& bystander();
  void forget_server();

  Data read(const std::string& target);
  engine::Inventory inspect(const std::string& target);
  DatabaseName name_of(const std::string& target) const;
  void load_production(const Data& data) { server->load(topology().production, data); }
  const Topology& topology() const { return *topology_; }
  static const Data& first_data();
  static const Data& second_data();

  std::unique_ptr<EngineUnderTest> server;
  MemoryJournal journal;
  std::string said;  ///< steps of the last run

 private:
  std::optional<Topology> topology_;
  std::unique_ptr<engine::Engine> bystander_;
};

std::string engine_name(const testing::TestParamInfo<EngineChoice>& info);

}  // namespace tidegate::test
