#include "support/github_stub.hpp"

namespace tidegate::test {

GithubStub::GithubStub()
    : log_(LogLevel::error, LogFormat::text, redactor_),
      server_(
          {}, [this](const http::Incoming& request) { return serve(request); }, log_) {}

std::string GithubStub::url() const { return "http://127.0.0.1:" + std::to_string(server_.port()); }

void GithubStub::answer(const std::string& method_and_path, http::Outgoing outgoing) {
  const std::scoped_lock lock(mutex_);
  answers_[method_and_path].push_back(std::move(outgoing));
}

void GithubStub::otherwise(http::Outgoing outgoing) {
  const std::scoped_lock lock(mutex_);
  otherwise_ = std::move(outgoing);
}

std::vector<http::Incoming> GithubStub::asked() const {
  const std::scoped_lock lock(mutex_);
  return asked_;
}

std::vector<std::string> GithubStub::lines() const {
  std::vector<std::string> lines;
  for (const auto& each : asked()) lines.push_back(each.method + " " + each.path);
  return lines;
}

http::Outgoing GithubStub::serve(const http::Incoming& request) {
  const std::scoped_lock lock(mutex_);
  asked_.push_back(request);
  const auto found = answers_.find(request.method + " " + request.path);
  if (found == answers_.end()) return otherwise_;
  auto& answers = found->second;
  const auto next = answers.front();
  if (answers.size() > 1) answers.pop_front();
  return next;
}

}  // namespace tidegate::test
