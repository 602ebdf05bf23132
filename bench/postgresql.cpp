// Measures tidegate on PostgreSQL against plain copies and dumps: tidegate_bench_postgresql
// On a throwaway server of its own, or with --uri on yours, in databases named tidegate_bench_…,
// which are dropped first and last.

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "bench/child.hpp"
#include "bench/report.hpp"
#include "bench/sizes.hpp"
#include "demo/demo_server.hpp"
#include "demo/loopback.hpp"
#include "engine/postgresql/demo/sample_server.hpp"
#include "engine/postgresql/driver/connection.hpp"

namespace tidegate::bench {
namespace {

namespace fs = std::filesystem;

const std::string k_production = "tidegate_bench_production";
const std::string k_snapshot = "tidegate_bench_snapshot";
const std::string k_filled = "tidegate_bench_pr_1";
const std::string k_restored = "tidegate_bench_restored";

// Some 380 bytes a row with its indexes, and compressible as such data is: by a factor of six.
constexpr auto k_tables = R"(
CREATE TABLE people AS SELECT i AS id, md5(i::text) AS code, 'Person ' || i AS name,
  format('person%s@example.org', i) AS email, timestamptz '2026-01-01' + i * interval '1 s' AS since,
  repeat(md5((i % 1000)::text), 4) AS notes FROM generate_series(1, ROWS) AS i;
ALTER TABLE people ADD PRIMARY KEY (id);
CREATE INDEX ON people (email);
CREATE TABLE visits AS SELECT i AS id, 1 + i * 31 % ROWS AS person, i % 977 AS page,
  now() - i * interval '1 s' AS at FROM generate_series(1, ROWS) AS i;
ALTER TABLE visits ADD PRIMARY KEY (id);
CREATE INDEX ON visits (person);
ANALYZE;)";
constexpr std::int64_t k_bytes_a_row = 380;

struct Settings {
  std::string uri, program, json_file;
  std::string size = "300MB";
  int repeat = 3;
  bool keep = false;
};

/// Everything of a connection string that libpq's programs take from their environment.
std::map<std::string, std::string> environment_of(const std::string& uri) {
  const std::map<std::string, std::string> names = {
      {"host", "PGHOST"},       {"hostaddr", "PGHOSTADDR"},       {"port", "PGPORT"},
      {"user", "PGUSER"},       {"password", "PGPASSWORD"},       {"dbname", "PGDATABASE"},
      {"sslmode", "PGSSLMODE"}, {"sslrootcert", "PGSSLROOTCERT"}, {"passfile", "PGPASSFILE"}};
  const engine::postgresql::Conninfo conninfo({Secret(uri), {}, {}, "--uri"});
  std::map<std::string, std::string> environment;
  for (const auto& [keyword, value] : conninfo.values()) {
    if (const auto at = names.find(keyword); at != names.end()) environment[at->second] = value;
  }
  return environment;
}

class Bench {
 public:
  explicit Bench(Settings settings) : settings_(std::move(settings)) {
    if (settings_.uri.empty()) start_server();
    environment_ = environment_of(settings_.uri);
    environment_["TIDEGATE_BENCH_URI"] = settings_.uri;
    write_config("preview.yaml", "database: " + k_snapshot);
    write_config("archive.yaml",
                 "directory: \"" + directory_.path("archives") + "\"\n      keep: 1");
  }

  ~Bench() {
    if (settings_.keep) return;
    for (const auto& name : {k_production, k_snapshot, k_filled, k_restored}) {
      try {
        drop(name);
      } catch (const std::exception& error) {
        std::cerr << "bench: cannot drop " << name << ": " << error.what() << '\n';
      }
    }
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// The snapshot's, the preview's and the archive's.
  std::vector<Report> measure() {
    for (const auto& name : {k_production, k_snapshot, k_filled, k_restored}) drop(name);
    const auto rows = std::max<std::int64_t>(1000, parse_size(settings_.size) / k_bytes_a_row);
    sql("postgres", "CREATE DATABASE " + k_production + " TEMPLATE template0");
    std::string tables = k_tables;
    for (auto at = tables.find("ROWS"); at != std::string::npos; at = tables.find("ROWS")) {
      tables.replace(at, 4, std::to_string(rows));
    }
    sql(k_production, tables);
    Report preview;
    preview.what = "fill a preview";
    preview.server = "PostgreSQL " + sql("postgres", "SHOW server_version");
    preview.bytes = std::stoll(sql("postgres", "SELECT pg_database_size('" + k_production + "')"));
    preview.documents = 2 * rows;
    Report archive = preview;
    archive.what = "archive production";
    std::fprintf(stderr, "made %.1f MB\n", static_cast<double>(preview.bytes) / 1e6);
    Report snapshot = preview;
    snapshot.what = "take a snapshot into a database";
    measure_snapshots(snapshot);
    measure_previews(preview);
    measure_archives(archive);
    return {snapshot, preview, archive};
  }

 private:
  void start_server() {
    const std::string password = "bench-only";
    const auto place = directory_.path("server");
    if (::chmod(directory_.path().c_str(), 0711) != 0 || ::mkdir(place.c_str(), 0700) != 0) {
      throw std::runtime_error("cannot make " + place);
    }
    const int port = demo::free_port();
    auto recipe = engine::postgresql::sample_server(
        {place, port, "", {"bench", Secret(password), {}, ""}, ""});
    // As a server is that may not lose anything; the last one said counts.
    for (const auto* setting : {"fsync=on", "full_page_writes=on", "synchronous_commit=on",
                                "shared_buffers=128MB", "max_wal_size=2GB"}) {
      recipe.guarded.insert(recipe.guarded.end(), {"-c", setting});
    }
    settings_.uri =
        "postgresql://bench:" + password + "@127.0.0.1:" + std::to_string(port) + "/postgres";
    server_ = std::make_unique<demo::DemoServer>(std::move(recipe), place);
    server_->start(demo::DemoServer::Access::guarded, demo::DemoServer::Life::attached);
    environment_ = environment_of(settings_.uri);
    const auto waited = run_child(
        {"bash", "-c", "for i in {1..600}; do pg_isready -q && exit; sleep 0.1; done; exit 1"},
        environment_, work());
    if (waited.exit_code != 0) throw std::runtime_error("the server does not start");
  }

  void write_config(const std::string& name, const std::string& snapshot) {
    // A benchmark is run with one user for everything, who may well write "production".
    std::ofstream(directory_.path(name))
        << "databases:\n  bench:\n    engine: postgresql\n    production:\n"
        << "      uri: ${TIDEGATE_BENCH_URI}\n      database: " << k_production
        << "\n      allow_write_access: true\n    snapshot:\n      " << snapshot
        << "\n      timeout: 12h\n    previews:\n      database: tidegate_bench_pr_{number}\n"
        << "      uri: ${TIDEGATE_BENCH_URI}\n      timeout: 12h\n";
  }

  fs::path work() const { return directory_.path(); }

  ChildResult run_well(std::vector<std::string> argv) {
    const auto name = argv.front();
    auto result = run_child(std::move(argv), environment_, work());
    if (result.exit_code == 0) return result;
    throw std::runtime_error("'" + name + "' ended with " + std::to_string(result.exit_code) +
                             ":\n" + result.err + result.out);
  }

  ChildResult shell(const std::string& line) {
    return run_well({"bash", "-c", "set -euo pipefail; " + line});
  }

  std::string sql(const std::string& database, const std::string& text) {
    auto result = run_well({"psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only",
                            "--set=ON_ERROR_STOP=1", "--dbname=" + database, "--command=" + text})
                      .out;
    return result.substr(0, result.find('\n'));
  }

  ChildResult tidegate(const std::string& config, std::vector<std::string> arguments) {
    std::vector<std::string> argv = {settings_.program, "--config", directory_.path(config)};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    return run_well(argv);
  }

  void drop(const std::string& name) {
    if (sql("postgres", "SELECT 1 FROM pg_database WHERE datname = '" + name + "'").empty()) return;
    sql("postgres", "ALTER DATABASE " + name + " IS_TEMPLATE false");
    sql("postgres", "DROP DATABASE " + name + " WITH (FORCE)");
  }

  /// Writes out pending data, so that no measurement pays for the writes of the one before.
  void settle() {
    sql("postgres", "CHECKPOINT");
    ::sync();
  }

  double timed(const std::function<ChildResult()>& work) {
    settle();
    return work().seconds;
  }

  static void note(Report& report, double& fastest, const ChildResult& result) {
    report.peak_rss_bytes = std::max(report.peak_rss_bytes, result.peak_rss_bytes);
    if (fastest != 0 && result.seconds >= fastest) return;
    fastest = result.seconds;
    report.cpu_seconds = result.own_cpu_seconds;
  }

  std::string files_of_snapshot() {
    const auto oid =
        sql("postgres", "SELECT oid FROM pg_database WHERE datname = '" + k_snapshot + "'");
    return sql("postgres", "SHOW data_directory") + "/base/" + oid;
  }

  /// A pg_restore newer than the server ends with 1 over a setting that the server does not know:
  /// what has arrived tells more than how it ended.
  void expect_same_rows() {
    const std::string count =
        "SELECT (SELECT count(*) FROM people) + (SELECT count(*) FROM visits)";
    if (sql(k_restored, count) == sql(k_production, count)) return;
    throw std::runtime_error("pg_restore has not brought all rows");
  }

  /// The peer's way through a directory, with one of the forms of compression.
  ChildResult dump_and_restore(const std::string& compression) {
    const auto to = directory_.path("dumped");
    auto result = shell(
        "createdb --template=template0 " + k_restored + " && pg_dump --format=directory " +
        compression + " --jobs=2 --file='" + to + "' " + k_production +
        " && { pg_restore --jobs=2 --dbname=" + k_restored + " '" + to + "' || [ $? = 1 ]; }");
    fs::remove_all(to);
    return result;
  }

  void measure_snapshots(Report& report) {
    Measured own{"tidegate snapshot, verified by checksum", {}, ""};
    Measured dump{"pg_dump -Fd --jobs=2, then pg_restore --jobs=2", {}, ""};
    Measured plain{"the same with --compress=0", {}, ""};
    double fastest = 0;
    for (int round = 1; round <= settings_.repeat; ++round) {
      own.seconds.push_back(timed([&] {
        const auto result = tidegate("preview.yaml", {"snapshot"});
        note(report, fastest, result);
        return result;
      }));
      for (auto* way : {&dump, &plain}) {
        drop(k_restored);
        way->seconds.push_back(
            timed([&] { return dump_and_restore(way == &plain ? "--compress=0" : ""); }));
        expect_same_rows();
        drop(k_restored);
      }
      std::fprintf(stderr, "round %d of %d: tidegate %.2f s, dump and restore %.2f s\n", round,
                   settings_.repeat, own.seconds.back(), dump.seconds.back());
    }
    report.ways = {own, dump, plain};
  }

  void measure_previews(Report& report) {
    Measured own{"tidegate restore, by template", {}, ""};
    Measured copy{"cp -r of the same files", {}, "the server's files cannot be read from here"};
    Measured synced{"cp -r of the same files, and sync", {}, copy.note};
    Measured bare{"CREATE DATABASE ... TEMPLATE, by hand", {}, ""};
    Measured dump{"pg_dump and pg_restore, --jobs=2", {}, ""};
    const auto files = files_of_snapshot();
    const auto to = directory_.path("copy");
    const bool readable = ::access(files.c_str(), R_OK) == 0;
    const auto strategy = std::stoi(sql("postgres", "SHOW server_version_num")) >= 150000
                              ? " STRATEGY FILE_COPY"
                              : "";
    double fastest = 0;
    for (int round = 1; round <= settings_.repeat; ++round) {
      drop(k_filled);
      own.seconds.push_back(timed([&] {
        const auto result = tidegate("preview.yaml", {"restore", "bench/pr-1", "--yes"});
        note(report, fastest, result);
        return result;
      }));
      if (readable) {
        const auto cp = "cp -r '" + files + "' '" + to + "'";
        copy.seconds.push_back(timed([&] { return shell(cp); }));
        fs::remove_all(to);
        synced.seconds.push_back(timed([&] { return shell(cp + " && sync '" + to + "'/*"); }));
        fs::remove_all(to);
      }
      drop(k_restored);
      bare.seconds.push_back(timed([&] {
        return run_well(
            {"psql", "--no-psqlrc", "--quiet", "--dbname=postgres",
             "--command=CREATE DATABASE " + k_restored + " TEMPLATE " + k_snapshot + strategy});
      }));
      drop(k_restored);
      dump.seconds.push_back(timed([&] { return dump_and_restore("--compress=0"); }));
      expect_same_rows();
      drop(k_restored);
      std::fprintf(stderr, "round %d of %d: tidegate %.2f s, dump and restore %.2f s\n", round,
                   settings_.repeat, own.seconds.back(), dump.seconds.back());
    }
    report.ways = {own, copy, synced, bare, dump};
  }

  std::int64_t archive_size() const {
    for (const auto& each : fs::directory_iterator(directory_.path("archives"))) {
      if (each.path().extension() == ".dump") return static_cast<std::int64_t>(each.file_size());
    }
    return 0;
  }

  void measure_archives(Report& report) {
    Measured own{"tidegate snapshot, into a directory", {}, ""};
    Measured same{"pg_dump -Fc, compressed alike, and sync", {}, ""};
    Measured dump{"pg_dump -Fc", {}, ""};
    const auto to = directory_.path("plain.dump");
    double fastest = 0;
    for (int round = 1; round <= settings_.repeat; ++round) {
      own.seconds.push_back(timed([&] {
        const auto result = tidegate("archive.yaml", {"snapshot"});
        note(report, fastest, result);
        return result;
      }));
      own.bytes = archive_size();
      same.seconds.push_back(timed([&] {
        // The same work as tidegate's without its checks: the difference is the program's own part.
        const auto with = [&](const std::string& method) {
          return "pg_dump -Fc --compress=" + method + " --file='" + to + "' " + k_production;
        };
        return shell("{ " + with("zstd") + " 2>/dev/null || " + with("1") + "; } && sync '" + to +
                     "'");
      }));
      same.bytes = static_cast<std::int64_t>(fs::file_size(to));
      dump.seconds.push_back(timed([&] {
        return run_well({"pg_dump", "-Fc", "--file=" + to, k_production});
      }));
      dump.bytes = static_cast<std::int64_t>(fs::file_size(to));
      std::fprintf(stderr, "round %d of %d: tidegate %.2f s, pg_dump -Fc %.2f s\n", round,
                   settings_.repeat, own.seconds.back(), dump.seconds.back());
    }
    report.ways = {own, same, dump};
  }

  Settings settings_;
  demo::TemporaryDirectory directory_;
  std::unique_ptr<demo::DemoServer> server_;
  std::map<std::string, std::string> environment_;
};

}  // namespace
}  // namespace tidegate::bench

int main(int argc, char** argv) {
  using namespace tidegate::bench;
  CLI::App app{"Times tidegate on PostgreSQL and its peers in one run, in turn."};
  Settings settings;
  app.add_option("--uri", settings.uri,
                 "a server where tidegate_bench_… may be written, as a "
                 "superuser; without it, a throwaway one");
  app.add_option("--size", settings.size, "of production: 300MB, 20GB")->capture_default_str();
  app.add_option("--repeat", settings.repeat)->capture_default_str()->check(CLI::Range(1, 100));
  app.add_option("--json", settings.json_file, "write the figures there, too");
  app.add_option("--program", settings.program, "the tidegate to measure")->required();
  app.add_flag("--keep", settings.keep, "leave the databases of --uri for looking at");
  CLI11_PARSE(app, argc, argv);
  try {
    const auto reports = Bench(settings).measure();
    nlohmann::ordered_json json;
    for (const auto& report : reports) {
      print_table(report);
      std::printf("\n");
      json[report.what] = to_json(report);
    }
    if (!settings.json_file.empty()) std::ofstream(settings.json_file) << json.dump(2) << '\n';
  } catch (const std::exception& error) {
    std::cerr << "bench: error: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
