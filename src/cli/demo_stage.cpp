#include "cli/demo_stage.hpp"

#include <fmt/format.h>

#include <random>

namespace tidegate::cli {
namespace {

std::string random_hex(int words) {
  std::random_device entropy;
  std::string text;
  for (int i = 0; i < words; ++i) text += fmt::format("{:08x}", entropy());
  return text;
}

}  // namespace

std::string without_user(const std::string& uri) {
  const auto scheme = uri.find("://");
  if (scheme == std::string::npos) return uri;
  auto begin = uri.substr(0, scheme + 3);
  auto rest = uri.substr(scheme + 3);
  const auto hosts_end = rest.find_first_of("/?");
  const auto at = rest.substr(0, hosts_end).rfind('@');
  if (at != std::string::npos) rest = rest.substr(at + 1);
  auto query_at = rest.find('?');
  auto query = query_at == std::string::npos ? std::string() : rest.substr(query_at + 1);
  auto hosts = rest.substr(0, rest.find_first_of("/?"));
  std::string options = "authSource=admin";
  while (!query.empty()) {
    const auto end = query.find('&');
    const auto option = query.substr(0, end);
    if (option.rfind("authSource=", 0) != 0 && !option.empty()) options += "&" + option;
    query = end == std::string::npos ? std::string() : query.substr(end + 1);
  }
  return begin + hosts + "/?" + options;
}

DemoStage::DemoStage(Session& session, Run& run, std::string uri, Keep keep)
    : session_(session), run_(run), own_uri_(std::move(uri)), keep_(keep) {
  if (own_uri_.empty()) {
    start_throwaway();
  } else {
    use_own();
  }
  write_files();
}

DemoStage::~DemoStage() {
  try {
    clear();
  } catch (const Error& error) {
    session_.log().warning("cannot clear up after the demo", {{"why", error.message()}});
  }
}

DemoStage::User DemoStage::create_user(const std::string& name, std::vector<std::string> roles) {
  User user{name, random_hex(4)};
  const Secret password(user.password);
  session_.parts().redactor.learn(password);
  sample_->create_user(run_, {user.name, password, std::move(roles)});
  created_.push_back(user);
  return user;
}

void DemoStage::create_users() {
  const auto snapshot = prefix_ + "snapshot", preview = prefix_ + "pr_1";
  producer_ = create_user(prefix_ + "producer", {"read@" + production().text(),
                                                 "readWrite@" + snapshot, "dbAdmin@" + snapshot});
  preview_user_ = create_user(prefix_ + "pr_1_user",
                              {"read@" + snapshot, "readWrite@" + preview, "dbAdmin@" + preview});
  users_made_ = true;
}

// Users can be made while nobody asks who one is; then the server starts again and asks.
void DemoStage::start_throwaway() {
  server_ =
      std::make_unique<DemoServer>(find_server_program(session_.parts().environment), directory_);
  server_->start(DemoServer::Access::open, DemoServer::Life::attached);
  sample_ = session_.parts().sample(Endpoint{Secret(server_->uri(true)), {}, {}, "demo"});
  if (server_->needs_initiating()) sample_->initiate(run_, server_->host());
  server_words_ = fmt::format("{} ({})", sample_->server(run_), server_->program().name);
  // Written in Python, and a hundred times slower than a server that is not.
  const bool slow = server_->program().name == "secantusd-py";
  documents_ = sample_->fill(run_, production(),
                             slow ? engine::SampleSize::tenth : engine::SampleSize::full);
  admin_ = create_user("demo-admin", {"root@admin"});
  create_users();
  sample_.reset();
  server_->stop();
  server_->start(DemoServer::Access::signed_in,
                 keep_ == Keep::yes ? DemoServer::Life::detached : DemoServer::Life::attached);
  uri_ = server_->uri();
  sample_ = session_.parts().sample({.uri = Secret(uri_),
                                     .username = admin_.name,
                                     .password = Secret(admin_.password),
                                     .origin = "demo"});
  sample_->server(run_);
}

void DemoStage::use_own() {
  prefix_ += random_hex(1).substr(0, 4) + "_";
  const Secret secret(own_uri_);
  session_.parts().redactor.learn_uri(secret);
  sample_ = session_.parts().sample(Endpoint{secret, {}, {}, "--uri"});
  server_words_ = sample_->server(run_);
  documents_ = sample_->fill(run_, production(), engine::SampleSize::full);
  uri_ = without_user(own_uri_);
  if (own_uri_.find("authMechanism=") != std::string::npos) return;
  try {
    create_users();
  } catch (const Error& error) {
    // Without the right to make users the demo still works, with one user for everything.
    if (error.kind() != ErrorKind::permission && error.kind() != ErrorKind::remote) throw;
    session_.screen().note("  users cannot be made here, so one user does everything: " +
                           error.message());
  }
}

std::string DemoStage::credential(const User& user, const std::string& file) const {
  if (!users_made_) {
    return fmt::format("      uri_file: \"{}\"\n", directory_.write("uri", own_uri_));
  }
  return fmt::format("      uri: \"{}\"\n      username: \"{}\"\n      password_file: \"{}\"\n",
                     uri_, user.name, directory_.write(file, user.password));
}

void DemoStage::write_files() {
  const auto head = fmt::format(
      "databases:\n  demo:\n    engine: mongodb\n    production:\n{}      database: {}\n"
      "{}    snapshot:\n      database: {}snapshot\n      max_age: 8d\n    previews:\n{}"
      "      database: {}pr_{{number}}\n",
      credential(producer_, "producer.password"), production().text(),
      users_made_ ? "" : "      allow_write_access: true\n", prefix_,
      credential(preview_user_, "preview.password"), prefix_);
  config_file_ = directory_.write(
      "tidegate.yaml", head + fmt::format("journal: \"{}\"\n", directory_.path("journal.db")));
  auto mistake =
      fmt::format("    targets:\n      staging:\n        database: {}\n        uri: \"{}\"\n",
                  production().text(), uri_);
  mistake_file_ = directory_.write("mistake.yaml", head + mistake);
  preview_endpoint_ = users_made_ ? Endpoint{.uri = Secret(uri_),
                                             .username = preview_user_.name,
                                             .password = Secret(preview_user_.password),
                                             .origin = "demo"}
                                  : Endpoint{Secret(own_uri_), {}, {}, "--uri"};
}

std::vector<std::string> DemoStage::how_to_go_on() const {
  std::vector<std::string> lines{fmt::format("export TIDEGATE_CONFIG={}", config_file_),
                                 "tidegate status"};
  if (server_) {
    lines.push_back(fmt::format("mongosh '{}' --username {} --password \"$(cat {})\"", uri_,
                                admin_.name, directory_.path("admin.password")));
    lines.push_back(fmt::format("kill {}   # ends the server; then: rm -r {}", server_->pid(),
                                directory_.path()));
  } else {
    lines.push_back(
        fmt::format("databases and users whose names begin with {} are yours to drop", prefix_));
  }
  return lines;
}

void DemoStage::leave() {
  directory_.keep();
  if (server_) {
    directory_.write("admin.password", admin_.password);
    server_->leave();
  }
  cleared_ = true;
}

void DemoStage::clear() {
  if (cleared_) return;
  cleared_ = true;
  if (server_ || !sample_) return;
  // The run may have been stopped, and what it made must go nevertheless.
  Run last(run_.id(), session_.parts().clock, session_.log(), run_.progress(), {},
           std::chrono::minutes{1});
  for (const auto* name : {"production", "snapshot", "pr_1"}) {
    sample_->drop(last, DatabaseName(prefix_ + name));
  }
  for (const auto& user : created_) sample_->drop_user(last, user.name);
}

}  // namespace tidegate::cli
