#include "support/image.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "support/places.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::unique_ptr<Image> find_image(const std::string& name) {
  const auto packed = fs::path(from_environment("TIDEGATE_TEST_IMAGES")) / (name + ".tar");
  if (!fs::exists(packed) || ::geteuid() != 0 || !find_program("umoci")) return nullptr;
  return std::make_unique<Image>(packed);
}

void must_run(const std::vector<std::string>& argv, const fs::path& logs) {
  const auto outcome = run({.argv = argv}, logs);
  if (outcome.exit_code != 0) throw std::runtime_error(argv.front() + ": " + outcome.all());
}

std::vector<pid_t> children(pid_t process) {
  const auto id = std::to_string(process);
  std::istringstream text(read_text("/proc/" + id + "/task/" + id + "/children"));
  std::vector<pid_t> found;
  for (pid_t child = 0; text >> child;) found.push_back(child);
  return found;
}

std::int64_t resident(pid_t process) {
  std::istringstream status(read_text("/proc/" + std::to_string(process) + "/status"));
  std::string line;
  while (std::getline(status, line)) {
    if (line.rfind("VmRSS:", 0) == 0) return std::atoll(line.c_str() + 6) * 1024;
  }
  return 0;
}

std::int64_t resident_below(pid_t process) {
  std::int64_t sum = 0;
  for (const auto child : children(process)) sum += resident(child) + resident_below(child);
  return sum;
}

}  // namespace

Image* Image::get(const std::string& name) {
  static std::map<std::string, std::unique_ptr<Image>> images;
  const auto known = images.find(name);
  if (known != images.end()) return known->second.get();
  return (images[name] = find_image(name)).get();
}

const std::string& Image::why_none() {
  static const std::string reason =
      "no image in TIDEGATE_TEST_IMAGES that can be unpacked and run here (which takes root and "
      "umoci): './dev test image' makes them and runs these tests";
  return reason;
}

bool Image::required() {
  return from_environment("TIDEGATE_TEST_REQUIRE").find("image") != std::string::npos;
}

Image::Image(const fs::path& packed) : packed_(packed) {
  const auto layout = directory_.path() / "layout";
  fs::create_directory(layout);
  must_run({"tar", "-C", layout, "-xf", packed}, directory_.path());
  const auto index = Json::parse(read_text(layout / "index.json"));
  config_ = blob(blob(index.at("manifests").at(0)).at("config")).at("config");
  must_run(
      {"umoci", "unpack", "--image", layout.string() + ":latest", directory_.path() / "bundle"},
      directory_.path());
  fs::permissions(directory_.path(), fs::perms::owner_all | fs::perms::others_exec);
}

Json Image::blob(const Json& descriptor) const {
  const std::string digest = descriptor.at("digest");
  return Json::parse(
      read_text(directory_.path() / "layout/blobs/sha256" / digest.substr(digest.find(':') + 1)));
}

std::map<std::string, std::string> Image::environment() const {
  std::map<std::string, std::string> result;
  for (const std::string pair : config_.at("Env")) {
    result[pair.substr(0, pair.find('='))] = pair.substr(pair.find('=') + 1);
  }
  return result;
}

std::vector<std::string> Image::argv(const std::vector<std::string>& mounts,
                                     const std::vector<std::string>& arguments) const {
  std::vector<std::string> result{source_directory() / "tests/support/in_container.sh", root(),
                                  user()};
  result.insert(result.end(), mounts.begin(), mounts.end());
  result.push_back("--");
  for (const std::string word : config_.at("Entrypoint")) result.push_back(word);
  if (!arguments.empty()) {
    result.insert(result.end(), arguments.begin(), arguments.end());
  } else {
    for (const std::string word : config_.at("Cmd")) result.push_back(word);
  }
  return result;
}

Container::Container(const Image& image, std::map<std::string, std::string> environment,
                     const std::vector<std::string>& mounts,
                     const std::vector<std::string>& arguments)
    : image_(image), environment_(std::move(environment)) {
  environment_.merge(image.environment());
  process_ = std::make_unique<Process>(
      Command{.argv = image.argv(mounts, arguments), .env = environment_}, logs_.path());
}

pid_t Container::first() const {
  const auto below = children(process_->pid());
  return below.empty() ? 0 : below.front();
}

void Container::signal(int number) const {
  const auto process = first();
  if (process > 0) ::kill(process, number);
}

bool Container::healthy() const {
  if (first() == 0) return false;
  const auto user = image_.user();
  const auto colon = user.find(':');
  std::vector<std::string> argv{"nsenter",
                                "--target",
                                std::to_string(first()),
                                "--mount",
                                "--pid",
                                "--ipc",
                                "--uts",
                                "--root",
                                "--wd",
                                "--setuid",
                                user.substr(0, colon),
                                "--setgid",
                                user.substr(colon + 1)};
  const auto& test = image_.config().at("Healthcheck").at("Test");
  for (std::size_t i = 1; i < test.size(); ++i) argv.push_back(test[i]);
  return run({.argv = argv, .env = environment_}, logs_.path(), 20s).exit_code == 0;
}

std::int64_t peak_memory(Process& process) {
  std::int64_t peak = 0;
  while (!process.wait_for(0ms)) {
    peak = std::max(peak, resident_below(process.pid()));
    pause(2ms);
  }
  return peak;
}

}  // namespace tidegate::test
