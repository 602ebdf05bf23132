#include "support/engines.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <system_error>

#include "support/fake_server_under_test.hpp"
#include "support/mongodb_under_test.hpp"
#include "support/postgresql_under_test.hpp"

namespace tidegate::test {
namespace {

constexpr int k_with_error = 1;
constexpr int k_crashed = 99;

[[noreturn]] void be_the_child(EngineUnderTest& server, FaultPoint point, const Work& work) {
  int code = 0;
  try {
    const auto inner = server.connect();
    FaultyEngine faulty(*inner, point, [] { _exit(k_crashed); });
    work(faulty);
  } catch (const Error&) {
    code = k_with_error;
  }
  _exit(code);
}

}  // namespace

CallOutcome attempt_in_child(EngineUnderTest& server, FaultPoint point, const Work& work) {
  const auto child = fork();
  if (child < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (child == 0) be_the_child(server, point, work);
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return CallOutcome::crashed;
  if (WEXITSTATUS(status) == 0) return CallOutcome::well;
  return WEXITSTATUS(status) == k_with_error ? CallOutcome::with_error : CallOutcome::crashed;
}

void PrintTo(const EngineChoice& choice, std::ostream* out) { *out << choice.name; }

std::vector<EngineChoice> engines_under_test() {
  return {
      {"Fake", [](std::string&) { return std::make_unique<FakeServerUnderTest>(); }},
      {"MongoDB",
       [](std::string& why_not) -> std::unique_ptr<EngineUnderTest> {
         auto* server = MongoServer::get(Access::open);
         if (server == nullptr) {
           why_not = MongoServer::why_none();
           return nullptr;
         }
         return std::make_unique<MongoDbUnderTest>(*server);
       }},
      {"PostgreSQL",
       [](std::string& why_not) -> std::unique_ptr<EngineUnderTest> {
         auto* server = PostgresServer::get();
         if (server == nullptr) {
           why_not = PostgresServer::why_none();
           return nullptr;
         }
         return std::make_unique<PostgresqlUnderTest>(*server);
       }},
  };
}

}  // namespace tidegate::test
