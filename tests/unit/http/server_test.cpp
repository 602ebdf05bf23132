#include "http/server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "base/error.hpp"
#include "support/program.hpp"
#include "support/raw_connection.hpp"

namespace tidegate::http {
namespace {

using namespace std::chrono_literals;
using test::RawConnection;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view k_get = "GET /thing HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr std::string_view k_last_get =
    "GET /thing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";

class Serving : public testing::Test {
 protected:
  // Answers `path?query body`, so that a test sees what the handler received.
  static Outgoing echo(const Incoming& request) {
    return {.body = request.method + " " + request.path + "?" + request.query + " " + request.body};
  }

  Server& serve(Handler handler = echo) { return server_.emplace(limits, std::move(handler), log); }

  std::string exchange(std::string_view text) {
    RawConnection client(server_->port());
    client.say(text);
    return client.listen();
  }

  ListenOptions limits;
  std::mutex mutex;
  std::vector<std::string> lines;
  Redactor redactor;
  Log log{LogLevel::info, LogFormat::text, redactor, [this](std::string_view line) {
            const std::lock_guard lock(mutex);
            lines.emplace_back(line);
          }};
  std::optional<Server> server_;
};

TEST_F(Serving, AnswersRequests) {
  serve();
  const auto answer =
      exchange("GET /a%20b/c?d=%20e HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(answer, HasSubstr("Content-Length: 18\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nDate: "));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nGET /a b/c?d=%20e "));
}

TEST_F(Serving, HandsOverHeadersAndBody) {
  std::map<std::string, std::string> headers;
  serve([&](const Incoming& request) {
    headers = request.headers;
    return Outgoing{.status = 201, .type = "a/b", .body = request.body, .headers = {{"X-Y", "z"}}};
  });
  const auto answer = exchange(
      "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: 1\r\nx-a: 2\r\nContent-Length: "
      "4\r\n\r\nbody");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 201 Created\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nContent-Type: a/b\r\n"));
  EXPECT_THAT(answer, HasSubstr("\r\nX-Y: z\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\nbody"));
  EXPECT_EQ(headers["x-a"], "1, 2");
}

TEST_F(Serving, AnswersHeadWithTheHeaderAlone) {
  serve();
  const auto answer = exchange("HEAD /p HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 9\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(Serving, KeepsAConnectionAndAnswersPipelinedRequestsInTurn) {
  serve();
  RawConnection client(server_->port());
  client.say(k_get);
  EXPECT_THAT(client.listen_for("GET /thing? "), HasSubstr("200 OK"));
  std::string many;
  for (int i = 0; i < 20; ++i) {
    many += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  }
  client.say(many);
  for (int i = 0; i < 20; ++i) {
    EXPECT_THAT(client.listen_for("GET /" + std::to_string(i) + "? "), HasSubstr("200 OK"));
  }
  client.say(k_last_get);
  EXPECT_THAT(client.listen(), EndsWith("GET /thing? "));
  EXPECT_TRUE(client.ended());
}

TEST_F(Serving, ReadsARequestThatComesByteByByte) {
  serve();
  RawConnection client(server_->port());
  for (const char c : k_last_get) client.say({&c, 1});
  EXPECT_THAT(client.listen(), EndsWith("GET /thing? "));
}

TEST_F(Serving, RefusesAHeaderThatIsTooLarge) {
  limits.largest_header = 1000;
  serve();
  EXPECT_THAT(exchange("GET / HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  // The client receives the answer although it continues to send.
  EXPECT_THAT(exchange("GET /" + std::string(300'000, 'x')), StartsWith("HTTP/1.1 431 "));
}

TEST_F(Serving, RefusesABodyThatIsTooLargeBeforeItComes) {
  limits.largest_body = 10;
  std::atomic<int> calls{0};
  serve([&](const Incoming& request) {
    ++calls;
    return echo(request);
  });
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
  EXPECT_THAT(exchange(head + "Content-Length: 11\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(exchange(head + "Transfer-Encoding: chunked\r\n\r\nff\r\n" + std::string(255, 'x')),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(calls, 0);
  EXPECT_THAT(exchange(head + "Connection: close\r\nContent-Length: 10\r\n\r\n0123456789"),
              EndsWith("POST /? 0123456789"));
}

TEST_F(Serving, TakesOnlyAFewLargeBodiesAtOnce) {
  limits.largest_body = 25 * 1024 * 1024;
  limits.most_large = 1;
  serve();
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  {
    RawConnection slow(server_->port());
    slow.say(head + "Expect: 100-continue\r\nContent-Length: 20000000\r\n\r\n");
    EXPECT_THAT(slow.listen_for("\r\n\r\n"), StartsWith("HTTP/1.1 100 "));
    EXPECT_THAT(exchange(head + "Content-Length: 2000000\r\n\r\n"), StartsWith("HTTP/1.1 503 "));
    EXPECT_THAT(exchange(head + "Transfer-Encoding: chunked\r\n\r\n"),
                HasSubstr("\r\nRetry-After: 5\r\n"));
    EXPECT_THAT(exchange(head + "Content-Length: 2\r\n\r\nok"), EndsWith("POST /? ok"));
  }
  std::string answer;
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  do {
    answer = exchange(head + "Content-Length: 2000000\r\n\r\n" + std::string(2'000'000, 'x'));
  } while (answer.starts_with("HTTP/1.1 503") && std::chrono::steady_clock::now() < until);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 ")) << "the slow one is gone";
}

TEST_F(Serving, SendsContinueToAClientThatWaitsWithItsBody) {
  limits.largest_body = 4;
  serve();
  RawConnection client(server_->port());
  client.say(
      "PUT / HTTP/1.1\r\nExpect: 100-Continue\r\nConnection: close\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(client.listen_for("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.say("body");
  EXPECT_THAT(client.listen(), EndsWith("PUT /? body"));
  EXPECT_THAT(exchange("PUT / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
}

TEST_F(Serving, RefusesGarbage) {
  serve();
  const std::vector<std::string> bad = {
      "\x16\x03\x01\x02nothing that HTTP knows\r\n\r\n",
      "GET\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "GET / HTTP/1.1\r\nno colon\r\n\r\n",
      "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
      "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "GET http://other/thing HTTP/1.1\r\nHost: x\r\n\r\n",
      "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n",
  };
  for (const auto& text : bad) {
    const auto answer = exchange(text);
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n")) << text;
    EXPECT_THAT(answer, HasSubstr("Connection: close")) << text;
  }
  EXPECT_THAT(exchange(k_last_get), HasSubstr("200 OK"));
}

TEST_F(Serving, ClosesAConnectionThatEndsInsideARequest) {
  serve();
  for (const auto* half : {"", "GET", "GET / HTTP/1.1\r\nHost:",
                           "POST / HTTP/1.1\r\nHost: x\r\n"
                           "Content-Length: 5\r\n\r\n12"}) {
    RawConnection client(server_->port());
    client.say(half);
    client.finish_saying();
    EXPECT_EQ(client.listen(), "");
    EXPECT_TRUE(client.ended());
  }
}

TEST_F(Serving, ClosesAConnectionThatSendsAByteNowAndThen) {
  limits.patience = 300ms;
  serve();
  RawConnection client(server_->port());
  client.say("GET / HTTP/1.1\r\nX: ");
  EXPECT_TRUE(test::eventually(
      [&] {
        client.say("x");
        client.listen(20ms);
        return client.ended();
      },
      60s));
}

TEST_F(Serving, ClosesAnIdleConnectionInFavourOfANewOne) {
  limits.most_connections = 4;
  limits.patience = 10min;
  serve();
  std::vector<std::unique_ptr<RawConnection>> slow;
  for (int i = 0; i < 12; ++i) {
    slow.push_back(std::make_unique<RawConnection>(server_->port()));
    slow.back()->say("GET / HTTP/1.1\r\nX: ");
  }
  EXPECT_THAT(exchange(k_last_get), HasSubstr("200 OK"));
  slow.front()->listen();
  EXPECT_TRUE(slow.front()->ended());
}

TEST_F(Serving, NeverClosesAConnectionWithARequestInProgress) {
  limits.most_connections = 1;
  std::promise<void> go_on, begun;
  auto wait = go_on.get_future().share();
  serve([&](const Incoming& request) {
    begun.set_value();
    wait.wait();
    return echo(request);
  });
  RawConnection first(server_->port());
  first.say(k_last_get);
  begun.get_future().wait();
  RawConnection second(server_->port());
  EXPECT_EQ(second.listen(), "");
  EXPECT_TRUE(second.ended());
  go_on.set_value();
  EXPECT_THAT(first.listen(), HasSubstr("200 OK"));
}

TEST_F(Serving, AHandlerThatThrowsIsAnErrorOfTheServerThatIsLogged) {
  serve([](const Incoming&) -> Outgoing { throw Error(ErrorKind::internal, "broken"); });
  const auto answer = exchange(k_last_get);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, Not(HasSubstr("broken")));
  const std::lock_guard lock(mutex);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_THAT(lines[0], HasSubstr("cannot answer GET '/thing' error=broken"));
}

TEST_F(Serving, NeverCallsMoreHandlersAtOnceThanItHasThreads) {
  limits.threads = 2;
  std::atomic<int> now{0}, most{0};
  serve([&](const Incoming& request) {
    const int mine = ++now;
    for (int seen = most; mine > seen && !most.compare_exchange_weak(seen, mine);) {
    }
    test::pause(2ms);
    --now;
    return echo(request);
  });
  std::vector<std::unique_ptr<RawConnection>> clients;
  for (int i = 0; i < 20; ++i) {
    clients.push_back(std::make_unique<RawConnection>(server_->port()));
    clients.back()->say(k_last_get);
  }
  for (auto& client : clients) EXPECT_THAT(client->listen(), HasSubstr("200 OK"));
  EXPECT_LE(most, 2);
  EXPECT_GE(most, 1);
}

TEST_F(Serving, EndsWithConnectionsOpenInEveryState) {
  limits.patience = 10min;
  serve();
  RawConnection silent(server_->port()), half(server_->port()), kept(server_->port());
  half.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12");
  kept.say(k_get);
  kept.listen_for("GET /thing? ");
  RawConnection parting(server_->port());
  parting.say("garbage\r\n\r\n");
  parting.listen_for("bad request");
  const auto port = server_->port();
  server_.reset();
  for (auto* client : {&silent, &half, &kept, &parting}) {
    client->listen();
    EXPECT_TRUE(client->ended());
  }
  limits.port = port;  // at once again, whatever is left of the old connections
  serve();
  EXPECT_THAT(exchange(k_last_get), HasSubstr("200 OK"));
}

TEST_F(Serving, NamesTheAddressItCannotListenOn) {
  serve();
  limits.port = server_->port();
  const auto refused = [&] {
    try {
      const Server another(limits, echo, log);
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::config);
      return error.message() + " | " + error.hint();
    }
    return std::string("it listens");
  };
  EXPECT_EQ(refused(), "cannot listen on '127.0.0.1' port " + std::to_string(limits.port) +
                           ": Address already in use | another program listens there: choose "
                           "another port");
  limits.address = "nowhere";
  EXPECT_THAT(refused(), StartsWith("cannot listen on 'nowhere' port"));
}

}  // namespace
}  // namespace tidegate::http
