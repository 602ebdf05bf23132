// The containers of rendered Jobs, as a kubelet starts them: the image, their own arguments,
// environment, ConfigMap and user, a read-only root, and no more memory than they ask for.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "support/image.hpp"
#include "support/loopback.hpp"
#include "support/pull_program.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr std::int64_t k_mebibyte = 1024LL * 1024;
constexpr auto k_commit = "4be1c02d5e6f7a8b9c0d4be1c02d5e6f7a8b9c0d";

/// Every object in the YAML files below a directory, as a reader of others reads them.
std::vector<Json> objects_below(const fs::path& directory) {
  const TempDir logs("yaml");
  const auto read = run({.argv = {"python3", "-c",
                                  "import json, pathlib, sys, yaml\n"
                                  "for file in sorted(pathlib.Path(sys.argv[1]).rglob('*.yaml')):\n"
                                  "    for one in yaml.safe_load_all(file.read_text()):\n"
                                  "        print(json.dumps(one))",
                                  directory.string()}},
                        logs.path(), 30s);
  EXPECT_EQ(read.exit_code, 0) << read;
  std::vector<Json> objects;
  std::istringstream lines(read.out);
  for (std::string line; std::getline(lines, line);) {
    auto one = Json::parse(line);
    if (one.contains("kind"))
      objects.push_back(std::move(one));  // else Applications are made of it
  }
  return objects;
}

class RenderedJobs : public PullProgram {
 protected:
  using Secrets = std::map<std::string, std::string>;  // `NAME KEY` → value

  void SetUp() override {
    TIDEGATE_NEEDS_IMAGE(image, "tidegate-mongodb");
    image_ = image;
    PullProgram::SetUp();
    if (!flow_ || IsSkipped()) return;
    flow_->set_config(flow_->config() +
                      "render:\n  image: registry.example.net/tidegate:1\n"
                      "  producer: {secret: producer-mongodb}\n"
                      "  previews: {host: db.example.net, secret: mongodb-credentials}\n");
    flow_->add_to_config("previews", "grace: 1s");
    flow_->add_to_config("snapshot", "schedule: '0 3 * * 0'");
    const auto number = std::to_string(number_);
    flow_->expect(0, {"render", "--out", rendered().string(), "--pr", number, "--labels",
                      "preview,use-snapshot", "--commit", k_commit});
    flow_->expect(0, {"render", "--out", rendered().string()});
    objects_ = objects_below(rendered());
  }
  fs::path rendered() const { return flow_->directory().path() / "rendered"; }

  Json object(const std::string& kind, const std::string& name_part) const {
    for (const auto& each : objects_) {
      const std::string name = each.at("metadata").at("name");
      if (each.at("kind") == kind && name.find(name_part) != std::string::npos) return each;
    }
    throw std::runtime_error("nothing rendered is a " + kind + " like " + name_part);
  }
  Json pod_of(const Json& job) const {
    const auto& spec = job.at("spec");
    const auto& of_job = job.at("kind") == "CronJob" ? spec.at("jobTemplate").at("spec") : spec;
    return of_job.at("template").at("spec");
  }

  /// The environment as a kubelet makes it; a key that no secret has is a test failure.
  std::map<std::string, std::string> environment_of(const Json& container, const Secrets& secrets) {
    std::map<std::string, std::string> variables;
    for (const auto& each : container.at("env")) {
      auto& value = variables[each.at("name")];
      if (each.contains("value")) {
        value = each.at("value");
        continue;
      }
      const auto& from = each.at("valueFrom").at("secretKeyRef");
      const auto key = fmt::format("{} {}", from.at("name").get<std::string>(),
                                   from.at("key").get<std::string>());
      EXPECT_EQ(secrets.count(key), 1U) << key;
      if (secrets.count(key) == 1) value = secrets.at(key);
    }
    return variables;
  }
  /// A directory with the ConfigMap's files, to be mounted where the container wants it.
  std::vector<std::string> mounts_of(const Json& pod, const Json& container) {
    std::vector<std::string> mounts;
    for (const auto& volume : pod.at("volumes")) {
      if (!volume.contains("configMap")) continue;
      const auto directory = flow_->directory().path() / fmt::format("mounted-{}", ++mounted_);
      fs::create_directory(directory);
      const auto map = object("ConfigMap", volume.at("configMap").at("name"));
      for (const auto& [name, text] : map.at("data").items()) {
        std::ofstream(directory / name) << text.get<std::string>();
      }
      for (const auto& mount : container.at("volumeMounts")) {
        if (mount.at("name") != volume.at("name")) continue;
        EXPECT_EQ(mount.at("readOnly"), true);
        mounts.push_back(directory.string() + ":" + mount.at("mountPath").get<std::string>());
      }
    }
    return mounts;
  }
  Outcome run_job(const Json& job, const Secrets& secrets) {
    const auto pod = pod_of(job);
    const auto& container = pod.at("containers").at(0);
    EXPECT_EQ(image_->user(), fmt::format("{}:{}", pod.at("securityContext").at("runAsUser").dump(),
                                          pod.at("securityContext").at("runAsGroup").dump()));
    EXPECT_EQ(container.at("resources").at("requests").at("memory"), "64Mi");
    std::vector<std::string> arguments = container.at("args");
    fs::permissions(flow_->directory().path(), fs::perms::others_exec, fs::perm_options::add);
    Container running(*image_, environment_of(container, secrets), mounts_of(pod, container),
                      arguments);
    const auto peak = peak_memory(running.process());
    EXPECT_LT(peak, 64 * k_mebibyte);
    auto outcome = running.wait(300s);
    Flow::expect_no_secret(outcome.all());
    return outcome;
  }
  Secrets preview(const std::string& uri) const {
    return {{"mongodb-credentials connectionString", uri}};
  }
  Outcome clean_up(const std::string& uri) {
    return run_job(object("Job", "cleanup"), preview(uri));
  }

  Image* image_ = nullptr;
  std::vector<Json> objects_;
  int mounted_ = 0;
};

TEST_F(RenderedJobs, TakeFillAndCleanUp) {
  const auto taken = run_job(object("CronJob", "producer"),
                             {{"producer-mongodb connectionString", flow_->producer_uri()}});
  EXPECT_EQ(taken.exit_code, 0) << taken;
  EXPECT_EQ(flow_->metadata(flow_->snapshot()).at("status"), "complete");

  const auto filled = run_job(object("Job", "restore"), preview(flow_->preview_uri(number_)));
  EXPECT_EQ(filled.exit_code, 0) << filled;
  EXPECT_EQ(differences(flow_->image_of(flow_->production()), flow_->image_of(database())),
            std::vector<std::string>());
  EXPECT_EQ(flow_->metadata(database()).at("pullRequest").at("commit"), k_commit);

  const auto gone = clean_up(flow_->preview_uri(number_));
  EXPECT_EQ(gone.exit_code, 0) << gone;
  EXPECT_EQ(holds(), "none");
  const auto again = clean_up(flow_->preview_uri(number_));
  EXPECT_EQ(again.exit_code, 0) << "a database that is gone: " << again;
}

TEST_F(RenderedJobs, ACleanupOfAUserThatIsGoneLetsTheDeletionGoOn) {
  const auto outcome = clean_up(flow_->server().uri_as("deleted", "Mark3dP@ss/word"));
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  EXPECT_THAT(outcome.all(), HasSubstr("left as it is"));
}

TEST_F(RenderedJobs, ACleanupThatFindsNoServerFailsInTime) {
  const auto outcome = clean_up(fmt::format("mongodb://127.0.0.1:{}/", free_port()));
  EXPECT_EQ(outcome.exit_code, 8) << outcome;
  const auto spec = object("Job", "cleanup").at("spec");
  EXPECT_LT(outcome.elapsed, std::chrono::seconds(spec.at("activeDeadlineSeconds").get<int>()));
  EXPECT_LE(spec.at("backoffLimit"), 3) << "the deletion is not blocked for ever";
}

TEST_F(RenderedJobs, ASweepDropsWhatIsClosed) {
  flow_->expect(0, {"snapshot"});
  label("preview");
  label("use-snapshot");
  sync();
  EXPECT_EQ(holds(), "snapshot");
  github_->close(*PullNumber::parse(std::to_string(number_)));
  pause(1500ms);  // the grace
  const auto sweep = object("CronJob", "sweep");
  const auto outcome =
      run_job(sweep, {{"tidegate-sweep connectionString", flow_->preview_uri(number_)},
                      {"tidegate-sweep token", environment_.at("HOST_TOKEN")}});
  EXPECT_EQ(outcome.exit_code, 0) << outcome;
  EXPECT_EQ(holds(), "none");
}

}  // namespace
}  // namespace tidegate::test
