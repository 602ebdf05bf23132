#include "demo/demo_stage.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <random>

#include "base/json_quote.hpp"
#include "demo/loopback.hpp"

namespace tidegate::demo {
namespace {

using engine::SampleRole;

std::string random_hex(int words) {
  std::random_device entropy;
  std::string text;
  for (int i = 0; i < words; ++i) text += fmt::format("{:08x}", entropy());
  return text;
}

std::string variable(const config::Environment& environment, const std::string& name) {
  const auto at = environment.find(name);
  return at == environment.end() ? std::string() : at->second;
}

/// The directory in which ./dev installs programs.
std::string cache_in(const config::Environment& environment) {
  auto cache = variable(environment, "XDG_CACHE_HOME");
  if (cache.empty()) cache = variable(environment, "HOME") + "/.cache";
  return cache + "/tidegate";
}

/// The server's own directory, below one that other users may pass through but not read: the server
/// may run as another user.
std::string make_server_directory(const TemporaryDirectory& directory) {
  auto path = directory.path("server");
  if (::chmod(directory.path().c_str(), 0711) != 0 || ::mkdir(path.c_str(), 0700) != 0) {
    throw Error(ErrorKind::config, fmt::format("cannot make '{}'", path));
  }
  return path;
}

}  // namespace

DemoStage::DemoStage(cli::CommandContext& session, Run& run, const engine::SampleKind& kind,
                     std::string uri, Keep keep)
    : session_(session), run_(run), kind_(kind), own_uri_(std::move(uri)), keep_(keep) {
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

DatabaseName DemoStage::named(std::string_view name) const {
  return DatabaseName(prefix_ + std::string(name), kind_.kind);
}

engine::SampleFlow DemoStage::flow() const {
  return {production(), named("snapshot"), preview(), "tidegate_drill_demo"};
}

DemoStage::User DemoStage::invent(const std::string& name) {
  User user{name, random_hex(4)};
  session_.parts().adapters.redactor.learn(Secret(user.password));
  return user;
}

void DemoStage::create(const User& user, SampleRole role) {
  sample_->create_user(run_, {user.name, Secret(user.password), role, owner_}, flow());
  created_.push_back(user.name);
}

void DemoStage::create_users() {
  if (const auto owner = prefix_ + "owner"; sample_->create_owner(run_, owner)) {
    created_.push_back(owner);
    owner_ = owner;
  }
  producer_ = invent(prefix_ + "producer");
  preview_user_ = invent(prefix_ + "pr_1_user");
  create(producer_, SampleRole::producer);
  create(preview_user_, SampleRole::filler);
  users_made_ = true;
}

void DemoStage::start_throwaway() {
  using Access = DemoServer::Access;
  using Life = DemoServer::Life;
  admin_ = invent("demo-admin");
  const auto directory = make_server_directory(directory_);
  server_ = std::make_unique<DemoServer>(
      kind_.server({directory,
                    free_port(),
                    cache_in(session_.parts().environment),
                    {admin_.name, Secret(admin_.password), SampleRole::administrator, {}},
                    directory_.path("admin.password")}),
      directory);
  const auto& recipe = server_->recipe();
  const auto life = keep_ == Keep::yes ? Life::detached : Life::attached;
  uri_ = recipe.uri;
  // A server on which users can be made only without access control starts twice: the second time
  // with access control.
  const bool twice = !recipe.unguarded.empty();
  server_->start(twice ? Access::unguarded : Access::guarded, twice ? Life::attached : life);
  const Endpoint as_admin{.uri = Secret(uri_),
                          .username = admin_.name,
                          .password = Secret(admin_.password),
                          .origin = "demo"};
  sample_ =
      kind_.connect(twice ? Endpoint{Secret(recipe.unguarded_uri), {}, {}, "demo"} : as_admin);
  if (!recipe.member.empty()) sample_->initiate(run_, recipe.member);
  server_words_ = fmt::format("{} ({})", sample_->server(run_), recipe.program);
  documents_ = sample_->fill(run_, production(), recipe.size);
  if (twice) create(admin_, SampleRole::administrator);
  create_users();
  if (!twice) return;
  sample_.reset();
  server_->stop();
  server_->start(Access::guarded, life);
  sample_ = kind_.connect(as_admin);
  sample_->server(run_);
}

void DemoStage::use_own() {
  prefix_ += random_hex(1).substr(0, 4) + "_";
  const Secret secret(own_uri_);
  session_.parts().adapters.redactor.learn_uri(secret);
  sample_ = kind_.connect(Endpoint{secret, {}, {}, "--uri"});
  server_words_ = sample_->server(run_);
  documents_ = sample_->fill(run_, production(), engine::SampleSize::full);
  const auto others = kind_.without_user(own_uri_);
  if (!others) return;
  uri_ = *others;
  try {
    create_users();
  } catch (const Error& error) {
    // Without the right to make users the demo still works, with one user for everything.
    if (error.kind() != ErrorKind::permission && error.kind() != ErrorKind::remote) throw;
    owner_.clear();
    session_.screen().note("  users cannot be made here, so one user does everything: " +
                           error.message());
  }
}

std::string DemoStage::credential(const User& user, const std::string& file) const {
  if (!users_made_) {
    return fmt::format("      uri_file: {}\n", json_quote(directory_.write("uri", own_uri_)));
  }
  return fmt::format("      uri: {}\n      username: {}\n      password_file: {}\n",
                     json_quote(uri_), json_quote(user.name),
                     json_quote(directory_.write(file, user.password)));
}

std::string DemoStage::database_text(const std::string& snapshot) const {
  return fmt::format(
      "databases:\n  demo:\n    engine: {}\n    production:\n{}      database: {}\n"
      "{}    snapshot:\n      {}\n      max_age: 8d\n    previews:\n{}"
      "      database: {}pr_{{number}}\n{}",
      to_text(kind_.kind), credential(producer_, "producer.password"), production().text(),
      users_made_ ? "" : "      allow_write_access: true\n", snapshot,
      credential(preview_user_, "preview.password"), prefix_,
      owner_.empty() ? "" : fmt::format("      owner: {}\n", owner_));
}

void DemoStage::write_files() {
  const auto journal = fmt::format("journal: {}\n", json_quote(directory_.path("journal.db")));
  const auto usual = database_text(fmt::format("database: {}snapshot", prefix_));
  config_file_ = directory_.write("tidegate.yaml", usual + journal);
  archives_file_ = directory_.write(
      "archives.yaml", database_text(fmt::format("directory: {}\n      checksums: true",
                                                 json_quote(directory_.path("archives")))) +
                           journal);
  mistake_file_ = directory_.write(
      "mistake.yaml",
      usual + fmt::format("    targets:\n      staging:\n        database: {}\n        uri: {}\n",
                          production().text(), json_quote(uri_)));
}

std::string DemoStage::archive() const {
  for (const auto& each : std::filesystem::directory_iterator(directory_.path("archives"))) {
    if (each.path().extension() == ".dump") return each.path().filename();
  }
  throw Error(ErrorKind::internal, "the snapshot was taken, and there is no archive");
}

std::vector<std::string> DemoStage::how_to_go_on() const {
  std::vector<std::string> lines{fmt::format("export TIDEGATE_CONFIG={}", config_file_),
                                 "tidegate status"};
  if (server_) {
    lines.push_back(server_->recipe().shell);
    lines.push_back(fmt::format("{}   # ends the server; then: rm -r {}", server_->how_to_stop(),
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
  // The run may have been stopped: a new one removes its databases and users all the same.
  Run last(run_.id(), session_.parts().adapters.clock, session_.log(), run_.progress(), {},
           std::chrono::minutes{1});
  for (const auto* name : {"production", "snapshot", "pr_1"}) sample_->drop(last, named(name));
  for (auto user = created_.rbegin(); user != created_.rend(); ++user) {
    sample_->drop_user(last, *user);
  }
}

}  // namespace tidegate::demo
