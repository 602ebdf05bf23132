// Measures tidegate against what it replaces, on any server: tidegate_bench_mongodb --uri URI
// All in databases named tidegate_bench_…, which are dropped first and last.

#include <stdlib.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "bench/child.hpp"
#include "bench/driver.hpp"
#include "bench/generate.hpp"
#include "bench/report.hpp"
#include "bench/sizes.hpp"
#include "bench/ways.hpp"

namespace tidegate::bench {
namespace {

const std::string k_production = "tidegate_bench_production";
const std::string k_snapshot = "tidegate_bench_snapshot";
const std::string k_filled = "tidegate_bench_pr_1";
const std::string k_script = "tidegate_bench_script";
const std::string k_staged = "tidegate_bench_staged";
const std::string k_dumped = "tidegate_bench_dumped";

struct Settings {
  std::string uri, program, json_file;
  std::string size = "200MB";
  int repeat = 3;
  int parallel = 4;
  std::uint64_t seed = 1;
  bool keep = false;
};

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// The path of a URI moved into authSource: the dump tools would take it for the database to dump.
std::string without_database(std::string uri) {
  const auto host = uri.find("://") + 3;
  const auto slash = uri.find('/', uri.find('@') == std::string::npos ? host : uri.find('@'));
  if (slash == std::string::npos) return uri + "/";
  const auto question = std::min(uri.find('?', slash), uri.size());
  const auto database = uri.substr(slash + 1, question - slash - 1);
  uri.erase(slash + 1, database.size());
  if (database.empty() || uri.find("authSource=") != std::string::npos) return uri;
  return uri + (uri.find('?') == std::string::npos ? "?" : "&") + "authSource=" + database;
}

class Bench {
 public:
  explicit Bench(Settings settings) : settings_(std::move(settings)), connection_(settings_.uri) {
    std::string name = std::filesystem::temp_directory_path() / "tidegate-bench-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    directory_ = name;
    write_config();
  }

  ~Bench() {
    for (const auto& name : {k_production, k_snapshot, k_filled, k_script, k_staged, k_dumped}) {
      if (!settings_.keep) connection_.try_command(name, {{"dropDatabase", 1}});
    }
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  Report measure() {
    const auto build = connection_.command("admin", {{"buildInfo", 1}});
    report_.server = "MongoDB " + build.value("version", "?");
    const auto made = generate(settings_.uri, k_production,
                               {.bytes = parse_size(settings_.size), .seed = settings_.seed});
    report_.bytes = made.bytes;
    report_.documents = made.documents;
    std::fprintf(stderr, "generated %.1f MB\n", static_cast<double>(made.bytes) / 1e6);
    for (const auto& name : {k_snapshot, k_filled, k_script, k_staged, k_dumped}) drop(name);

    Measured snapshot{"tidegate snapshot", {tidegate({"snapshot", "bench"}).seconds}, ""};
    measure_ways();
    report_.extra = {snapshot};
    measure_again();
    return report_;
  }

 private:
  void write_config() {
    // A benchmark is run with one user for everything, who may well write "production".
    std::ofstream(directory_ / "tidegate.yaml")
        << "databases:\n  bench:\n    engine: mongodb\n    production:\n"
        << "      uri: ${TIDEGATE_BENCH_URI}\n      database: " << k_production
        << "\n      allow_write_access: true\n    snapshot:\n      database: " << k_snapshot
        << "\n      parallel: " << settings_.parallel << "\n      timeout: 12h\n"
        << "    previews:\n      database: tidegate_bench_pr_{number}\n"
        << "      uri: ${TIDEGATE_BENCH_URI}\n      timeout: 12h\n";
    // The dump tools take a connection string from a file, so that no password is in a list of
    // processes.
    const auto file = directory_ / "tools.yaml";
    std::ofstream(file) << "uri: \"" << without_database(settings_.uri) << "\"\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_read);
  }

  ChildResult tidegate(std::vector<std::string> arguments) {
    std::vector<std::string> argv = {settings_.program, "--config", directory_ / "tidegate.yaml"};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    auto result = run_child(argv, {{"TIDEGATE_BENCH_URI", settings_.uri}}, directory_);
    if (result.exit_code != 0) {
      throw std::runtime_error("'tidegate " + arguments.front() + "' ended with " +
                               std::to_string(result.exit_code) + ":\n" + result.err + result.out);
    }
    return result;
  }

  void drop(const std::string& database) { connection_.command(database, {{"dropDatabase", 1}}); }

  void measure_ways() {
    const auto staged = [](int parallel) {
      return "by hand: staged $out, " + std::to_string(parallel) + " at a time, indexes after";
    };
    Measured own{"tidegate restore", {}, ""};
    Measured script{"shell script: drop, indexes, $out in turn", {}, ""};
    Measured two{staged(2), {}, ""};
    Measured four{staged(4), {}, ""};
    Measured dump{"mongodump | mongorestore, 4 jobs", {}, "not on the PATH"};
    const bool tools = on_path("mongodump") && on_path("mongorestore");
    for (int i = 0; i < settings_.repeat; ++i) {
      own.seconds.push_back(restore_into_nothing());
      script.seconds.push_back(
          timed(k_script, [&] { fill_like_the_script(settings_.uri, k_snapshot, k_script); }));
      two.seconds.push_back(
          timed(k_staged, [&] { fill_staged(settings_.uri, k_snapshot, k_staged, 2); }));
      four.seconds.push_back(
          timed(k_staged, [&] { fill_staged(settings_.uri, k_snapshot, k_staged, 4); }));
      if (tools) dump.seconds.push_back(timed(k_dumped, [&] { dump_and_restore(); }));
      std::fprintf(stderr, "round %d of %d: tidegate %.2f s, script %.2f s\n", i + 1,
                   settings_.repeat, own.seconds.back(), script.seconds.back());
    }
    report_.ways = {own, script, two, four, dump};
  }

  double restore_into_nothing() {
    drop(k_filled);
    const auto result = tidegate({"restore", "bench/pr-1", "--yes"});
    expect_same_counts(settings_.uri, k_snapshot, k_filled);
    if (report_.peak_rss_bytes == 0 || result.seconds < fastest_) {
      fastest_ = result.seconds;
      report_.cpu_seconds = result.cpu_seconds;
    }
    report_.peak_rss_bytes = std::max(report_.peak_rss_bytes, result.peak_rss_bytes);
    return result.seconds;
  }

  double timed(const std::string& target, const std::function<void()>& fill) {
    drop(target);
    const auto seconds = seconds_of(fill);
    expect_same_counts(settings_.uri, k_snapshot, target);
    drop(target);
    return seconds;
  }

  void dump_and_restore() {
    const auto config = " --quiet --config='" + (directory_ / "tools.yaml").string() + "'";
    const auto pipe =
        "set -o pipefail; mongodump" + config + " --db=" + k_snapshot +
        " --archive --numParallelCollections=4 | mongorestore" + config +
        " --archive --numParallelCollections=4 --numInsertionWorkersPerCollection=4 --drop "
        "--nsInclude='" +
        k_snapshot + ".*' --nsFrom='" + k_snapshot + ".*' --nsTo='" + k_dumped + ".*'";
    const auto result = run_child({"bash", "-c", pipe}, {}, directory_);
    if (result.exit_code != 0) throw std::runtime_error("mongodump | mongorestore:\n" + result.err);
  }

  /// A target that is already what it should be, and one of which a single collection is not.
  void measure_again() {
    report_.extra.push_back({"tidegate restore, nothing changed",
                             {tidegate({"restore", "bench/pr-1", "--yes"}).seconds},
                             ""});
    const Json all = Json::object();
    const Json update = {{"q", all}, {"u", {{"$set", {{"code", "changed"}}}}}, {"multi", false}};
    connection_.command(k_production,
                        {{"update", "pmPotential"}, {"updates", Json::array({update})}});
    report_.extra.push_back(
        {"tidegate snapshot again", {tidegate({"snapshot", "bench"}).seconds}, ""});
    report_.extra.push_back({"tidegate restore, one collection changed",
                             {tidegate({"restore", "bench/pr-1", "--yes"}).seconds},
                             ""});
    report_.extra.push_back({"tidegate verify", {tidegate({"verify", "bench/pr-1"}).seconds}, ""});
  }

  Settings settings_;
  Connection connection_;
  std::filesystem::path directory_;
  Report report_;
  double fastest_ = 0;
};

}  // namespace
}  // namespace tidegate::bench

int main(int argc, char** argv) {
  using namespace tidegate::bench;
  CLI::App app{"Times tidegate and its peers in one run, in turn, on your own server."};
  Settings settings;
  app.add_option("--uri", settings.uri, "of a server where tidegate_bench_… may be written")
      ->required();
  app.add_option("--size", settings.size, "of all documents: 5MB, 20GB")->capture_default_str();
  app.add_option("--repeat", settings.repeat)->capture_default_str()->check(CLI::Range(1, 100));
  app.add_option("--parallel", settings.parallel, "tidegate's")->capture_default_str();
  app.add_option("--seed", settings.seed)->capture_default_str();
  app.add_option("--json", settings.json_file, "write the figures there, too");
  app.add_option("--program", settings.program, "the tidegate to measure")->required();
  app.add_flag("--keep", settings.keep, "leave the databases for looking at");
  CLI11_PARSE(app, argc, argv);
  try {
    const auto report = Bench(settings).measure();
    print_table(report);
    if (!settings.json_file.empty()) {
      std::ofstream(settings.json_file) << to_json(report).dump(2) << '\n';
    }
  } catch (const std::exception& error) {
    std::cerr << "bench: error: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
