#pragma once

/// A throwaway server for the demo, run as its engine says: on a free loopback port, in a temporary
/// directory, and gone afterwards.

#include <optional>
#include <string>
#include <vector>

#include "base/child.hpp"
#include "engine/sample.hpp"

namespace tidegate::demo {

/// A directory of this process alone, removed with everything in it unless kept.
class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  std::string path(std::string_view name) const { return path_ + "/" + std::string(name); }
  const std::string& path() const { return path_; }
  /// Writes a file that only this user may read. @returns its path.
  std::string write(std::string_view name, std::string_view text) const;
  void keep() { kept_ = true; }

 private:
  std::string path_;
  bool kept_ = false;
};

class DemoServer {
 public:
  enum class Access { unguarded, guarded };
  /// `attached`: it ends with this process. `detached`: it stays, and the destructor leaves it.
  enum class Life { attached, detached };

  /// Creates its files in its directory, which then belongs to the user that it runs as.
  /// @throws Error config: it cannot be made.
  DemoServer(engine::ServerRecipe recipe, std::string directory);
  ~DemoServer();
  DemoServer(const DemoServer&) = delete;
  DemoServer& operator=(const DemoServer&) = delete;

  void start(Access access, Life life);
  void stop();
  const engine::ServerRecipe& recipe() const { return recipe_; }
  /// How a person ends it.
  std::string how_to_stop() const;
  /// From now on a detached server is left running.
  void leave() { left_ = true; }

 private:
  void start_detached(const std::vector<std::string>& command);
  /// The command as the user of the recipe. A change of user clears the parent-death signal, so an
  /// attached server sets it again.
  std::vector<std::string> as_its_user(std::vector<std::string> command, Life life) const;
  engine::ServerRecipe recipe_;
  std::string directory_, log_;
  int pid_ = 0;
  bool left_ = false;
  std::optional<Child> child_;
};

}  // namespace tidegate::demo
