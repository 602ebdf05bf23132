#include "archive/s3/credentials.hpp"

#include <algorithm>

namespace tidegate::archive::s3 {
namespace {

/// Amazon's tools leave the same time before the end.
constexpr std::chrono::minutes k_before_end{5};
/// A clock that is wrong, or an issuer that fails, costs a request only so often.
constexpr std::chrono::seconds k_least_between{30};

}  // namespace

Credentials::Credentials(const ObjectStorage& storage) : storage_(storage) {
  if (!std::holds_alternative<std::monostate>(storage.issuer)) return;
  keys_ = SigningKeys{storage.key_id, storage.key, storage.session_token};
}

SigningKeys Credentials::current(Run& run) {
  const std::lock_guard lock(mutex_);
  const auto now = run.clock().now();
  if (keys_ && !(renew_at_ && now >= *renew_at_)) return *keys_;
  try {
    keep(now, fetch(run));
  } catch (const Error& error) {
    const bool good = keys_ && keys_->ends && now < *keys_->ends;
    if (!good || error.kind() == ErrorKind::cancelled || error.kind() == ErrorKind::timeout) throw;
    run.log().warning("cannot renew the keys of the object store; the present ones are still good",
                      {{"run", run.id()}, {"from", issuer()}, {"error", error.what()}});
    renew_at_ = now + k_least_between;
  }
  return *keys_;
}

SigningKeys Credentials::fetch(Run& run) {
  return std::visit(
      [&](const auto& issuer) -> SigningKeys {
        if constexpr (std::is_same_v<std::decay_t<decltype(issuer)>, std::monostate>) {
          return *keys_;
        } else {
          return issue_keys(run, client_, storage_, issuer);
        }
      },
      storage_.issuer);
}

void Credentials::keep(const SystemTime& now, SigningKeys keys) {
  renew_at_.reset();
  if (keys.ends) {
    const auto life = std::max<SystemTime::duration>(*keys.ends - now, SystemTime::duration{0});
    const auto margin = std::min<SystemTime::duration>(k_before_end, life / 4);
    renew_at_ = std::max<SystemTime>(*keys.ends - margin, now + k_least_between);
  }
  keys_ = std::move(keys);
}

bool Credentials::discard(const std::string& key_id) {
  const std::lock_guard lock(mutex_);
  if (std::holds_alternative<std::monostate>(storage_.issuer)) return false;
  // Another thread may have fetched others meanwhile.
  if (keys_ && keys_->id == key_id) keys_.reset();
  return true;
}

bool Credentials::have_session() const {
  const std::lock_guard lock(mutex_);
  return keys_ && !keys_->session_token.empty();
}

}  // namespace tidegate::archive::s3
