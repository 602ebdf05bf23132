// The image without PostgreSQL's client, as a Job of Kubernetes runs it: the verbs, as its user, on
// a read-only root, in the 64 MiB that such a pod asks for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>

#include "bench/generate.hpp"
#include "support/image.hpp"
#include "support/program_flow.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t k_requested = 64LL * 1024 * 1024;

std::string quoted(const std::vector<std::string>& argv) {
  std::string text;
  for (const auto& word : argv) text += "'" + word + "' ";
  return text;
}

/// A program that runs a container with the arguments that it is given, and its working directory
/// mounted where it is here.
fs::path as_program(const Image& image, const TempDir& directory) {
  auto argv = image.argv({"MOUNT"}, {"ARGUMENTS"});
  auto text = quoted(argv);
  text.replace(text.find("'MOUNT'"), 7, "\"$PWD:$PWD\"");
  text.replace(text.find("'ARGUMENTS'"), 11, "\"$@\"");
  const auto path = directory.write(
      "tidegate", "#!/bin/sh\nchmod o+x .  # for the container's user\nexec " + text + "\n");
  fs::permissions(path, fs::perms::owner_all);
  return path;
}

TEST(ImageWithoutClient, DoesItsJobsInSixtyFourMebibytes) {
  TIDEGATE_NEEDS_IMAGE(image, "tidegate-mongodb");
  TIDEGATE_NEEDS_MONGODB(server, Access::authenticated);
  TempDir directory("image-program");
  Flow flow(*server, as_program(*image, directory), "image");
  bench::generate(server->uri(), flow.production(), {.bytes = 30'000'000, .seed = 5});
  for (const std::vector<std::string>& verb : {std::vector<std::string>{"snapshot"},
                                               {"restore", "pr-1"},
                                               {"verify", "pr-1"},
                                               {"status"},
                                               {"drop", "pr-1"}}) {
    const auto process = flow.start(verb);
    const auto peak = peak_memory(*process);
    const auto outcome = process->wait();
    EXPECT_EQ(outcome.exit_code, 0) << verb.front() << '\n' << outcome;
    Flow::expect_no_secret(outcome.all());
    std::cout << verb.front() << ": " << peak / 1024 / 1024 << " MiB\n";
    EXPECT_LT(peak, k_requested) << verb.front();
    EXPECT_GT(peak, 0);
  }
  EXPECT_THAT(flow.admin().databases(), testing::Not(testing::Contains(flow.preview(1))));
}

}  // namespace
}  // namespace tidegate::test
