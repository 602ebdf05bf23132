#include "engine/mongodb/driver/bounded_call.hpp"

#include <fmt/format.h>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>

namespace tidegate::engine::mongodb {
namespace {

constexpr std::chrono::milliseconds k_look{250};
// Longer than a server takes to notice that an operation was killed.
constexpr std::chrono::milliseconds k_given_up_after{10'000};

using Primary = std::unique_ptr<mongoc_read_prefs_t, decltype(&mongoc_read_prefs_destroy)>;

struct Question {
  std::shared_ptr<Clients> clients;
  std::string database;
  Bson command;
};

Answer answer_to(const Question& question) {
  const Primary primary(mongoc_read_prefs_new(MONGOC_READ_PRIMARY), &mongoc_read_prefs_destroy);
  const Connection connection(*question.clients);
  Answer answer;
  bson_t reply;
  answer.ok = mongoc_client_command_with_opts(connection.get(), question.database.c_str(),
                                              question.command.raw(), primary.get(), nullptr,
                                              &reply, &answer.error);
  answer.reply = Bson::take(reply);
  bson_destroy(&reply);
  return answer;
}

/// Shared by the thread that waits for the server and the caller that waits for that thread, or no
/// longer does.
struct PendingCall {
  std::mutex mutex;
  std::condition_variable changed;
  std::optional<Answer> answer;
  std::exception_ptr failure;
  bool done() const { return answer || failure; }
};

void wait_for_server(PendingCall& waiting, ServerCall ask) {
  std::optional<Answer> answer;
  std::exception_ptr failure;
  try {
    answer = ask();
  } catch (...) {
    failure = std::current_exception();
  }
  ask = {};  // before the caller goes on, which may end what it uses
  const std::lock_guard lock(waiting.mutex);
  waiting.answer = std::move(answer);
  waiting.failure = failure;
  waiting.changed.notify_all();
}

}  // namespace

ServerCall command_to_primary(std::shared_ptr<Clients> clients, std::string database,
                              Bson command) {
  const auto question = std::make_shared<Question>(
      Question{std::move(clients), std::move(database), std::move(command)});
  return [question] { return answer_to(*question); };
}

Answer ask_once(Run& run, ServerCall ask, const std::string& where) {
  const auto waiting = std::make_shared<PendingCall>();
  leave_alone(
      [waiting, ask = std::move(ask)]() mutable { wait_for_server(*waiting, std::move(ask)); });
  std::unique_lock lock(waiting->mutex);
  std::optional<SteadyTime> stopped;
  while (!waiting->changed.wait_for(lock, k_look, [&] { return waiting->done(); })) {
    if (!run.stop().stop_requested() || run.shielded()) continue;
    if (!stopped) stopped = run.clock().steady();
    if (run.clock().steady() - *stopped < k_given_up_after) continue;
    throw Error(ErrorKind::cancelled,
                fmt::format("cancelled; {} does not answer, and was not waited for", where));
  }
  if (waiting->failure) std::rethrow_exception(waiting->failure);
  return std::move(*waiting->answer);
}

}  // namespace tidegate::engine::mongodb
