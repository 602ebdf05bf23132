#pragma once

/// A Flow whose producer and first preview reach the server by way of a relay, for what the
/// stand-in does not do by itself.

#include <memory>
#include <string>

#include "support/program_flow.hpp"
#include "support/relay.hpp"

namespace tidegate::test {

class RelayedFlow : public ::testing::Test {
 protected:
  explicit RelayedFlow(std::string name) : name_(std::move(name)) {}

  void SetUp() override {
    TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
    flow_ = std::make_unique<Flow>(*server, built_program(), name_);
    const auto port = port_of(flow_->producer_uri());
    if (!port) GTEST_SKIP() << "more than one host";
    relay_ = std::make_unique<Relay>(*port);
    environment_ = {{"PRODUCER_URI", by_way_of(*relay_, flow_->producer_uri())},
                    {"PREVIEW_URI", by_way_of(*relay_, flow_->preview_uri(1))}};
    make_small_production(flow_->admin(), flow_->production(), 20);
  }

  std::unique_ptr<Flow> flow_;
  std::unique_ptr<Relay> relay_;
  Environment environment_;

 private:
  std::string name_;
};

}  // namespace tidegate::test
