#pragma once

/// The images that './dev image' has made, and containers of them. As `docker load` does, the tar
/// file is read and unpacked, here by umoci; what is run, as whom and with which health check, is
/// what the image itself says.

#include <memory>

#include "support/program.hpp"

namespace tidegate::test {

class Image {
 public:
  /// `tidegate` or `tidegate-mongodb`. Unpacked when a test first asks for it; nothing where there
  /// are no images, or they cannot be run here: why_none() says why.
  static Image* get(const std::string& name);
  static const std::string& why_none();
  /// Whether TIDEGATE_TEST_REQUIRE names image: then a test that finds none fails.
  static bool required();

  explicit Image(const std::filesystem::path& packed);

  std::filesystem::path root() const { return directory_.path() / "bundle/rootfs"; }
  const std::filesystem::path& packed() const { return packed_; }
  const Json& config() const { return config_; }  ///< User, Env, Entrypoint, Cmd, Healthcheck
  std::string user() const { return config_.at("User"); }
  std::map<std::string, std::string> environment() const;
  /// The command that runs such a container; the arguments are the image's own Cmd where there are
  /// none.
  std::vector<std::string> argv(const std::vector<std::string>& mounts,
                                const std::vector<std::string>& arguments) const;

 private:
  Json blob(const Json& descriptor) const;
  std::filesystem::path packed_;
  TempDir directory_{"image"};
  Json config_;
};

#define TIDEGATE_NEEDS_IMAGE(variable, name)                              \
  ::tidegate::test::Image* variable = ::tidegate::test::Image::get(name); \
  if (variable == nullptr) {                                              \
    if (::tidegate::test::Image::required()) {                            \
      FAIL() << ::tidegate::test::Image::why_none();                      \
    }                                                                     \
    GTEST_SKIP() << ::tidegate::test::Image::why_none();                  \
  }

/// `docker run`: with these variables besides the image's own, and directories mounted, each as
/// `here:there`.
class Container {
 public:
  Container(const Image& image, std::map<std::string, std::string> environment,
            const std::vector<std::string>& mounts, const std::vector<std::string>& arguments = {});

  Process& process() { return *process_; }
  /// Its first process, as this machine numbers it; 0 before there is one.
  pid_t first() const;
  /// To its first process, as an engine does.
  void signal(int number) const;
  Outcome wait(std::chrono::milliseconds deadline = 60s) { return process_->wait(deadline); }
  /// The result of HEALTHCHECK, run inside with the container's own environment.
  bool healthy() const;

 private:
  const Image& image_;
  std::map<std::string, std::string> environment_;
  TempDir logs_{"container"};
  std::unique_ptr<Process> process_;
};

/// Lets it run to its end. The largest sum of the resident memory of its first process and all
/// below; what they share is counted once for each.
std::int64_t peak_memory(Process& process);

}  // namespace tidegate::test
