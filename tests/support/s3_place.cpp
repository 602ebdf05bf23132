#include "support/s3_place.hpp"

#include <fstream>

namespace tidegate::test {

void S3Place::SetUp() {
  TIDEGATE_NEEDS_S3(server);
  constexpr std::int64_t k_mebibyte = 1024 * 1024;
  server_ = server;
  bucket_ = server->make_bucket();
  plan_ = server->plan(bucket_, "p");
  manner_.part = Bytes{5 * k_mebibyte};
  manner_.backoff = {1ms, 5ms};
  manner_.lock_life = 2s;
}

S3Between& S3Place::between() {
  if (!between_) {
    between_ = std::make_unique<S3Between>(*server_);
    plan_ = between_->plan(plan_);
  }
  return *between_;
}

archive::Entry S3Place::put(tidegate::Run& run, archive::Store& store, const Files& files) {
  const auto lock = store.lock(run, "syrf", 30s);
  store.clear_unfinished(run, "syrf", *lock);
  const auto draft = store.begin(run, "syrf", run.clock().now(), *lock);
  for (const auto& [name, text] : files) {
    const auto path = name.empty() ? draft->path() : draft->path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << text;
  }
  Metadata metadata;
  metadata.source = "production";
  metadata.run = run.id();
  return draft->publish(run, metadata, "test");
}

}  // namespace tidegate::test
