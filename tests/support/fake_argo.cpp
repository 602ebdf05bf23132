#include "support/fake_argo.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>

namespace tidegate::test {
namespace {

using Files = std::map<std::string, std::string>;

std::string text_of(const Files& files, const std::string& path) {
  const auto found = files.find(path);
  return found == files.end() ? "" : found->second;
}

bool has_folder(const Files& files, const std::string& folder) {
  return std::any_of(files.begin(), files.end(),
                     [&](const auto& file) { return file.first.starts_with(folder + "/"); });
}

/// Of `key: "value"`.
std::string value_in(const std::string& text, const std::string& key) {
  const auto begin = text.find(key + ": \"");
  if (begin == std::string::npos) return "";
  const auto value = text.substr(begin + key.size() + 3);
  return value.substr(0, value.find('"'));
}

}  // namespace

FakeArgo::FakeArgo(std::function<Files()> files, Jobs jobs)
    : files_(std::move(files)), does_(std::move(jobs)) {}

void FakeArgo::look() {
  const auto files = files_();
  access_ = files.contains("access.yaml");
  EXPECT_TRUE(!access_ || has_folder(files, "access")) << "an Application without its folder";
  if (going_) return;  // its successor has the same name, and comes when it is gone
  if (!files.contains("jobs.yaml")) {
    going_ = std::exchange(jobs_, false);
    return;
  }
  jobs_ = true;
  has_hook_ = files.contains("jobs/cleanup.yaml");
  EXPECT_TRUE(has_folder(files, "jobs")) << "an Application without its folder";
  if (text_of(files, "jobs/intent.yaml") != applied_) sync(files);
}

void FakeArgo::sync_by_hand() {
  if (jobs_) sync(files_());
}

void FakeArgo::sync(const Files& files) {
  const auto intent = text_of(files, "jobs/intent.yaml");
  const auto commit = value_in(intent, "commit");
  bool good = true;
  for (const auto& [path, run] : {std::pair{"jobs/restore.yaml", &does_.restore},
                                  std::pair{"jobs/reset.yaml", &does_.reset}}) {
    if (!files.contains(path)) continue;
    EXPECT_TRUE(access_) << "a Job without its user";
    EXPECT_NE(text_of(files, path).find(commit), std::string::npos);
    ++runs_;
    good = (*run)(commit) && good;
  }
  if (good) applied_ = intent;
}

void FakeArgo::finish(Hook hook) {
  if (!going_) return;
  const auto files = files_();
  ASSERT_TRUE(has_folder(files, "jobs")) << "its hook cannot be rendered any more: it is stuck";
  if (hook == Hook::runs && has_hook_ && files.contains("jobs/cleanup.yaml")) {
    EXPECT_TRUE(access_) << "the cleanup has no user left";
    if (!does_.cleanup()) return;
  }
  going_ = false;
  applied_.clear();
}

}  // namespace tidegate::test
