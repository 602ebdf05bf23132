// Webhooks to `serve` over sockets, as GitHub and as others send them.

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "support/loopback.hpp"
#include "support/pull_program.hpp"
#include "support/raw_connection.hpp"

namespace tidegate::test {
namespace {

constexpr auto k_old_secret = "marked-webhook-old", k_new_secret = "marked-webhook-new";
constexpr int k_mebibyte = 1024 * 1024;

std::string signature(const std::string& body, std::string_view secret) {
  unsigned char sum[32];
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(body.data()), body.size(), sum, &size);
  std::string text = "sha256=";
  for (const auto byte : sum) text += fmt::format("{:02x}", byte);
  return text;
}

class Webhooks : public PullProgram {
 protected:
  void SetUp() override {
    PullProgram::SetUp();
    if (!flow_ || !github_ || IsSkipped()) return;
    port_ = free_port();
    flow_->set_config(flow_->config() +
                      "  webhook_secrets: ['${NEW_SECRET}', '${OLD_SECRET}']\nserver:\n" +
                      fmt::format("  listen: 127.0.0.1:{}\n  queue: {}\n  reconcile: 6h\n", port_,
                                  (flow_->directory().path() / "queue.db").string()));
    environment_["OLD_SECRET"] = k_old_secret;
    environment_["NEW_SECRET"] = k_new_secret;
    flow_->expect(0, {"snapshot"});
  }
  void serve() {
    daemon_ = flow_->start({"serve"}, environment_);
    ASSERT_TRUE(eventually([&] { return answers(); }, 30s)) << daemon_->err_so_far();
  }
  void stop(int signal) {
    daemon_->signal(signal);
    const auto ended = daemon_->wait();
    Flow::expect_no_secret(ended.out + ended.err);
    for (const auto* secret : {k_old_secret, k_new_secret}) {
      EXPECT_EQ((ended.out + ended.err).find(secret), std::string::npos);
    }
    daemon_.reset();
  }
  bool answers() {
    try {
      return get("/healthz").find("200") != std::string::npos;
    } catch (const std::runtime_error&) {
      return false;
    }
  }
  std::string get(const std::string& path) {
    RawConnection client(port_);
    client.say("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    return client.listen(5s);
  }

  std::string payload(const std::string& action = "labeled") const {
    return Json{{"action", action},
                {"number", number_},
                {"pull_request", {{"number", number_}}},
                {"repository", {{"full_name", github_->plan().repository}}}}
        .dump();
  }
  static std::string head(const std::string& delivery, const std::string& signed_by) {
    return "POST /webhooks/github HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
           "Content-Type: application/json\r\nX-GitHub-Event: pull_request\r\n"
           "X-GitHub-Delivery: " +
           delivery + "\r\nX-Hub-Signature-256: " + signed_by + "\r\n";
  }
  /// The status with which it is answered.
  int post(const std::string& delivery, const std::string& body, const std::string& signed_by) {
    RawConnection client(port_);
    client.say(head(delivery, signed_by) + fmt::format("Content-Length: {}\r\n\r\n", body.size()));
    client.say(body);
    return status_in(client.listen(20s));
  }
  int post(const std::string& delivery, const std::string& body) {
    return post(delivery, body, signature(body, k_new_secret));
  }
  static int status_in(const std::string& answer) {
    constexpr std::size_t k_before = 9;  // `HTTP/1.1 `
    return answer.size() < k_before + 3 ? 0 : std::atoi(answer.substr(k_before, 3).c_str());
  }
  bool says(const std::string& text) {
    return eventually([&] { return daemon_->err_so_far().find(text) != std::string::npos; }, 30s);
  }
  bool comes_to_hold(const std::string& what) {
    return eventually([&] { return holds() == what; }, 30s);
  }
  /// The most that the daemon has ever held, in bytes.
  std::int64_t most_memory() const {
    const auto text = read_text(fmt::format("/proc/{}/status", daemon_->pid()));
    return std::atoll(text.c_str() + text.find("VmHWM:") + 6) * 1024;
  }

  std::unique_ptr<Process> daemon_;
  int port_ = 0;
};

TEST_F(Webhooks, AreProvenBeforeAnythingIsDone) {
  serve();
  label("preview");
  label("use-snapshot");
  const auto body = payload();
  EXPECT_EQ(post("a", body, "sha256=" + std::string(64, '0')), 401);
  EXPECT_EQ(post("b", body, signature(body, "another")), 401);
  EXPECT_EQ(post("c", body, signature(body + " ", k_new_secret)), 401);
  EXPECT_EQ(post("d", "{", signature("{", k_new_secret)), 400);
  const auto deep = std::string(200'000, '[');
  EXPECT_EQ(post("e", deep, signature(deep, k_new_secret)), 400);
  EXPECT_EQ(holds(), "none");
  EXPECT_EQ(post("f", body, signature(body, k_old_secret)), 202) << "while secrets are rotated";
  EXPECT_TRUE(comes_to_hold("snapshot")) << daemon_->err_so_far();
  stop(SIGTERM);
}

TEST_F(Webhooks, AreTakenByTheNewConfigurationAfterAHangup) {
  const auto before = flow_->config();
  serve();
  label("preview");
  label("fill-me");
  EXPECT_EQ(post("a", payload()), 202);
  EXPECT_TRUE(eventually([&] { return comments().size() == 1; }, 30s)) << daemon_->err_so_far();
  EXPECT_EQ(holds(), "none") << "that label says nothing yet";

  flow_->set_config(before + "  reconcile_every: soon\n");
  daemon_->signal(SIGHUP);
  EXPECT_TRUE(says("the one before stays in force"));
  EXPECT_EQ(post("b", payload(), signature(payload(), k_old_secret)), 202);

  auto after = before;
  const std::string both = "['${NEW_SECRET}', '${OLD_SECRET}']";
  after.replace(after.find(both), both.size(), "['${NEW_SECRET}']\n  labels: {snapshot: fill-me}");
  flow_->set_config(after);
  daemon_->signal(SIGHUP);
  EXPECT_TRUE(says("was read again, and is in force"));
  EXPECT_TRUE(comes_to_hold("snapshot")) << "all are looked at again: " << daemon_->err_so_far();
  EXPECT_EQ(post("c", payload(), signature(payload(), k_old_secret)), 401);
  EXPECT_EQ(post("d", payload()), 202);
  stop(SIGTERM);
}

TEST_F(Webhooks, ThatComeTwiceAreTakenOnceAndInAnyOrder) {
  serve();
  label("preview");
  label("use-snapshot");
  EXPECT_EQ(post("first", payload()), 202);
  EXPECT_TRUE(comes_to_hold("snapshot")) << daemon_->err_so_far();
  const auto run = flow_->metadata(database()).at("run");
  std::size_t told = 0;
  EXPECT_TRUE(eventually([&] { return (told += news().size()) > 0; }, 30s));
  EXPECT_TRUE(eventually([&] { return post("first", payload()) == 200; }, 10s)) << "known";
  EXPECT_EQ(post("late", payload("opened")), 202) << "says nothing new";
  EXPECT_TRUE(eventually([&] { return post("late", payload("opened")) == 200; }, 10s));
  EXPECT_EQ(flow_->metadata(database()).at("run"), run);
  EXPECT_EQ(told + news().size(), 1U) << "told once";
  stop(SIGTERM);
}

TEST_F(Webhooks, OfAnySizeAndPaceLeaveItsMemoryAndOthersAlone) {
  serve();
  const auto before = most_memory();
  {
    RawConnection client(port_);
    client.say(head("huge", "sha256=" + std::string(64, '0')) +
               fmt::format("Content-Length: {}\r\n\r\n", 26 * k_mebibyte));
    EXPECT_EQ(status_in(client.listen(20s)), 413);
  }
  {
    RawConnection client(port_);
    client.say(head("chunked", "sha256=" + std::string(64, '0')) +
               "Transfer-Encoding: chunked\r\n\r\n");
    const std::string chunk = "100000\r\n" + std::string(k_mebibyte, 'x') + "\r\n";
    for (int i = 0; i < 30 && client.say(chunk); ++i) {
    }
    EXPECT_EQ(status_in(client.listen(20s)), 413);
  }
  EXPECT_LT(most_memory() - before, 80 * k_mebibyte);
  std::vector<std::unique_ptr<RawConnection>> slow;
  for (int i = 0; i < 20; ++i) {
    slow.push_back(std::make_unique<RawConnection>(port_));
    slow.back()->say("POST /webhooks/github HTTP/1.1\r\nHost: a\r\nX-Slow: ");
  }
  const auto body = payload();
  EXPECT_EQ(post("quick", body), 202) << "beside those who take their time";
  RawConnection pieces(port_);
  pieces.say(head("pieces", signature(body, k_new_secret)) + "Transfer-Encoding: chunked\r\n\r\n");
  for (const char c : body) pieces.say(fmt::format("1\r\n{}\r\n", c));
  pieces.say("0\r\n\r\n");
  EXPECT_EQ(status_in(pieces.listen(20s)), 202);
  stop(SIGTERM);
}

TEST_F(Webhooks, ThatWereTakenAreWorkedOnAfterAKill) {
  serve();
  label("preview");
  label("use-snapshot");
  daemon_->signal(SIGSTOP);
  RawConnection client(port_);  // the system accepts it for the stopped daemon
  const auto body = payload();
  client.say(head("before", signature(body, k_new_secret)) +
             fmt::format("Content-Length: {}\r\n\r\n{}", body.size(), body));
  daemon_->signal(SIGCONT);
  EXPECT_EQ(status_in(client.listen(20s)), 202);
  daemon_->signal(SIGKILL);
  daemon_->wait();
  serve();
  EXPECT_TRUE(comes_to_hold("snapshot")) << daemon_->err_so_far();
  EXPECT_TRUE(eventually([&] { return post("before", body) == 200; }, 60s)) << "not done twice";
  stop(SIGTERM);
}

}  // namespace
}  // namespace tidegate::test
