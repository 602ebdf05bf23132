// Archives in an object store that loses answers, slows down, refuses, or outlives its writers.

#include "archive/s3/s3.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <set>
#include <thread>

#include "base/scratch_directory.hpp"
#include "support/fake_world.hpp"
#include "support/loopback.hpp"
#include "support/s3_place.hpp"
#include "support/witnesses.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;
using archive::Entry, archive::Store;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr std::int64_t k_mebibyte = 1024 * 1024;
using Files = S3Place::Files;

std::string large(char filling) {
  std::string text(static_cast<std::size_t>(11 * k_mebibyte + 17), filling);
  for (std::size_t i = 0; i < text.size(); i += 4096) text[i] = static_cast<char>(i / 4096);
  return text;
}

// Stands before the server and ends each connection after so many bytes of answers.
class Cutting {
 public:
  Cutting(const std::string& endpoint, std::int64_t after)
      : to_(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))),
        after_(after),
        port_(free_port()) {
    const auto address = loopback(port_);
    const int yes = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(listener_, 16) != 0) {
      throw std::runtime_error("cannot listen");
    }
    thread_ = std::thread([this] { serve(); });
  }
  ~Cutting() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  Cutting(const Cutting&) = delete;
  Cutting& operator=(const Cutting&) = delete;
  std::string endpoint() const { return "http://127.0.0.1:" + std::to_string(port_); }
  int cuts() const { return cuts_; }

 private:
  static sockaddr_in loopback(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    return address;
  }

  void serve() {
    std::vector<std::thread> relays;
    for (int client = 0; (client = ::accept(listener_, nullptr, nullptr)) >= 0;) {
      relays.emplace_back([this, client] { relay(client); });
    }
    for (auto& each : relays) each.join();
  }

  void relay(int client) {
    const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const auto address = loopback(to_);
    ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    auto left = after_;
    while (left > 0 && pass(client, server, left)) {
    }
    if (left <= 0) ++cuts_;
    ::close(server);
    ::close(client);
  }

  // Passes on the bytes that one of the two sends; false when one has ended.
  static bool pass(int client, int server, std::int64_t& left) {
    pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
    if (::poll(both, 2, 60'000) <= 0) return false;
    const bool answer = both[0].revents == 0;
    std::vector<char> buffer(static_cast<std::size_t>(answer ? std::min(left, k_mebibyte) : 65536));
    const auto got = ::recv(answer ? server : client, buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    if (answer) left -= got;
    const auto size = static_cast<std::size_t>(got);
    return ::send(answer ? client : server, buffer.data(), size, MSG_NOSIGNAL) == got;
  }

  int to_;
  std::int64_t after_;
  int port_;
  int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::atomic<int> cuts_{0};
  std::thread thread_;
};

class ObjectStorage : public S3Place {
 protected:
  using S3Place::put;
  Entry put(const Files& files) { return put(run, *store(), files); }
  Entry put(const std::string& text) { return put(Files{{"", text}}); }

  archive::Listing list() { return store()->list(run, "syrf"); }

  std::vector<std::string> keys() const { return server_->keys(bucket_); }

  std::string said() const {
    std::string all;
    for (const auto& line : witnessed.lines) all += line + "\n";
    return all;
  }

  FakeClock clock;
  WitnessedRun witnessed{clock};
  tidegate::Run& run = witnessed.run;
};

const Files k_tree = {{"toc", "t"}, {"syrf/a.bson", "abc"}, {"syrf/b.bson", "d"}};

TEST_F(ObjectStorage, SendsALargeFileInPartsAndReadsItBack) {
  const auto text = large('x');
  auto& middle = between();
  const auto entry = put(text);
  int parts = 0;
  for (const auto& request : middle.seen())
    parts += request.find("partNumber=") != std::string::npos;
  EXPECT_EQ(parts, 3);
  EXPECT_EQ(read_text(server_->file(bucket_, "p/" + entry.name)), text);
  EXPECT_EQ(read_text(store()->fetch(run, entry)->path()), text);
}

TEST_F(ObjectStorage, ListsMoreThanOnePage) {
  std::vector<std::string> names;
  for (int i = 0; i < 4; ++i) names.push_back(put("content").name);
  names.push_back(put(k_tree).name);
  for (int i = 0; i < 5; ++i) server_->put(bucket_, "p/zz" + std::to_string(i), "stranger");
  manner_.page = 2;
  const auto listing = list();
  ASSERT_THAT(listing.archives, SizeIs(5));
  for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(listing.archives[i].name, names[i]);
  EXPECT_THAT(listing.strangers, SizeIs(5));
  store()->prove(run, listing.archives.back());
}

TEST_F(ObjectStorage, GetsOverAStoreThatIsOverloaded) {
  std::mutex mutex;
  std::map<std::string, int> tries;
  between().before([&](const http::Incoming& request) -> std::optional<http::Outgoing> {
    const std::lock_guard lock(mutex);
    if (++tries[request.method + request.path + request.query] > 2) return std::nullopt;
    return http::Outgoing{.status = 503, .body = "<Error><Code>SlowDown</Code></Error>"};
  });
  for (const auto& files : {Files{{"", large('y')}}, k_tree}) put(files);
  EXPECT_THAT(list().archives, SizeIs(2));
  EXPECT_THAT(said(), HasSubstr("SlowDown"));
}

TEST_F(ObjectStorage, GivesUpOnOneThatStaysSo) {
  std::atomic<int> asked{0};
  between().before([&](const http::Incoming&) -> std::optional<http::Outgoing> {
    ++asked;
    return http::Outgoing{.status = 500, .body = "<Error><Code>InternalError</Code></Error>"};
  });
  const auto error = error_of([&] { list(); });
  EXPECT_EQ(error.kind(), ErrorKind::remote);
  EXPECT_THAT(error.message(), AllOf(HasSubstr("InternalError"), HasSubstr("(tried 6 times)")));
  EXPECT_EQ(asked, 6);
}

// A write that was carried out counts, whether or not its answer came.
TEST_F(ObjectStorage, RecognisesItsOwnWritesWhoseAnswersWereLost) {
  for (const auto& files : {Files{{"", large('z')}}, Files{{"", "small"}}, k_tree}) {
    std::mutex mutex;
    std::set<std::string> lost;
    between().after([&](const http::Incoming& request, http::Outgoing& answer) {
      const std::lock_guard lock(mutex);
      const bool first = lost.insert(request.method + request.path + request.query).second;
      if (first && request.method != "GET" && request.method != "HEAD") {
        answer = {.status = 500, .body = "<Error><Code>InternalError</Code></Error>"};
      }
    });
    const auto entry = put(files);
    const auto listing = list();
    ASSERT_THAT(listing.archives, SizeIs(1));
    EXPECT_THAT(listing.damaged, IsEmpty());
    const auto opened = store();
    opened->prove(run, entry);
    const auto lock = opened->lock(run, "syrf", {});
    opened->clear_unfinished(run, "syrf", *lock);
    opened->remove(run, "syrf", entry, *lock);
    EXPECT_THAT(keys(), ElementsAre("p/.syrf.lock"));
  }
}

TEST_F(ObjectStorage, GoesOnReadingWhereAConnectionBroke) {
  const auto text = large('r');
  const auto entry = put(text);
  const Cutting middle(server_->endpoint(), 4 * k_mebibyte);
  plan_.storage.endpoint = middle.endpoint();
  EXPECT_EQ(read_text(store()->fetch(run, entry)->path()), text);
  EXPECT_GE(middle.cuts(), 2);
  store()->prove(run, entry);
  EXPECT_GE(middle.cuts(), 4);
}

TEST_F(ObjectStorage, AStallIsNoEndlessWait) {
  manner_.stalled = 300ms;
  manner_.tries = 2;
  between().before([](const http::Incoming&) -> std::optional<http::Outgoing> {
    pause(2s);
    return http::Outgoing{.status = 500};
  });
  const RealClock real;
  WitnessedRun waiting(real);
  const auto error = error_of([&] { store()->list(waiting.run, "syrf"); });
  EXPECT_EQ(error.kind(), ErrorKind::unreachable);
  EXPECT_THAT(error.message(), HasSubstr("neither taken nor sent a byte"));
}

TEST_F(ObjectStorage, RefusedKeysAreNotTriedAgainAndNeverTold) {
  auto& middle = between();
  plan_.storage.key = Secret("an0ther+m4rked/Secret");
  const auto wrong_key = error_of([&] { store()->check(run); });
  EXPECT_EQ(wrong_key.kind(), ErrorKind::permission);
  EXPECT_THAT(wrong_key.message(), HasSubstr("SignatureDoesNotMatch"));
  EXPECT_THAT(wrong_key.hint(), HasSubstr("databases.syrf.snapshot.storage.secret_access_key"));
  EXPECT_THAT(middle.seen(), SizeIs(1));
  plan_.storage.key_id = "UNKNOWN";
  EXPECT_EQ(error_of([&] { list(); }).kind(), ErrorKind::permission);
  for (const auto* text : {"an0ther+m4rked/Secret", "an0ther%2Bm4rked%2FSecret"}) {
    EXPECT_THAT(wrong_key.message() + wrong_key.hint() + said(), Not(HasSubstr(text)));
  }
}

TEST_F(ObjectStorage, AMissingBucketAndAWrongRegionAreConfiguration) {
  plan_.place = "s3://no-such-bucket/p";
  for (const std::function<void()>& call :
       std::vector<std::function<void()>>{[&] { list(); }, [&] { store()->check(run); },
                                          [&] { store()->lock(run, "syrf", {}); }}) {
    const auto missing = error_of(call);
    EXPECT_EQ(missing.kind(), ErrorKind::config);
    EXPECT_THAT(missing.hint(),
                HasSubstr("create the bucket 'no-such-bucket' at " + server_->endpoint()));
  }
  plan_.place = "s3://" + bucket_;
  plan_.storage.region = "us-east-1";
  const auto elsewhere = error_of([&] { list(); });
  EXPECT_EQ(elsewhere.kind(), ErrorKind::config);
  EXPECT_THAT(elsewhere.hint(), HasSubstr("databases.syrf.snapshot.storage.region"));
}

TEST_F(ObjectStorage, AStoreThatIgnoresConditionsIsFoundOut) {
  between().after([](const http::Incoming& request, http::Outgoing& answer) {
    if (request.method == "PUT" && answer.status == 412) answer = {.status = 200};
  });
  const auto error = error_of([&] { store()->check(run); });
  EXPECT_EQ(error.kind(), ErrorKind::config);
  EXPECT_THAT(error.message(), HasSubstr("knows no conditional writes"));
  EXPECT_THAT(keys(), IsEmpty());
}

TEST_F(ObjectStorage, ALockIsKeptAliveAndATakenOneIsLost) {
  const auto opened = store();
  const auto mine = opened->lock(run, "syrf", {});
  const auto lock_file = server_->file(bucket_, "p/.syrf.lock");
  const auto first = read_text(lock_file);
  EXPECT_TRUE(eventually([&] { return read_text(lock_file) != first; }, 60s));
  mine->confirm(run);
  server_->put(bucket_, "p/.syrf.lock", R"({"token":"another's","life_ms":600000})");
  Error lost(ErrorKind::internal, "");
  EXPECT_TRUE(eventually(
      [&] {
        try {
          mine->confirm(run);
          return false;
        } catch (const Error& error) {
          lost = error;
          return true;
        }
      },
      60s));
  EXPECT_EQ(lost.kind(), ErrorKind::conflict);
}

TEST_F(ObjectStorage, ADeadRunsLockExpiresByTheStoresClock) {
  server_->put(bucket_, "p/.syrf.lock",
               R"({"token":"dead","holder":"run r0, process 1 on h","life_ms":1000})");
  const auto refused = error_of([&] { store()->lock(run, "syrf", {}); });
  EXPECT_EQ(refused.kind(), ErrorKind::conflict);
  EXPECT_THAT(refused.message(), HasSubstr("run r0, process 1 on h"));
  const RealClock real;
  WitnessedRun waiting(real);
  const auto lock = store()->lock(waiting.run, "syrf", 120s);
  lock->confirm(waiting.run);
  ASSERT_THAT(waiting.lines, SizeIs(1));
  EXPECT_THAT(waiting.lines[0], HasSubstr("took over the lock"));
}

TEST_F(ObjectStorage, OfManyWhoAskOneHasTheLock) {
  manner_.lock_life = 600s;  // given back, not expired: also on a machine that pauses
  std::atomic<int> inside{0}, most{0}, done{0};
  const auto work = [&] {
    const RealClock real;
    WitnessedRun own(real);
    const auto opened = store();
    const auto lock = opened->lock(own.run, "syrf", 120s);
    const int now = ++inside;
    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    pause(20ms);
    lock->confirm(own.run);
    --inside;
    ++done;
  };
  {
    std::vector<std::jthread> writers;
    for (int i = 0; i < 4; ++i) writers.emplace_back(work);
  }
  EXPECT_EQ(done, 4);
  EXPECT_EQ(most, 1);
}

// Ends a child at its n-th request, for each n until it gets through.
class KilledWriter : public ObjectStorage {
 protected:
  void SetUp() override {
    ObjectStorage::SetUp();
    if (server_ != nullptr) between_ = std::make_unique<S3Between>(*server_);
  }

  bool survives(int at, const Files& files) {
    std::atomic<int> asked{0};
    std::atomic<pid_t> child{0};
    between_->before([&](const http::Incoming&) -> std::optional<http::Outgoing> {
      if (++asked < at) return std::nullopt;
      eventually([&] { return child != 0; }, 60s);
      ::kill(child, SIGKILL);
      return http::Outgoing{.status = 500};
    });
    child = ::fork();
    if (child == 0) {
      ::alarm(120);
      try {
        plan_ = between_->plan(plan_);
        put(files);
      } catch (...) {
        ::_exit(1);
      }
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    // Requests that are still under way reach the server: after the next run has cleared up, their
    // objects would be left for the run after it.
    std::size_t seen = 0;
    EXPECT_TRUE(eventually(
        [&] {
          std::this_thread::sleep_for(150ms);
          const auto before = std::exchange(seen, between_->seen().size());
          return seen == before && between_->at_work() == 0;
        },
        60s));
    between_->before({});
    EXPECT_TRUE(WIFSIGNALED(status) || WEXITSTATUS(status) == 0) << status;
    // Its lock would expire; that has a test of its own.
    server_->remove(bucket_, "p/.syrf.lock");
    return !WIFSIGNALED(status);
  }

  void sweep(const Files& files) {
    const auto kept = put("kept");
    for (int at = 1; at < 100; ++at) {
      const bool survived = survives(at, files);
      const auto before = list();
      EXPECT_THAT(before.damaged, IsEmpty()) << "killed at request " << at;
      const auto next = put("next");
      const auto after = list();
      EXPECT_THAT(after.unfinished, IsEmpty()) << "killed at request " << at;
      const auto opened = store();
      const auto lock = opened->lock(run, "syrf", {});
      EXPECT_EQ(after.archives.front().name, kept.name);
      for (const auto& entry : after.archives) {
        opened->prove(run, entry);
        if (entry.name != kept.name) opened->remove(run, "syrf", entry, *lock);
      }
      if (survived) return;
    }
    FAIL() << "it never got through";
  }
};

TEST_F(KilledWriter, OfAFileInPartsLeavesNothingThatTheNextDoesNotClear) {
  sweep({{"", large('k')}});
}

TEST_F(KilledWriter, OfADirectoryLeavesNothingThatTheNextDoesNotClear) { sweep(k_tree); }

TEST_F(KilledWriter, LeavesNoDraftInTheDirectoryForTemporaryFiles) {
  const TempDir temporary;
  const std::string before = std::getenv("TMPDIR") != nullptr ? std::getenv("TMPDIR") : "/tmp";
  ::setenv("TMPDIR", temporary.path().c_str(), 1);
  EXPECT_FALSE(survives(8, {{"", large('t')}}));
  EXPECT_FALSE(fs::is_empty(temporary.path()));
  {
    const ScratchDirectory mine("archive");
    const ScratchDirectory another("archive");  // which leaves the first alone
    EXPECT_TRUE(fs::exists(mine.path()));
    EXPECT_EQ(std::distance(fs::directory_iterator(temporary.path()), {}), 2);
  }
  EXPECT_TRUE(fs::is_empty(temporary.path()));
  ::setenv("TMPDIR", before.c_str(), 1);
}

}  // namespace
}  // namespace tidegate::test
