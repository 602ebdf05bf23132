#include "archive/dry_run.hpp"

#include <fmt/format.h>

#include "archive/name.hpp"

namespace tidegate::archive {
namespace {

void say(Run& run, const std::string& text) { run.progress().step(Mark::ok, "dry run", text); }

class NoLock final : public Lock {
 public:
  void confirm(Run& /*run*/) override {}
};

/// Archives that would exist by now, so that retention decides about them too.
using Pretended = std::shared_ptr<std::vector<Entry>>;

class NoDraft final : public Draft {
 public:
  NoDraft(std::string name, SystemTime taken, std::string place, Pretended pretended)
      : name_(std::move(name)),
        taken_(taken),
        place_(std::move(place)),
        path_(name_),
        pretended_(std::move(pretended)) {}
  const std::filesystem::path& path() const override { return path_; }
  Entry publish(Run& run, const Metadata& metadata, const std::string& format) override {
    say(run, fmt::format("would publish '{}' in '{}'", name_, place_));
    pretended_->push_back({name_, taken_, {}, {}, format, metadata});
    return pretended_->back();
  }

 private:
  std::string name_;
  SystemTime taken_;
  std::string place_;
  std::filesystem::path path_;
  Pretended pretended_;
};

class DryRun final : public Store {
 public:
  explicit DryRun(std::unique_ptr<Store> inner) : inner_(std::move(inner)) {}

  std::string place() const override { return inner_->place(); }
  void check(Run& run) override { say(run, fmt::format("would write to '{}'", place())); }
  std::vector<StoreRemark> remarks(Run& run) override { return inner_->remarks(run); }
  std::optional<Bytes> free_space(Run& run) override { return inner_->free_space(run); }
  std::unique_ptr<Lock> lock(Run& run, const std::string& database,
                             std::chrono::milliseconds /*wait*/) override {
    say(run, fmt::format("would lock the archives of '{}'", database));
    return std::make_unique<NoLock>();
  }
  Listing list(Run& run, const std::string& database) override {
    auto listing = inner_->list(run, database);
    listing.archives.insert(listing.archives.end(), pretended_->begin(), pretended_->end());
    return listing;
  }
  std::vector<std::string> clear_unfinished(Run& run, const std::string& database,
                                            Lock& /*lock*/) override {
    for (const auto& name : inner_->list(run, database).unfinished) {
      say(run, fmt::format("would remove '{}', left by an interrupted run", name));
    }
    return {};
  }
  std::unique_ptr<Draft> begin(Run& /*run*/, const std::string& database, SystemTime started,
                               Lock& /*lock*/) override {
    const auto taken = std::chrono::floor<std::chrono::seconds>(started);
    return std::make_unique<NoDraft>(archive_name(database, taken), taken, place(), pretended_);
  }
  std::unique_ptr<LocalArchive> fetch(Run& run, const Entry& entry) override {
    return inner_->fetch(run, entry);
  }
  void prove(Run& run, const Entry& entry) override { inner_->prove(run, entry); }
  void remove(Run& run, const std::string& /*database*/, const Entry& entry,
              Lock& /*lock*/) override {
    say(run, fmt::format("would remove '{}'", entry.name));
  }
  void amend(Run& run, const Entry& entry, const Metadata& /*metadata*/, Lock& /*lock*/) override {
    say(run, fmt::format("would record checksums beside '{}'", entry.name));
  }

 private:
  std::unique_ptr<Store> inner_;
  Pretended pretended_ = std::make_shared<std::vector<Entry>>();
};

}  // namespace

std::unique_ptr<Store> dry_run(std::unique_ptr<Store> inner) {
  return std::make_unique<DryRun>(std::move(inner));
}

}  // namespace tidegate::archive
