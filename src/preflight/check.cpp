#include "preflight/check.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/duration.hpp"
#include "base/errno_kind.hpp"
#include "model/selection.hpp"
#include "preflight/archives.hpp"
#include "preflight/carriable.hpp"
#include "preflight/findings.hpp"
#include "preflight/space.hpp"

namespace tidegate::preflight {
namespace {

using engine::Engine;
using engine::Need;
using tidegate::to_text;

constexpr std::chrono::seconds k_clock_tolerance{30};
constexpr std::int64_t k_scarce_previews = 3;

/// One `check` of one database; keeps the answers that later questions need.
class Checker {
 public:
  Checker(Run& run, const CheckPlan& plan) : run_(run), plan_(plan), findings_(plan.name) {}

  std::vector<Row> all() {
    findings_.ask("names", [this] { Gate{plan_.topology}; });
    with(plan_.producer, "production", [this](Engine& engine) { producer(engine); });
    archives();
    if (plan_.topology.previews) {
      with(plan_.preview, "previews", [this](Engine& engine) { preview(engine); });
    }
    if (known("seed") && plan_.seed)
      findings_.ask("seed", [this] { seed_file(plan_.seed().file); });
    if (plan_.drill) with(plan_.drill, "restore test", [this](Engine& engine) { drill(engine); });
    for (const auto& [name, database] : plan_.topology.targets) {
      const auto connect = plan_.targets.find(name);
      with(connect == plan_.targets.end() ? engine::Connect{} : connect->second, name,
           [&, label = name, place = database](Engine& engine) { target(engine, label, place); });
    }
    return findings_.take();
  }

 private:
  /// Whether the configuration's values for this row can be had here; a row when they cannot.
  bool known(const std::string& name) {
    const auto missing = plan_.missing.find(name);
    if (missing == plan_.missing.end()) return true;
    findings_.unproven(name, missing->second.message(), missing->second.hint());
    return false;
  }

  void with(const engine::Connect& connect, const std::string& name,
            const std::function<void(Engine&)>& questions) {
    if (!known(name)) return;
    if (!connect) {
      findings_.unproven(name, "no connection is configured");
      return;
    }
    std::unique_ptr<Engine> engine;
    const auto reached = findings_.ask(name, [&] {
      engine = connect();
      reach(*engine, name);
    });
    if (reached) questions(*engine);
  }

  void reach(Engine& engine, const std::string& name) {
    const auto can = engine.capabilities(run_);
    findings_.ok(name, fmt::format("{} {}{}", can.product, can.version,
                                   can.deployment.empty() ? "" : ", " + can.deployment));
    const auto difference = std::chrono::abs(can.server_time - run_.clock().now());
    if (difference > k_clock_tolerance) {
      findings_.warning(
          "clock", fmt::format("the server's clock and this one differ by {}", to_text(difference)),
          "set both by NTP; ages and schedules are off by that much");
    }
  }

  void producer(Engine& engine) {
    const auto& production = plan_.topology.production;
    findings_.ask("production", [&] {
      find_rights(findings_, run_, engine,
                  {"production", production, Need::read, Result::failed, "", plan_.selection});
      find_writes_too_many(findings_, run_, engine, "production", production,
                           plan_.allow_write_access ? Result::warning : Result::failed);
    });
    findings_.ask("capabilities",
                  [&] { findings_.capabilities(engine.capabilities(run_).relied_on); });
    findings_.ask("cut", [&] { cut(engine); });
    if (findings_.ask("collections", [&] { collections(engine); })) {
      findings_.ask("objects", [&] { objects(engine); });
    }
    if (!plan_.topology.snapshot) return;
    findings_.ask("snapshot", [&] {
      find_rights(findings_, run_, engine,
                  {"snapshot", *plan_.topology.snapshot, Need::write, Result::failed, ""});
      find_obstacles(findings_, run_, engine, "snapshot", *plan_.topology.snapshot, plan_.owner);
    });
    findings_.ask("snapshot", [&] { snapshot(engine); });
    findings_.ask("space", [&] { space(engine); });
  }

  void cut(Engine& engine) {
    const auto can = engine.capabilities(run_);
    if (can.point_in_time) {
      findings_.ok("cut", "one moment for all collections");
    } else if (plan_.consistency == ConsistencyWish::require) {
      findings_.failed(
          "cut", ErrorKind::refused,
          "one moment for all collections is required, and cannot be had: " + can.why_not,
          fmt::format("set 'databases.{}.snapshot.consistency: prefer', or use a "
                      "server that can",
                      plan_.name));
    } else {
      findings_.warning("cut", "no one moment for all collections: " + can.why_not);
    }
  }

  void collections(Engine& engine) {
    const auto source = engine.inspect(run_, plan_.topology.production);
    if (!source.exists) {
      findings_.failed("collections", ErrorKind::not_found,
                       fmt::format("production '{}' does not exist", source.database.text()));
      return;
    }
    const auto there = items_of_production(source);
    std::vector<std::string> names;
    for (const auto& item : there) names.push_back(item.name);
    const auto selected = select(plan_.selection, names);
    for (const auto& item : there) {
      const auto& taken = selected.taken;
      if (std::find(taken.begin(), taken.end(), item.name) != taken.end()) chosen_.push_back(item);
    }
    for (const auto& name : selected.missing) {
      findings_.failed(
          "collections", ErrorKind::not_found,
          fmt::format("'{}' in include is no collection of '{}'", name, source.database.text()),
          fmt::format("correct 'databases.{}.snapshot.include'", plan_.name));
    }
    warn_of_unmatched("include", selected.unmatched_include);
    warn_of_unmatched("exclude", selected.unmatched_exclude);
    for (const auto& text : source.left_out) findings_.warning("collections", text);
    refuse_obstacles(plan_.name, chosen_);
    findings_.ok("collections", fmt::format("{} of {} are taken, {}", chosen_.size(), names.size(),
                                            to_text(size_of(chosen_))));
  }

  /// The other objects of production, by the plan that the run itself makes.
  void objects(Engine& engine) {
    if (chosen_.empty()) return;
    const auto outlook = engine.outlook(run_, {plan_.topology.production, chosen_, plan_.owner,
                                               plan_.carry, !plan_.topology.snapshot});
    for (const auto& text : outlook.left_out) findings_.warning("objects", "left out: " + text);
    if (const auto& refusal = outlook.refusal) {
      findings_.failed("objects", refusal->kind(), refusal->message(), refusal->hint());
    }
  }

  void warn_of_unmatched(const std::string& key, const std::vector<std::string>& wishes) {
    for (const auto& wish : wishes) {
      findings_.warning("collections", fmt::format("'{}' in {} matches nothing", wish, key),
                        fmt::format("correct 'databases.{}.snapshot.{}'", plan_.name, key));
    }
  }

  void snapshot(Engine& engine) {
    const auto found = engine.inspect(run_, *plan_.topology.snapshot);
    free_ = found.filesystem_free;
    snapshot_size_ = found.size();
    if (!found.metadata) return find_no_snapshot(findings_, found.unreadable);
    find_age(findings_, found.metadata->timestamp, found.server_time, plan_.max_age);
  }

  void archives() {
    if (!known("archives") || !plan_.archives) return;
    findings_.ask("archives", [this] {
      const auto store = plan_.archives();
      find_archives(findings_, run_, *store, plan_.max_age);
    });
  }

  void space(Engine& engine) {
    const auto needed = size_of(chosen_);
    if (!free_) {
      findings_.unproven("space", fmt::format("a snapshot needs {}; the server does not say what "
                                              "is free",
                                              to_text(needed)));
      return;
    }
    if (*free_ < needed) {
      findings_.failed(
          "space", ErrorKind::no_space,
          fmt::format("a snapshot needs {}, {} free", to_text(needed), to_text(*free_)),
          "give the server more room, or drop targets that are no longer needed");
      return;
    }
    const auto one = std::max(snapshot_size_, needed);
    const auto room = one.count == 0 ? 0 : free_->count / one.count;
    const auto text = fmt::format(
        "{} free, {}{}", to_text(*free_), in_use(engine),
        one.count == 0 ? "" : fmt::format("; room for about {} more previews", group_digits(room)));
    if (one.count != 0 && room < k_scarce_previews) {
      findings_.warning("space", text, "drop targets that are no longer needed");
    } else {
      findings_.ok("space", text);
    }
  }

  std::string in_use(Engine& engine) {
    if (!plan_.topology.previews) return "the snapshot uses " + to_text(snapshot_size_);
    auto used = snapshot_size_;
    const auto previews = engine.list(run_, *plan_.topology.previews);
    for (const auto& filled : previews) {
      if (filled.metadata) used += filled.metadata->total_bytes();
    }
    return fmt::format("snapshot and {} {} use {}", previews.size(),
                       previews.size() == 1 ? "preview" : "previews", to_text(used));
  }

  void preview(Engine& engine) {
    // Users made for one preview each may write their own only: then pr-1 proves nothing.
    const auto number = plan_.preview_number.value_or(*PullNumber::parse("1"));
    const bool example = !plan_.preview_number;
    findings_.ask("previews", [&] {
      reader_of_the_snapshot(engine, "previews");
      find_rights(findings_, run_, engine,
                  {"previews", plan_.topology.previews->name_of(number), Need::write,
                   example ? Result::warning : Result::failed,
                   example ? " (as an example of a preview)" : ""});
      find_obstacles(findings_, run_, engine, "previews", plan_.topology.previews->name_of(number),
                     plan_.owner);
      const auto reads = engine.rights(run_, plan_.topology.production, Need::read);
      const bool known = reads.basis == engine::Rights::Basis::privileges ||
                         reads.basis == engine::Rights::Basis::role_names;
      if (known && reads.missing.empty()) {
        findings_.warning("previews",
                          fmt::format("{} may read production '{}', and need not", reads.user,
                                      plan_.topology.production.text()),
                          "take these rights from it");
      }
    });
  }

  void seed_file(const std::string& file) {
    if (file.empty()) return;
    if (::access(file.c_str(), R_OK) == 0) return findings_.ok("seed", file);
    const int why = errno;
    findings_.failed("seed", kind_of_errno(why),
                     fmt::format("the seed data '{}' cannot be read: {}", file, std::strerror(why)),
                     fmt::format("correct 'databases.{}.previews.seed.file'", plan_.name));
  }

  void target(Engine& engine, const std::string& name, const DatabaseName& database) {
    findings_.ask(name, [&] {
      reader_of_the_snapshot(engine, name);
      find_rights(findings_, run_, engine, {name, database, Need::write, Result::failed, ""});
      find_obstacles(findings_, run_, engine, name, database, plan_.owner);
    });
  }

  void drill(Engine& engine) {
    findings_.ask("restore test", [&] {
      const auto scratch = Gate(plan_.topology).scratch(plan_.name).database();
      find_rights(findings_, run_, engine,
                  {"restore test",
                   scratch,
                   Need::write,
                   Result::failed,
                   "",
                   {},
                   fmt::format("give it these rights on '{}', where archives are restored for a "
                               "test, or take out 'databases.{}.snapshot.drill'",
                               scratch.text(), plan_.name)});
      find_obstacles(findings_, run_, engine, "restore test", scratch, plan_.owner);
    });
  }

  void reader_of_the_snapshot(Engine& engine, const std::string& name) {
    if (const auto& snapshot = plan_.topology.snapshot) {
      find_rights(findings_, run_, engine, {name, *snapshot, Need::read, Result::failed, ""});
      find_writes_too_many(findings_, run_, engine, name, *snapshot, Result::warning);
    }
    find_writes_too_many(findings_, run_, engine, name, plan_.topology.production,
                         plan_.allow_write_access ? Result::warning : Result::failed);
  }

  Run& run_;
  const CheckPlan& plan_;
  Findings findings_;
  std::vector<engine::Item> chosen_;
  std::optional<Bytes> free_;
  Bytes snapshot_size_;
};

}  // namespace

std::string_view to_text(Result result) {
  constexpr std::array<std::string_view, 4> k_words{"ok", "warning", "failed", "unproven"};
  return k_words.at(static_cast<std::size_t>(result));
}

std::vector<Row> check(Run& run, const CheckPlan& plan) { return Checker(run, plan).all(); }

std::optional<ErrorKind> verdict(const std::vector<Row>& rows) {
  std::optional<ErrorKind> worst;
  for (const auto& row : rows) {
    if (row.result != Result::failed) continue;
    const auto kind = row.kind.value_or(ErrorKind::internal);
    if (kind == ErrorKind::refused) return kind;
    if (!worst || (kind == ErrorKind::permission && *worst != kind)) worst = kind;
  }
  return worst;
}

}  // namespace tidegate::preflight
