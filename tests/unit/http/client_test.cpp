#include "http/client.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "base/error.hpp"
#include "http/server.hpp"
#include "support/loopback.hpp"
#include "support/program.hpp"

namespace tidegate::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// Listens, and sends these bytes to the first client, whatever it requests. Then it closes the
// connection, or holds it until destruction.
class Scripted {
 public:
  enum class Then { ends, holds };
  Scripted(std::string says, Then then) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 4) != 0 ||
        ::getsockname(listener_, generic, &size) != 0) {
      throw std::runtime_error("cannot listen");
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, says = std::move(says), then] { play(says, then); });
  }
  ~Scripted() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    if (held_ >= 0) ::close(held_);
    ::close(listener_);
  }
  Scripted(const Scripted&) = delete;
  Scripted& operator=(const Scripted&) = delete;
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/path?secret=1"; }

 private:
  void play(const std::string& says, Then then) {
    const int fd = ::accept(listener_, nullptr, nullptr);
    if (fd < 0) return;
    std::string heard(4096, '\0');
    static_cast<void>(::recv(fd, heard.data(), heard.size(), 0));
    static_cast<void>(::send(fd, says.data(), says.size(), MSG_NOSIGNAL));
    if (then == Then::holds) {
      held_ = fd;
    } else {
      ::close(fd);
    }
  }
  int listener_, held_ = -1, port_ = 0;
  std::thread thread_;
};

class Sending : public testing::Test {
 protected:
  Server& serve(Handler handler) {
    return server_.emplace(ListenOptions{}, std::move(handler), log_);
  }
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server_->port()) + path;
  }
  tidegate::Run& run(std::optional<std::chrono::milliseconds> limit = std::nullopt) {
    return run_.emplace("r1", clock_, log_, progress_, stop_.get_token(), limit);
  }
  Error failure(tidegate::Run& run, const Request& request) {
    try {
      client_.send(run, request);
    } catch (const Error& error) {
      return error;
    }
    ADD_FAILURE() << "it was answered";
    return {ErrorKind::internal, ""};
  }

  RealClock clock_;
  Redactor redactor_;
  Log log_{LogLevel::info, LogFormat::text, redactor_, [](std::string_view) {}};
  SilentProgress progress_;
  std::stop_source stop_;
  Client client_;
  std::optional<Server> server_;
  std::optional<tidegate::Run> run_;
};

TEST_F(Sending, HandsOverStatusHeadersAndBody) {
  serve([](const Incoming& request) {
    return Outgoing{.status = 404,
                    .body = request.method + " " + request.path + "?" + request.query,
                    .headers = {{"X-Thing", "a: b"}}};
  });
  const auto answer = client_.send(run(), {.url = url("/a%20b?c=d")});
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "GET /a b?c=d");
  EXPECT_EQ(answer.headers.at("x-thing"), "a: b");
}

TEST_F(Sending, SendsEachMethodWithItsBody) {
  serve([](const Incoming& request) {
    return Outgoing{.body = request.method + " " + request.headers.at("x-a") + " " + request.body};
  });
  for (const auto* method : {"GET", "PUT", "POST", "DELETE", "PATCH"}) {
    const auto answer = client_.send(
        run(), {.method = method, .url = url("/"), .headers = {{"X-A", "1"}}, .body = "text"});
    EXPECT_EQ(answer.body, std::string(method) + " 1 text");
  }
  const Request empty{.method = "PUT", .url = url("/"), .headers = {{"X-A", "1"}}};
  EXPECT_EQ(client_.send(run(), empty).body, "PUT 1 ");
  const Request head{.method = "HEAD", .url = url("/"), .headers = {{"X-A", "1"}}};
  const auto answer = client_.send(run(), head);
  EXPECT_EQ(answer.body, "");
  EXPECT_EQ(answer.headers.at("content-length"), "7");
}

TEST_F(Sending, SendsAPartOfAFile) {
  serve([](const Incoming& request) { return Outgoing{.body = request.body}; });
  const test::TempDir directory;
  const auto path = directory.write("file", "0123456789");
  Request request{.method = "PUT", .url = url("/"), .file = FilePart{path, 3, 4}};
  EXPECT_EQ(client_.send(run(), request).body, "3456");
  request.file->length = 8;
  const auto error = failure(run(), request);
  EXPECT_EQ(error.kind(), ErrorKind::remote);
  EXPECT_THAT(error.message(), HasSubstr("it has become shorter"));
  request.file->path = directory.path() / "none";
  EXPECT_THAT(failure(run(), request).message(), HasSubstr("No such file"));
}

TEST_F(Sending, ASinkReceivesOnlyTheBodyOfASuccess) {
  const std::string large(300'000, 'x');
  int status = 200;
  serve([&](const Incoming&) { return Outgoing{.status = status, .body = large}; });
  std::string taken;
  Request request{.url = url("/"), .sink = [&](std::string_view bytes) { taken += bytes; }};
  EXPECT_EQ(client_.send(run(), request).body, "");
  EXPECT_EQ(taken, large);
  status = 500;
  EXPECT_EQ(client_.send(run(), request).body, large);
  EXPECT_EQ(taken, large);
}

TEST_F(Sending, ExceptionsOfASinkReachTheCaller) {
  serve([](const Incoming&) { return Outgoing{.body = "text"}; });
  const auto error = failure(run(), {.url = url("/"), .sink = [](std::string_view) {
                                       throw Error(ErrorKind::no_space, "full");
                                     }});
  EXPECT_EQ(error.kind(), ErrorKind::no_space);
  EXPECT_EQ(client_.send(run(), {.url = url("/")}).body, "text");
}

TEST_F(Sending, RefusesAnAnswerThatIsTooLarge) {
  serve([](const Incoming&) { return Outgoing{.body = std::string(1001, 'x')}; });
  Request request{.url = url("/")};
  request.largest_answer = 1000;
  EXPECT_EQ(failure(run(), request).kind(), ErrorKind::remote);
  request.largest_answer = 1001;
  EXPECT_EQ(client_.send(run(), request).body.size(), 1001U);
}

TEST_F(Sending, FollowsNoRedirect) {
  int calls = 0;
  serve([&](const Incoming&) {
    ++calls;
    return Outgoing{.status = 307, .headers = {{"Location", "/other"}}};
  });
  const auto answer = client_.send(run(), {.url = url("/")});
  EXPECT_EQ(answer.status, 307);
  EXPECT_EQ(calls, 1);
}

TEST_F(Sending, ForgetsTheRequestBefore) {
  serve([](const Incoming& request) {
    return Outgoing{.body = request.method +
                            std::to_string(request.headers.count("authorization")) + request.body};
  });
  Request signed_one{.method = "PUT", .url = url("/"), .body = "b"};
  signed_one.headers = {{"x-amz-content-sha256", "UNSIGNED-PAYLOAD"}};
  signed_one.aws = {{"eu-test-1", "s3", "id", Secret("key")}};
  EXPECT_EQ(client_.send(run(), signed_one).body, "PUT1b");
  EXPECT_EQ(client_.send(run(), {.url = url("/")}).body, "GET0");
}

TEST_F(Sending, NamesOnlyTheServerThatIsUnreachable) {
  const auto port = std::to_string(test::free_port());
  const auto error =
      failure(run(), {.url = "http://user:pa55word@127.0.0.1:" + port + "/p?token=s3cret"});
  EXPECT_EQ(error.kind(), ErrorKind::unreachable);
  EXPECT_THAT(error.message(), StartsWith("cannot speak to 'http://127.0.0.1:" + port + "': "));
  for (const auto* secret : {"pa55word", "s3cret", "/p?"}) {
    EXPECT_THAT(error.message() + error.hint(), Not(HasSubstr(secret)));
  }
}

TEST_F(Sending, RefusesOtherProtocols) {
  const test::TempDir directory;
  const auto path = directory.write("file", "text").string();
  for (const auto& bad : {"file://" + path, std::string("gopher://127.0.0.1/"),
                          std::string("http://"), std::string("::")}) {
    EXPECT_EQ(failure(run(), {.url = bad}).kind(), ErrorKind::config) << bad;
  }
}

TEST_F(Sending, RefusesATruncatedAnswer) {
  const Scripted server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345", Scripted::Then::ends);
  EXPECT_EQ(failure(run(), {.url = server.url()}).kind(), ErrorKind::unreachable);
  const Scripted silent("", Scripted::Then::ends);
  EXPECT_EQ(failure(run(), {.url = silent.url()}).kind(), ErrorKind::unreachable);
}

TEST_F(Sending, ReportsAnAnswerThatIsNotHttp) {
  const Scripted server("+OK ready\r\n\r\n", Scripted::Then::ends);
  EXPECT_THROW(client_.send(run(), {.url = server.url()}), Error);
}

TEST_F(Sending, GivesUpOnAServerThatStalls) {
  for (const auto* begun : {"", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345"}) {
    const Scripted server(begun, Scripted::Then::holds);
    Request request{.url = server.url()};
    request.stalled = 300ms;
    const auto error = failure(run(), request);
    EXPECT_EQ(error.kind(), ErrorKind::unreachable);
    EXPECT_THAT(error.message(), HasSubstr("has neither taken nor sent a byte for "));
    EXPECT_THAT(error.message(), Not(HasSubstr("secret")));
  }
}

TEST_F(Sending, ObeysStopAndTimeLimit) {
  const Scripted server("", Scripted::Then::holds);
  auto& stopped = run();
  std::jthread stopper([&] {
    test::pause(50ms);
    stop_.request_stop();
  });
  EXPECT_EQ(failure(stopped, {.url = server.url()}).kind(), ErrorKind::cancelled);
  stopper.join();
  stop_ = {};
  const Scripted other("", Scripted::Then::holds);
  EXPECT_EQ(failure(run(200ms), {.url = other.url()}).kind(), ErrorKind::timeout);
}

}  // namespace
}  // namespace tidegate::http
