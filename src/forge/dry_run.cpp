#include "forge/dry_run.hpp"

#include <fmt/format.h>

namespace tidegate::forge {
namespace {

void say(Run& run, const std::string& text) { run.progress().step(Mark::ok, "dry run", text); }

class DryRun final : public Forge {
 public:
  explicit DryRun(std::unique_ptr<Forge> inner) : inner_(std::move(inner)) {}

  const std::string& repository() const override { return inner_->repository(); }
  PullRequest pull_request(Run& run, PullNumber number) override {
    return inner_->pull_request(run, number);
  }
  std::vector<PullRequest> open_pull_requests(Run& run) override {
    return inner_->open_pull_requests(run);
  }
  std::vector<Comment> own_comments(Run& run, PullNumber number, std::string_view marker) override {
    return inner_->own_comments(run, number, marker);
  }

  void add_label(Run& run, PullNumber number, std::string_view label) override {
    say(run, fmt::format("would add the label '{}' to pull request {}", label, number.value()));
  }
  void remove_label(Run& run, PullNumber number, std::string_view label) override {
    say(run,
        fmt::format("would remove the label '{}' from pull request {}", label, number.value()));
  }
  Comment add_comment(Run& run, PullNumber number, const std::string& body) override {
    say(run, fmt::format("would comment on pull request {}", number.value()));
    return {0, body};
  }
  void edit_comment(Run& run, const Comment& comment) override {
    say(run, fmt::format("would edit comment {}", comment.id));
  }
  void remove_comment(Run& run, std::int64_t id) override {
    say(run, fmt::format("would remove comment {}", id));
  }
  void set_status(Run& run, const CommitStatus& status) override {
    say(run, fmt::format("would set the status of commit {}", status.commit));
  }
  void set_deployment(Run& run, const Deployment& deployment) override {
    say(run, fmt::format("would record a deployment of {}", deployment.environment));
  }

 private:
  std::unique_ptr<Forge> inner_;
};

}  // namespace

std::unique_ptr<Forge> dry_run(std::unique_ptr<Forge> inner) {
  return std::make_unique<DryRun>(std::move(inner));
}

}  // namespace tidegate::forge
