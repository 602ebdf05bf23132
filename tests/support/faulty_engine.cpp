#include "support/faulty_engine.hpp"

#include <fmt/format.h>

#include <type_traits>

namespace tidegate::test {

std::ostream& operator<<(std::ostream& out, const FaultPoint& point) {
  const auto* fault = point.fault == Fault::error     ? "error"
                      : point.fault == Fault::timeout ? "timeout"
                                                      : "crash";
  return out << fault << (point.when == When::before ? " before" : " after") << " call "
             << point.call;
}

FaultyEngine::FaultyEngine(engine::Engine& inner, FaultPoint point, std::function<void()> die)
    : inner_(inner), point_(point), die_(std::move(die)) {}

void FaultyEngine::strike(const char* name, When when) {
  if (calls_ != point_.call || when != point_.when) return;
  switch (point_.fault) {
    case Fault::error:
      throw Error(ErrorKind::remote, fmt::format("fault at {}", name));
    case Fault::timeout:
      throw Error(ErrorKind::timeout, fmt::format("the time limit was reached at {}", name));
    case Fault::crash:
      die_();
  }
}

template <class Call>
auto FaultyEngine::counted(const char* name, const Call& call) {
  ++calls_;
  strike(name, When::before);
  if constexpr (std::is_void_v<decltype(call())>) {
    call();
    strike(name, When::after);
  } else {
    auto result = call();
    strike(name, When::after);
    return result;
  }
}

engine::Capabilities FaultyEngine::capabilities(Run& run) {
  return counted("capabilities", [&] { return inner_.capabilities(run); });
}

engine::Rights FaultyEngine::rights(Run& run, const DatabaseName& database, engine::Need need) {
  return counted("rights", [&] { return inner_.rights(run, database, need); });
}

std::vector<engine::Obstacle> FaultyEngine::creation_obstacles(Run& run,
                                                               const DatabaseName& database,
                                                               const std::string& owner) {
  return inner_.creation_obstacles(run, database, owner);
}

engine::Inventory FaultyEngine::inspect(Run& run, const DatabaseName& database) {
  return counted("inspect", [&] { return inner_.inspect(run, database); });
}

std::optional<Metadata> FaultyEngine::metadata(Run& run, const DatabaseName& database) {
  return counted("metadata", [&] { return inner_.metadata(run, database); });
}

std::vector<engine::FilledDatabase> FaultyEngine::list(Run& run, const NamePattern& pattern) {
  return counted("list", [&] { return inner_.list(run, pattern); });
}

std::unique_ptr<engine::Lease> FaultyEngine::lease(Run& run, const WriteTarget& target,
                                                   engine::LeaseWish wish) {
  return counted("lease", [&] { return inner_.lease(run, target, wish); });
}

std::unique_ptr<engine::Staged> FaultyEngine::stage(Run& run, const engine::StageRequest& request,
                                                    engine::Lease& lease) {
  return counted("stage", [&] { return inner_.stage(run, request, lease); });
}

engine::VerifyReport FaultyEngine::verify(Run& run, engine::Staged& staged, engine::Lease& lease) {
  return counted("verify", [&] { return inner_.verify(run, staged, lease); });
}

void FaultyEngine::publish(Run& run, engine::Staged& staged, const Metadata& metadata,
                           engine::Lease& lease) {
  counted("publish", [&] { inner_.publish(run, staged, metadata, lease); });
}

void FaultyEngine::note(Run& run, const Metadata& metadata, engine::Lease& lease) {
  counted("note", [&] { inner_.note(run, metadata, lease); });
}

void FaultyEngine::seed(Run& run, const engine::SeedRequest& request, engine::Lease& lease) {
  counted("seed", [&] { inner_.seed(run, request, lease); });
}

engine::DumpResult FaultyEngine::dump(Run& run, const engine::DumpRequest& request) {
  return counted("dump", [&] { return inner_.dump(run, request); });
}

engine::VerifyReport FaultyEngine::examine(Run& run, const std::filesystem::path& archive,
                                           const Metadata& expected) {
  return counted("examine", [&] { return inner_.examine(run, archive, expected); });
}

void FaultyEngine::drop(Run& run, engine::Lease& lease) {
  counted("drop", [&] { inner_.drop(run, lease); });
}

engine::VerifyReport FaultyEngine::audit(Run& run, const DatabaseName& database,
                                         const Metadata& expected) {
  return counted("audit", [&] { return inner_.audit(run, database, expected); });
}

}  // namespace tidegate::test
