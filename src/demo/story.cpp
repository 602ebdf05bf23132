#include "demo/story.hpp"

#include <fmt/format.h>

#include "base/duration.hpp"
#include "demo/demo_stage.hpp"

namespace tidegate::demo {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::minutes k_whole_story{5};
constexpr std::chrono::minutes k_one_step{2};
constexpr milliseconds k_look{15};
constexpr std::chrono::seconds k_time_to_cancel{20};

/// Tells the story: each step is what a user would type, and tidegate itself carries it out.
class Story {
 public:
  Story(cli::CommandContext& session, Run& run, DemoStage& stage, std::string program)
      : session_(session), run_(run), stage_(stage), program_(std::move(program)) {}

  void say(std::string_view text) {
    for (const auto& line : cli::wrapped(text, look().width, 0)) session_.result(line);
  }

  void chapter(std::string_view title) {
    session_.result("");
    session_.result(
        cli::coloured(fmt::format("{}. {}", ++chapter_, title), cli::Colour::bold, look()));
  }

  /// @throws Error of the kind that the exit code stands for, when it is not the expected one.
  void step(const std::vector<std::string>& arguments, int expected) {
    auto child = begin(arguments);
    const auto exit = finish(child);
    judge(arguments, exit, expected);
  }

  /// Ends the step as soon as it has staged something. @returns whether it was caught in the act.
  bool step_cut_short(const std::vector<std::string>& arguments) {
    auto child = begin(arguments);
    while (child.running()) {
      if (stage_.sample().being_filled(run_, stage_.preview())) {
        say("  (SIGTERM in the middle of it: as when a pod is evicted)");
        const auto exit = child.terminate(k_time_to_cancel);
        if (exit.code == 0) return false;
        judge(arguments, exit, describe(ErrorKind::cancelled).exit_code);
        return true;
      }
      run_.sleep(k_look);
    }
    judge(arguments, finish(child), 0);
    return false;
  }

  /// For all steps from here on.
  void use(const std::string& config_file) {
    config_file_ = config_file;
    show_command("export TIDEGATE_CONFIG=" + config_file);
  }

  void show_command(std::string_view text) {
    session_.result("");
    session_.result(cli::coloured(fmt::format("$ {}", text), cli::Colour::bold, look()));
  }

 private:
  const cli::OutputStyle& look() const { return session_.screen().out().look; }

  Child begin(const std::vector<std::string>& arguments) {
    show_command(fmt::format("tidegate {}", fmt::join(arguments, " ")));
    ChildCommand command;
    command.argv = {program_};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.environment = {"TIDEGATE_CONFIG=" + config_file_};
    command.out = command.err = ChildStream::inherit();
    return Child(command);
  }

  ChildExit finish(Child& child) {
    const auto until = session_.parts().adapters.clock.steady() + k_one_step;
    while (session_.parts().adapters.clock.steady() < until) {
      if (const auto exit = child.wait(milliseconds{100})) return *exit;
      run_.check();
    }
    throw Error(ErrorKind::timeout,
                fmt::format("a step took longer than {} minutes", k_one_step.count()));
  }

  static void judge(const std::vector<std::string>& arguments, const ChildExit& exit,
                    int expected) {
    if (exit.signal == 0 && exit.code == expected) return;
    auto kind = ErrorKind::internal;
    for (const auto& row : k_error_kinds) {
      if (row.exit_code == exit.code) kind = row.kind;
    }
    throw Error(kind, fmt::format("'tidegate {}' ended with {} where {} was expected",
                                  fmt::join(arguments, " "), to_text(exit), expected));
  }

  cli::CommandContext& session_;
  Run& run_;
  DemoStage& stage_;
  std::string program_, config_file_;
  int chapter_ = 0;
};

void tell_chapters(Story& story, Run& run, DemoStage& stage) {
  const int differs = describe(ErrorKind::verification).exit_code;
  story.chapter("Production, and who may do what");
  story.say(
      fmt::format("{}: '{}' holds {}; one user reads it and writes the snapshot, another "
                  "reads the snapshot and writes the preview of pull request 1.",
                  stage.server(), stage.production().text(), stage.amount()));
  story.use(stage.config_file());
  story.step({"check"}, 0);

  story.chapter("A snapshot of production, verified before any reader sees it");
  story.step({"snapshot"}, 0);

  story.chapter("The preview of pull request 1, filled from it");
  story.step({"restore", "pr-1", "--commit", "4be1c02"}, 0);
  story.step({"verify", "pr-1"}, 0);

  story.chapter(fmt::format("A person changes one {}, and verify finds it", stage.sample().unit()));
  story.show_command(stage.sample().change_one(run, stage.preview()));
  story.step({"verify", "pr-1"}, differs);

  story.chapter("A restore that is cut short leaves the old preview whole");
  if (story.step_cut_short({"restore", "pr-1"})) {
    story.say("The previous content is still there, hand-made change included:");
    story.step({"verify", "pr-1"}, differs);
    story.say("And the next run succeeds:");
    story.step({"restore", "pr-1"}, 0);
  } else {
    story.say("  (the restore was done before it could be interrupted)");
  }
  story.step({"verify", "pr-1"}, 0);

  story.chapter("Production is not a target, whatever is typed or configured");
  story.step({"restore", stage.production().text()}, describe(ErrorKind::refused).exit_code);
  story.say("Even a configuration file that calls production 'staging' is refused:");
  story.step({"restore", "staging", "--config", stage.mistake_file()},
             describe(ErrorKind::config).exit_code);

  story.chapter("The state of everything, and the last runs");
  story.step({"status"}, 0);
  story.step({"status", "--runs", "5"}, 0);

  story.chapter("The same with an archive: files in place of a database");
  story.use(stage.archives_file());
  story.step({"snapshot"}, 0);
  story.say("A restore test proves the archive by restoring it into a scratch database:");
  story.step({"verify", "snapshot", "--restore"}, 0);
  story.step({"restore", "pr-1", "--from", stage.archive()}, 0);
  story.step({"status"}, 0);
}

}  // namespace

const engine::SampleKind& Program::sample(EngineKind kind) const {
  for (const auto& sample : samples) {
    if (sample.kind == kind) return sample;
  }
  throw Error(ErrorKind::internal, fmt::format("there is no sample for {}", to_text(kind)));
}

int tell_story(const cli::Parts& parts, const Program& program,
               const std::vector<std::string>& arguments) {
  const auto invocation = cli::parse_arguments(arguments);
  cli::CommandContext session(parts, invocation);
  const auto kind = parse_engine_kind(invocation.value("--engine").value_or("mongodb"));
  if (session.json()) {
    throw Error(ErrorKind::usage, "'demo' is a story for people, and has no JSON form",
                "leave --json out; with --keep, every command can be tried with --json afterwards");
  }
  auto& run = session.start(k_whole_story, cli::CommandContext::Speech::quiet);
  const auto keep = invocation.has("--keep") ? DemoStage::Keep::yes : DemoStage::Keep::no;
  session.result(fmt::format("tidegate {} moves data one way: production -> snapshot -> previews",
                             TIDEGATE_VERSION));
  DemoStage stage(session, run, program.sample(*kind), invocation.value("--uri").value_or(""),
                  keep);
  Story story(session, run, stage, program.path);

  tell_chapters(story, run, stage);

  if (keep == DemoStage::Keep::yes) {
    stage.leave();
    session.result(fmt::format("\nthe whole story took {}; everything is left running:",
                               to_text(run.elapsed())));
    for (const auto& line : stage.how_to_go_on()) session.result("  " + line);
    return 0;
  }
  story.chapter("And away with it");
  story.step({"drop", "pr-1"}, 0);
  stage.clear();
  session.result(
      fmt::format("\nthe whole story took {}; nothing of it is left. Try it with --keep, or "
                  "'tidegate init'",
                  to_text(run.elapsed())));
  return 0;
}

}  // namespace tidegate::demo
