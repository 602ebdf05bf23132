#pragma once

/// A code host in memory: pull requests, labels and comments, with every call a step that may fail.

#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "forge/forge.hpp"

namespace tidegate::test {

/// The host; shared by the forges of all clients, who may be on several threads.
class FakeHost {
 public:
  struct Kept {
    forge::Comment comment;
    int number = 0;
    std::string author;
  };

  /// Called before each request by name: `pull_request`, `add_label` … May throw.
  std::function<void(const std::string& call)> on_call;

  /// Makes it, or replaces its labels and commit.
  void open(int number, std::vector<std::string> labels, std::string commit = "c1");
  void close(int number, PullState state, SystemTime when);
  void label(int number, const std::string& label);
  void unlabel(int number, const std::string& label);
  void push(int number, const std::string& commit);
  void change(int number, const std::function<void(PullRequest&)>& change);

  PullRequest pull(int number) const;
  /// Without markers and hidden state: what people read, oldest first.
  std::vector<std::string> comments(int number) const;
  std::vector<Kept> kept(int number) const;
  void comment_as(const std::string& author, int number, const std::string& body);
  std::map<std::string, int> requests() const;
  int total_requests() const;
  void forget_requests();

  std::vector<forge::CommitStatus> statuses;
  std::vector<forge::Deployment> deployments;

 private:
  friend class FakeForge;
  void begin(const std::string& call);
  PullRequest& at(int number);
  mutable std::recursive_mutex mutex_;
  std::map<int, PullRequest> pulls_;
  std::vector<Kept> comments_;
  std::map<std::string, int> requests_;
  std::int64_t next_id_ = 1;
};

class FakeForge final : public forge::Forge {
 public:
  explicit FakeForge(FakeHost& host, std::string author = "tidegate[bot]");

  const std::string& repository() const override { return repository_; }
  PullRequest pull_request(Run& run, PullNumber number) override;
  std::vector<PullRequest> open_pull_requests(Run& run) override;
  void add_label(Run& run, PullNumber number, std::string_view label) override;
  void remove_label(Run& run, PullNumber number, std::string_view label) override;
  std::vector<forge::Comment> own_comments(Run& run, PullNumber number,
                                           std::string_view marker) override;
  forge::Comment add_comment(Run& run, PullNumber number, const std::string& body) override;
  void edit_comment(Run& run, const forge::Comment& comment) override;
  void remove_comment(Run& run, std::int64_t id) override;
  void set_status(Run& run, const forge::CommitStatus& status) override;
  void set_deployment(Run& run, const forge::Deployment& deployment) override;

 private:
  FakeHost& host_;
  std::string author_;
  std::string repository_ = "camaradesuk/syrf";
};

}  // namespace tidegate::test
