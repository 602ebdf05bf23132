#include "engine/postgresql/driver/running.hpp"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <utility>

namespace tidegate::engine::postgresql {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_tick{50};
// Enough time for the server to cancel; a stop of the whole program must not take ten seconds.
constexpr milliseconds k_end_grace{3'000};

ChildCommand command_of(const ProgramCall& call) {
  ChildCommand command;
  command.argv = {call.program};
  command.argv.insert(command.argv.end(), call.arguments.begin(), call.arguments.end());
  command.environment = {"LC_ALL=C", "PG_COLOR=never", "PGCLIENTENCODING="};
  if (call.where != nullptr) {
    const auto& variables = call.where->environment();
    command.environment.insert(command.environment.end(), variables.begin(), variables.end());
    command.descriptors = {call.where->descriptor()};
  }
  command.descriptors.insert(command.descriptors.end(), call.descriptors.begin(),
                             call.descriptors.end());
  command.in = call.in;
  command.out = call.out;
  command.err = ChildStream::pipe();
  return command;
}

class Program {
 public:
  Program(const ProgramCall& call, const Log& log)
      : log_(log),
        child_(command_of(call)),
        complaints_(std::filesystem::path(call.program).filename().string(), call.harmless),
        hear_(call.hear) {}
  /// @returns whether something came through the pipe: then there is more, and no wait for it.
  bool listen(const WaitCallbacks& meanwhile, milliseconds limit) {
    const auto chunk = child_.read_out(milliseconds{0});
    if (!chunk.empty()) limit = milliseconds{0};
    if (hear_) {
      hear_(chunk);
    } else {
      out_ += chunk;
    }
    unread_ += child_.read_err(limit);
    for (auto end = unread_.find('\n'); end != std::string::npos; end = unread_.find('\n')) {
      hear(meanwhile, unread_.substr(0, end));
      unread_.erase(0, end + 1);
    }
    return !chunk.empty();
  }

  // The last lines of its standard error, after it has ended.
  void hear_out(const WaitCallbacks& meanwhile) {
    bool more = true;
    for (auto before = heard_ + 1; more || before != heard_;) {
      before = heard_;
      more = listen(meanwhile, milliseconds{0});
    }
    if (!unread_.empty()) hear(meanwhile, std::exchange(unread_, {}));
  }

  bool running() { return child_.running(); }
  bool failed() {
    const auto exit = child_.wait(milliseconds{0});
    return exit && !exit->ok();
  }
  void ask_to_end() {
    if (running()) ::kill(-child_.pid(), SIGTERM);
  }
  void end(milliseconds grace) { child_.terminate(grace); }
  void pause() { child_.wait(k_tick); }
  ProgramExit ended() { return {*child_.wait(milliseconds{0}), std::move(out_), complaints_}; }

 private:
  void hear(const WaitCallbacks& meanwhile, const std::string& line) {
    ++heard_;
    complaints_.add(log_.clean(line));  // before the line is cut off
    meanwhile.line(line);
  }

  const Log& log_;
  Child child_;
  Complaints complaints_;
  std::function<void(std::string_view)> hear_;
  std::string out_, unread_;
  std::size_t heard_ = 0;
};

// Ends all programs in its destructor, by the signal that cancels their work on the server. All get
// the signal before any is waited for, so that together they take no longer than one.
class RunningPrograms {
 public:
  RunningPrograms() = default;
  ~RunningPrograms() { end(); }
  RunningPrograms(const RunningPrograms&) = delete;
  RunningPrograms& operator=(const RunningPrograms&) = delete;

  void start(const ProgramCall& call, const Log& log) {
    all_.push_back(std::make_unique<Program>(call, log));
  }
  void end() {
    using Clock = std::chrono::steady_clock;
    for (const auto& each : all_) each->ask_to_end();
    const auto end = Clock::now() + k_end_grace;
    for (const auto& each : all_) {
      each->end(
          std::max(milliseconds{0}, std::chrono::duration_cast<milliseconds>(end - Clock::now())));
    }
  }
  void end_if_one_failed() {
    if (std::any_of(all_.begin(), all_.end(), [](auto& each) { return each->failed(); })) end();
  }
  bool any_running() const {
    return std::any_of(all_.begin(), all_.end(), [](auto& each) { return each->running(); });
  }
  const std::vector<std::unique_ptr<Program>>& all() const { return all_; }

 private:
  std::vector<std::unique_ptr<Program>> all_;
};

}  // namespace

std::string ProgramExit::how() const { return to_text(exit); }

std::vector<ProgramExit> run_together(Run& run, const std::vector<ProgramCall>& calls,
                                      const WaitCallbacks& meanwhile) {
  RunningPrograms programs;
  for (const auto& call : calls) programs.start(call, run.log());
  meanwhile.started();
  while (programs.any_running()) {
    run.check();
    bool flows = false;
    for (const auto& each : programs.all()) flows = each->listen(meanwhile, k_tick) || flows;
    if (!flows) programs.all().front()->pause();
    programs.end_if_one_failed();
    meanwhile.tick();
  }
  std::vector<ProgramExit> ended;
  for (const auto& each : programs.all()) {
    each->hear_out(meanwhile);
    ended.push_back(each->ended());
  }
  return ended;
}

ProgramExit run_program(Run& run, const ProgramCall& call, const WaitCallbacks& meanwhile) {
  auto ended = std::move(run_together(run, {call}, meanwhile).front());
  if (!ended.ok()) throw translate(ended.complaints, ended.how());
  log_warnings(run, ended.complaints);
  return ended;
}

void log_warnings(Run& run, const Complaints& complaints) {
  // The last warning only counts the errors.
  if (complaints.only_harmless() && complaints.warnings().size() == 1) return;
  for (const auto& text : complaints.warnings()) {
    run.log().warning(fmt::format("{}: {}", complaints.program(), text), {{"run", run.id()}});
  }
}

}  // namespace tidegate::engine::postgresql
