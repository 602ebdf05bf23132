#pragma once

/// A real archive store, some of whose answers a test chooses.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "archive/archive.hpp"

namespace tidegate::test {

class ChosenStore final : public archive::Store {
 public:
  explicit ChosenStore(std::unique_ptr<Store> inner) : inner_(std::move(inner)) {}
  std::string place() const override { return inner_->place(); }
  void check(tidegate::Run& run) override { inner_->check(run); }
  std::vector<archive::StoreRemark> remarks(tidegate::Run&) override { return remarked; }
  std::optional<Bytes> free_space(tidegate::Run&) override { return free; }
  std::unique_ptr<archive::Lock> lock(tidegate::Run& run, const std::string& database,
                                      std::chrono::milliseconds wait) override {
    return inner_->lock(run, database, wait);
  }
  archive::Listing list(tidegate::Run& run, const std::string& database) override {
    return inner_->list(run, database);
  }
  std::vector<std::string> clear_unfinished(tidegate::Run& run, const std::string& database,
                                            archive::Lock& lock) override {
    return inner_->clear_unfinished(run, database, lock);
  }
  std::unique_ptr<archive::Draft> begin(tidegate::Run& run, const std::string& database,
                                        SystemTime started, archive::Lock& lock) override {
    return inner_->begin(run, database, started, lock);
  }
  std::unique_ptr<archive::LocalArchive> fetch(tidegate::Run& run,
                                               const archive::Entry& entry) override {
    return inner_->fetch(run, entry);
  }
  void prove(tidegate::Run& run, const archive::Entry& entry) override {
    inner_->prove(run, entry);
  }
  void remove(tidegate::Run& run, const std::string& database, const archive::Entry& entry,
              archive::Lock& lock) override {
    inner_->remove(run, database, entry, lock);
  }
  void amend(tidegate::Run& run, const archive::Entry& entry, const Metadata& metadata,
             archive::Lock& lock) override {
    inner_->amend(run, entry, metadata, lock);
  }

  std::vector<archive::StoreRemark> remarked;
  std::optional<Bytes> free = Bytes{1'000'000};

 private:
  std::unique_ptr<Store> inner_;
};

}  // namespace tidegate::test
