#include "support/fake_argo.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <utility>

namespace tidegate::test {
namespace {

using Files = FakeArgo::Files;

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

/// Of `key: 300`; none: never.
std::chrono::seconds time_to_live(const std::string& job) {
  constexpr std::string_view k_key = "ttlSecondsAfterFinished: ";
  const auto at = job.find(k_key);
  if (at == std::string::npos) return std::chrono::hours(24 * 365);
  return std::chrono::seconds(std::stol(job.substr(at + k_key.size())));
}

bool has_word(const std::string& list, const std::string& word) {
  return ("," + list + ",").find("," + word + ",") != std::string::npos;
}

}  // namespace

FakeArgo::FakeArgo(std::function<Files()> files, Jobs jobs, std::function<SystemTime()> now)
    : files_(std::move(files)), does_(std::move(jobs)), now_(std::move(now)) {}

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
    good = fill(text_of(files, path), *run, commit) && good;
  }
  if (good) applied_ = intent;
}

bool FakeArgo::fill(const std::string& job, const std::function<bool(const std::string&)>& run,
                    const std::string& commit) {
  const auto name = value_in(job, "name");
  if (failed_.erase(name) > 0) return false;
  ++runs_;
  if (run(commit)) return true;
  if (!has_word(value_in(job, "hook-delete-policy"), "HookFailed")) failed_.insert(name);
  return false;
}

/// @returns whether the hook counts as done.
bool FakeArgo::clean_up(const std::string& job, Hook hook) {
  const auto name = value_in(job, "name");
  std::erase_if(finished_, [&](const auto& each) { return each.second <= now_(); });
  if (finished_.erase(name) > 0) return true;  // of another deletion, taken for this one's
  if (hook == Hook::runs) return does_.cleanup();
  if (hook == Hook::overtaken && has_word(value_in(job, "sync-options"), "Delete=false")) {
    does_.cleanup();
    finished_[name] = now_() + time_to_live(job);
  }
  return true;
}

void FakeArgo::finish(Hook hook) {
  if (!going_) return;
  const auto files = files_();
  ASSERT_TRUE(has_folder(files, "jobs")) << "its hook cannot be rendered any more: it is stuck";
  if (has_hook_ && files.contains("jobs/cleanup.yaml")) {
    EXPECT_TRUE(access_) << "the cleanup has no user left";
    if (!clean_up(text_of(files, "jobs/cleanup.yaml"), hook)) return;
  }
  going_ = false;
  applied_.clear();
}

}  // namespace tidegate::test
