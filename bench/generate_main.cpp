// Fills a database with production-like data: tidegate_generate --uri URI [--database NAME] [--size
// 200MB]

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>

#include "bench/generate.hpp"
#include "bench/sizes.hpp"

int main(int argc, char** argv) {
  CLI::App app{"Fills a database with the eleven collections of a real team, larger or smaller."};
  std::string uri;
  std::string database = "tidegate_bench_production";
  std::string size = "200MB";
  tidegate::bench::DataSet data;
  app.add_option("--uri", uri, "connection string of the server")->required();
  app.add_option("--database", database, "dropped and filled")->capture_default_str();
  app.add_option("--size", size, "of all documents: 5MB, 20GB")->capture_default_str();
  app.add_option("--seed", data.seed, "the same seed gives the same documents");
  app.add_option("--threads", data.threads)->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  try {
    data.bytes = tidegate::bench::parse_size(size);
    const auto start = std::chrono::steady_clock::now();
    const auto made = tidegate::bench::generate(uri, database, data);
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    std::printf("%s: %lld documents, %.1f MB in %.1f s\n", database.c_str(),
                static_cast<long long>(made.documents), static_cast<double>(made.bytes) / 1e6,
                took.count());
  } catch (const std::exception& error) {
    std::cerr << "tidegate_generate: error: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
