#pragma once

/// An engine whose call `n` goes wrong, so that every step of a use case can be made to fail in
/// turn.

#include <functional>
#include <memory>
#include <ostream>

#include "engine/engine.hpp"

namespace tidegate::test {

enum class Fault { error, timeout, crash };
/// `after`: the call was carried out, and its answer lost.
enum class When { before, after };

struct FaultPoint {
  int call = 0;  ///< from 1; 0: no fault
  Fault fault = Fault::error;
  When when = When::before;
};
std::ostream& operator<<(std::ostream& out, const FaultPoint& point);

class FaultyEngine final : public engine::Engine {
 public:
  /// `die` ends the process, or throws what stands for that; it must not return.
  FaultyEngine(engine::Engine& inner, FaultPoint point, std::function<void()> die);

  /// Whether the fault has happened.
  bool struck() const { return calls_ >= point_.call && point_.call > 0; }
  int calls() const { return calls_; }

  engine::Capabilities capabilities(Run& run) override;
  engine::Rights rights(Run& run, const DatabaseName& database, engine::Need need) override;
  std::vector<engine::Obstacle> creation_obstacles(Run& run, const DatabaseName& database,
                                                   const std::string& owner) override;
  engine::Inventory inspect(Run& run, const DatabaseName& database) override;
  std::optional<Metadata> metadata(Run& run, const DatabaseName& database) override;
  std::vector<engine::FilledDatabase> list(Run& run, const NamePattern& pattern) override;
  std::unique_ptr<engine::Lease> lease(Run& run, const WriteTarget& target,
                                       engine::LeaseWish wish) override;
  std::unique_ptr<engine::Staged> stage(Run& run, const engine::StageRequest& request,
                                        engine::Lease& lease) override;
  engine::VerifyReport verify(Run& run, engine::Staged& staged, engine::Lease& lease) override;
  void publish(Run& run, engine::Staged& staged, const Metadata& metadata,
               engine::Lease& lease) override;
  void note(Run& run, const Metadata& metadata, engine::Lease& lease) override;
  void seed(Run& run, const engine::SeedRequest& request, engine::Lease& lease) override;
  engine::DumpResult dump(Run& run, const engine::DumpRequest& request) override;
  engine::VerifyReport examine(Run& run, const std::filesystem::path& archive,
                               const Metadata& expected) override;
  void drop(Run& run, engine::Lease& lease) override;
  engine::VerifyReport audit(Run& run, const DatabaseName& database,
                             const Metadata& expected) override;

 private:
  template <class Call>
  auto counted(const char* name, const Call& call);
  void strike(const char* name, When when);
  engine::Engine& inner_;
  FaultPoint point_;
  std::function<void()> die_;
  int calls_ = 0;
};

}  // namespace tidegate::test
