#include "support/fake_forge.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tidegate::test {
namespace {

PullNumber number_of(int number) { return PullNumber::parse(std::to_string(number)).value(); }

std::string first_line(const std::string& body) { return body.substr(0, body.find('\n')); }

std::string for_people(const std::string& body) {
  std::string out;
  for (std::size_t at = 0; at < body.size();) {
    const auto end = std::min(body.find('\n', at), body.size());
    const auto line = body.substr(at, end - at);
    if (line.rfind("<!--", 0) != 0) out += line + "\n";
    at = end + 1;
  }
  return out;
}

void remove_from(std::vector<std::string>& labels, const std::string& label) {
  std::erase_if(labels, [&](const auto& each) { return has_label({each}, label); });
}

}  // namespace

void FakeHost::begin(const std::string& call) {
  ++requests_[call];
  // A copy: a hook may take itself away while it runs.
  if (const auto hook = on_call) hook(call);
}

PullRequest& FakeHost::at(int number) {
  const auto found = pulls_.find(number);
  if (found == pulls_.end()) {
    throw Error(ErrorKind::permission, fmt::format("pull request {} is not to be seen", number));
  }
  return found->second;
}

void FakeHost::open(int number, std::vector<std::string> labels, std::string commit) {
  const std::scoped_lock lock(mutex_);
  PullRequest pull{number_of(number)};
  pull.labels = std::move(labels);
  pull.commit = std::move(commit);
  pulls_.insert_or_assign(number, std::move(pull));
}

void FakeHost::close(int number, PullState state, SystemTime when) {
  change(number, [&](PullRequest& pull) {
    pull.state = state;
    pull.closed_at = when;
  });
}

void FakeHost::label(int number, const std::string& label) {
  change(number, [&](PullRequest& pull) {
    if (!has_label(pull.labels, label)) pull.labels.push_back(label);
  });
}

void FakeHost::unlabel(int number, const std::string& label) {
  change(number, [&](PullRequest& pull) { remove_from(pull.labels, label); });
}

void FakeHost::push(int number, const std::string& commit) {
  change(number, [&](PullRequest& pull) { pull.commit = commit; });
}

void FakeHost::change(int number, const std::function<void(PullRequest&)>& change) {
  const std::scoped_lock lock(mutex_);
  change(at(number));
}

PullRequest FakeHost::pull(int number) const {
  const std::scoped_lock lock(mutex_);
  return pulls_.at(number);
}

std::vector<FakeHost::Kept> FakeHost::kept(int number) const {
  const std::scoped_lock lock(mutex_);
  std::vector<Kept> found;
  for (const auto& each : comments_) {
    if (each.number == number) found.push_back(each);
  }
  return found;
}

std::vector<std::string> FakeHost::comments(int number) const {
  std::vector<std::string> found;
  for (const auto& each : kept(number)) found.push_back(for_people(each.comment.body));
  return found;
}

void FakeHost::comment_as(const std::string& author, int number, const std::string& body) {
  const std::scoped_lock lock(mutex_);
  comments_.push_back({{next_id_++, body}, number, author});
}

std::map<std::string, int> FakeHost::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

int FakeHost::total_requests() const {
  int sum = 0;
  for (const auto& [call, count] : requests()) sum += count;
  return sum;
}

void FakeHost::forget_requests() {
  const std::scoped_lock lock(mutex_);
  requests_.clear();
}

FakeForge::FakeForge(FakeHost& host, std::string author)
    : host_(host), author_(std::move(author)) {}

PullRequest FakeForge::pull_request(Run& run, PullNumber number) {
  run.check();
  const std::scoped_lock lock(host_.mutex_);
  host_.begin("pull_request");
  return host_.at(number.value());
}

std::vector<PullRequest> FakeForge::open_pull_requests(Run& run) {
  run.check();
  const std::scoped_lock lock(host_.mutex_);
  host_.begin("open_pull_requests");
  std::vector<PullRequest> found;
  for (const auto& [number, pull] : host_.pulls_) {
    if (pull.state == PullState::open) found.push_back(pull);
  }
  return found;
}

void FakeForge::add_label(Run& run, PullNumber number, std::string_view label) {
  run.check();
  const std::scoped_lock lock(host_.mutex_);
  host_.begin("add_label");
  host_.label(number.value(), std::string(label));
}

void FakeForge::remove_label(Run& run, PullNumber number, std::string_view label) {
  run.check();
  const std::scoped_lock lock(host_.mutex_);
  host_.begin("remove_label");
  host_.unlabel(number.value(), std::string(label));
}

std::vector<forge::Comment> FakeForge::own_comments(Run& run, PullNumber number,
                                                    std::string_view marker) {
  run.check();
  const std::scoped_lock lock(host_.mutex_);
  host_.begin("own_comments");
  std::vector<forge::Comment> found;
  for (const auto& each : host_.comments_) {
    if (each.number == number.value() && each.author == author_ &&
        first_line(each.comment.body) == marker) {
      found.push_back(each.comment);
    }
  }
  return found;
}

forge::Comment FakeForge::add_comment(Run& run, PullNumber number, const std::string& body) {
  run.check();
  const std::scoped_lock lock(host_.mutex_);
  host_.begin("add_comment");
  host_.comments_.push_back({{host_.next_id_++, body}, number.value(), author_});
  return host_.comments_.back().comment;
}

void FakeForge::edit_comment(Run& run, const forge::Comment& comment) {
  run.check();
  const std::scoped_lock lock(host_.mutex_);
  host_.begin("edit_comment");
  for (auto& each : host_.comments_) {
    if (each.comment.id != comment.id) continue;
    each.comment.body = comment.body;
    return;
  }
  throw Error(ErrorKind::remote, fmt::format("comment {} is gone", comment.id));
}

void FakeForge::remove_comment(Run& run, std::int64_t id) {
  run.check();
  const std::scoped_lock lock(host_.mutex_);
  host_.begin("remove_comment");
  std::erase_if(host_.comments_, [id](const auto& each) { return each.comment.id == id; });
}

void FakeForge::set_status(Run& run, const forge::CommitStatus& status) {
  run.check();
  const std::scoped_lock lock(host_.mutex_);
  host_.begin("set_status");
  host_.statuses.push_back(status);
}

void FakeForge::set_deployment(Run& run, const forge::Deployment& deployment) {
  run.check();
  const std::scoped_lock lock(host_.mutex_);
  host_.begin("set_deployment");
  host_.deployments.push_back(deployment);
}

}  // namespace tidegate::test
