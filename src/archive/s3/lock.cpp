#include "archive/s3/lock.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <nlohmann/json.hpp>
#include <random>
#include <thread>

#include "archive/name.hpp"
#include "archive/s3/tidy.hpp"
#include "base/duration.hpp"
#include "base/utc.hpp"

namespace tidegate::archive::s3 {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;  // a lease is measured in real time, whatever clock a run
                                           // has

constexpr milliseconds k_look_again{1'000}, k_glance{20};
// HTTP dates are whole seconds, and each of the two may be truncated.
constexpr std::chrono::seconds k_slack{2};

std::string this_host() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "some host";
}

std::string random_token() {
  std::random_device random;
  return fmt::format("{:08x}{:08x}", random(), random());
}

// The content of the lock object.
struct Claim {
  std::string token, holder;
  std::int64_t life_ms = 0;

  static Claim of(std::string_view text) {
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_object()) return {};
    Claim claim;
    if (const auto at = json.find("token"); at != json.end() && at->is_string()) claim.token = *at;
    if (const auto at = json.find("holder"); at != json.end() && at->is_string()) {
      claim.holder = *at;
    }
    if (const auto at = json.find("life_ms"); at != json.end() && at->is_number_integer()) {
      claim.life_ms = *at;
    }
    return claim;
  }
  // Every renewal changes the text, so that its ETag changes.
  std::string text(int renewal) const {
    return Json{{"token", token}, {"holder", holder}, {"life_ms", life_ms}, {"renewal", renewal}}
        .dump(2, ' ', false, Json::error_handler_t::replace);
  }
};

class ObjectLock final : public Lock {
 public:
  ObjectLock(Run& run, std::shared_ptr<Bucket> bucket, std::string name)
      : run_(run), shared_(std::move(bucket)), bucket_(*shared_), name_(std::move(name)) {
    claim_.token = random_token();
    claim_.holder = fmt::format("run {}, process {} on {}, since {}", run.id(), ::getpid(),
                                this_host(), to_second(run.clock().now()));
    claim_.life_ms = bucket_.manner().lock_life.count();
  }

  ~ObjectLock() override {
    if (!renewer_.joinable()) return;
    stop_.request_stop();
    renewer_.join();
    if (lost_) return;
    tidy(run_, [&](Run& run) {
      // The last renewal may have been interrupted: only the store knows the current ETag.
      const auto now = bucket_.read(run, name_);
      if (now && Claim::of(now->body).token == claim_.token) {
        bucket_.remove_if(run, name_, now->etag);
      }
    });
  }
  ObjectLock(const ObjectLock&) = delete;
  ObjectLock& operator=(const ObjectLock&) = delete;

  bool try_lock(Run& run) {
    const auto begun = Steady::now();
    const auto found = bucket_.read(run, name_);
    if (found && !expired(*found)) {
      holder_ = Claim::of(found->body).holder;
      return false;
    }
    if (!(found ? take_over(run, *found) : claim_free(run))) return false;
    renewed_ = begun;
    renewer_ = std::jthread([this] { keep(); });
    return true;
  }

  const std::string& holder() const { return holder_; }

  void confirm(Run& run) override {
    run.check();
    std::unique_lock lock(mutex_, std::try_to_lock);
    while (!lock.owns_lock()) {  // a renewal is in progress, which takes as long as the store needs
      run.sleep(k_glance);
      static_cast<void>(lock.try_lock());
    }
    if (!lost_ && Steady::now() - renewed_ > bucket_.manner().lock_life / 2) renew(run);
    if (!lost_) return;
    throw Error(ErrorKind::conflict,
                fmt::format("the lock '{}' in '{}' is now held by another run", name_,
                            bucket_.address().place()),
                "this run was paused for too long, or the lock was removed; run the command again");
  }

 private:
  // Uses only the store's clock: both times come from it.
  bool expired(const ReadObject& found) const {
    const auto claim = Claim::of(found.body);
    const milliseconds life{claim.life_ms > 0 ? claim.life_ms : bucket_.manner().lock_life.count()};
    return found.age > life + k_slack;
  }

  bool claim_free(Run& run) {
    const auto written = bucket_.write_new(run, name_, {claim_.text(0)}, claim_.token);
    if (written == Written::condition_failed) return false;
    return adopt(run);
  }

  bool take_over(Run& run, const ReadObject& dead) {
    if (!bucket_.replace(run, name_, claim_.text(0), dead.etag) && !is_mine(run)) return false;
    run.log().warning("took over the lock of a run that has not renewed it",
                      {{"run", run.id()},
                       {"holder", Claim::of(dead.body).holder},
                       {"for", to_text(milliseconds(dead.age))}});
    return adopt(run);
  }

  bool is_mine(Run& run) {
    const auto now = bucket_.read(run, name_);
    return now && Claim::of(now->body).token == claim_.token;
  }

  // The content read back decides. This also holds for a store that ignores conditions.
  bool adopt(Run& run) {
    const auto now = bucket_.read(run, name_);
    if (!now || Claim::of(now->body).token != claim_.token) return false;
    etag_ = now->etag;
    return true;
  }

  // The caller holds mutex_.
  void renew(Run& run) {
    const auto begun = Steady::now();
    auto etag = bucket_.replace(run, name_, claim_.text(++renewals_), etag_);
    if (!etag) {
      // An earlier try may have been done while its answer was lost.
      const auto now = bucket_.read(run, name_);
      if (now && Claim::of(now->body).token == claim_.token) etag = now->etag;
    }
    lost_ = !etag;
    if (!etag) return;
    etag_ = *etag;
    renewed_ = begun;
  }

  void keep() {
    const auto every = bucket_.manner().lock_life / 4;
    std::unique_lock lock(mutex_);
    while (!lost_) {
      wake_.wait_for(lock, stop_.get_token(), every, [] { return false; });
      if (stop_.stop_requested()) return;
      renew_in_background();
    }
  }

  // A failure is not final: confirm() tries again, and only the store knows whether the lock was
  // lost.
  void renew_in_background() {
    try {
      Run own(run_.id(), run_.clock(), run_.log(), run_.progress(), stop_.get_token(),
              bucket_.manner().lock_life);
      renew(own);
    } catch (const std::exception& error) {
      if (stop_.stop_requested()) return;
      run_.log().warning(fmt::format("cannot renew the lock '{}'", name_),
                         {{"run", run_.id()}, {"error", error.what()}});
    }
  }

  Run& run_;
  std::shared_ptr<Bucket> shared_;
  Bucket& bucket_;
  const std::string name_;
  Claim claim_;
  std::string holder_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::string etag_;
  Steady::time_point renewed_;
  int renewals_ = 0;
  bool lost_ = false;
  std::stop_source stop_;
  std::jthread renewer_;
};

}  // namespace

std::string lock_name(const std::string& database) {
  return fmt::format(".{}.lock", encoded(database));
}

std::unique_ptr<Lock> take_lock(Run& run, const std::shared_ptr<Bucket>& bucket,
                                const std::string& database, milliseconds wait) {
  for (auto left = wait;; left -= k_look_again) {
    run.check();
    auto lock = std::make_unique<ObjectLock>(run, bucket, lock_name(database));
    if (lock->try_lock(run)) return lock;
    if (left <= milliseconds{0}) {
      throw Error(ErrorKind::conflict,
                  fmt::format("the archives of '{}' in '{}' are being written by {}", database,
                              bucket->address().place(),
                              lock->holder().empty() ? "another run" : lock->holder()),
                  "wait for it, or allow waiting with --wait; the lock of a dead run expires in a "
                  "minute");
    }
    run.sleep(std::min(left, k_look_again));
  }
}

}  // namespace tidegate::archive::s3
