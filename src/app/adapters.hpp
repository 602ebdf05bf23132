#pragma once

/// app: puts use cases together from the configuration and the adapters: the previews of a
/// database, the jobs of the daemon.
/// This file: the adapters that main.cpp plugs in.

#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "archive/archive.hpp"
#include "base/clock.hpp"
#include "base/secret.hpp"
#include "engine/engine.hpp"
#include "forge/forge.hpp"
#include "forge/webhook.hpp"
#include "model/forge_plan.hpp"

namespace tidegate::app {

/// Outlive everything that uses them.
struct Adapters {
  const Clock& clock;
  Redactor& redactor;
  std::stop_token stop;
  std::string run_id;  ///< of the one run of this process
  /// The engines that this program can operate.
  std::vector<engine::Kind> engines;
  /// Opens places for archives.
  archive::OpenStore open_store;
  /// Opens the code host.
  std::function<std::unique_ptr<forge::Forge>(const ForgePlan&)> open_forge;
  /// Makes the reader of webhook requests, from their secrets and the repository.
  std::function<forge::Receive(std::vector<Secret>, std::string)> receive;
};

}  // namespace tidegate::app
