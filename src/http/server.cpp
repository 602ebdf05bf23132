#include "http/server.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <list>
#include <optional>
#include <thread>
#include <utility>

#include "base/error.hpp"
#include "base/secret.hpp"

namespace tidegate::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr int k_version_1_1 = 11;
constexpr std::uint64_t k_ordinary_body = 1024UL * 1024;
constexpr std::chrono::milliseconds k_pause_after_failed_accept{100};

Outgoing plain(int status, std::string_view why) {
  return {.status = status, .body = fmt::format("{} {}\n", status, why)};
}

// The answer to a request that cannot be read; nothing when the client is gone.
std::optional<Outgoing> complaint(const error_code& error) {
  if (error == wire::error::header_limit) return plain(431, "request header fields too large");
  if (error == wire::error::body_limit) return plain(413, "content too large");
  if (error == wire::error::end_of_stream || error == wire::error::partial_message) return {};
  const auto one_of_ours = wire::make_error_code(wire::error::bad_method);
  if (error.category() == one_of_ours.category()) return plain(400, "bad request");
  return {};
}

// Converts a request with a target in origin form (`/path?query`); nothing for any other target.
std::optional<Incoming> incoming(wire::request<wire::string_body>&& request) {
  Incoming result;
  const std::string target(request.target());
  const auto question = target.find('?');
  result.path = percent_decode(target.substr(0, question));
  if (question != std::string::npos) result.query = target.substr(question + 1);
  if (result.path.empty() || result.path.front() != '/') return std::nullopt;
  if (result.path.find('\0') != std::string::npos) return std::nullopt;
  result.method = std::string(request.method_string());
  for (const auto& field : request) {
    std::string name(field.name_string());
    for (auto& c : name) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    auto& value = result.headers[name];
    if (!value.empty()) value += ", ";
    value += std::string(field.value());
  }
  result.body = std::move(request.body());
  return result;
}

struct Manner {
  bool keep_alive = false;
  bool bare = false;  // for HEAD: the header of the full answer, without body
};

wire::message_generator message(Outgoing&& answer, Manner manner) {
  wire::response<wire::string_body> full{static_cast<wire::status>(answer.status), k_version_1_1};
  full.set(wire::field::date,
           fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::time(nullptr))));
  full.set(wire::field::content_type, answer.type);
  full.set("X-Content-Type-Options", "nosniff");
  for (const auto& [name, value] : answer.headers) full.set(name, value);
  full.keep_alive(manner.keep_alive);
  full.body() = std::move(answer.body);
  full.prepare_payload();
  if (!manner.bare) return full;
  return wire::response<wire::empty_body>{std::move(full.base())};
}

class HttpConnection;

// The connections, least recently active first. Used only on the input/output thread.
using Sessions = std::list<HttpConnection*>;

// State shared by all sessions.
struct ServerState {
  const ListenOptions limits;
  const Handler handler;
  Log& log;
  Sessions sessions{};
  int large = 0;  // running requests that may be large; used only on the input/output thread
  asio::io_context io{1};
  asio::thread_pool workers{static_cast<std::size_t>(std::max(limits.threads, 1))};
};

Outgoing answer_of(const ServerState& house, const Incoming& request) {
  const auto failed = [&](std::string_view why) {
    house.log.error(fmt::format("cannot answer {} '{}'", request.method, request.path),
                    {{"error", std::string(why)}});
    return plain(500, "internal server error");
  };
  try {
    return house.handler(request);
  } catch (const std::exception& error) {
    return failed(error.what());
  } catch (...) {
    return failed("an exception of no known type");
  }
}

// One connection. Pending operations keep it alive.
class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
 public:
  HttpConnection(tcp::socket&& socket, ServerState& house)
      : house_(house),
        stream_(std::move(socket)),
        place_(house.sessions.insert(house.sessions.end(), this)) {}
  ~HttpConnection() {
    leave();
    forget_size();
  }
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  void start() { read(); }

  /// Whether it waits for its client; such a connection may be closed in favour of another.
  bool idle() const { return idle_; }

  void end() {
    leave();
    stream_.close();
  }

 private:
  void leave() {
    if (place_) house_.sessions.erase(*std::exchange(place_, std::nullopt));
  }

  void move_to_back() {
    if (place_) house_.sessions.splice(house_.sessions.end(), house_.sessions, *place_);
  }

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(house_.limits.largest_header));
    parser_->body_limit(house_.limits.largest_body);
    // Set once for the whole request: a client that sends a byte now and then does not extend it.
    stream_.expires_after(house_.limits.patience);
    idle_ = true;
    move_to_back();
    wire::async_read_header(
        stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, std::size_t) {
          if (error) return self->take(error);
          if (!self->has_room()) return self->turn_away();
          const auto expects = self->parser_->get()[wire::field::expect];
          return beast::iequals(expects, "100-continue") ? self->encourage() : self->read_body();
        });
  }

  // Limits the memory that a few clients with large requests can use.
  bool has_room() {
    const auto size = parser_->content_length();
    const bool has_body = size || parser_->chunked();
    if (!has_body || (size && *size <= k_ordinary_body)) return true;
    if (house_.large >= house_.limits.most_large) return false;
    ++house_.large;
    large_ = true;
    return true;
  }

  void turn_away() {
    auto answer = plain(503, "busy");
    answer.headers["Retry-After"] = "5";
    write(std::move(answer), {});
  }

  void forget_size() {
    if (std::exchange(large_, false)) --house_.large;
  }

  void encourage() {
    static constexpr std::string_view k_go_on = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(k_go_on),
                      [self = shared_from_this()](error_code error, std::size_t) {
                        return error ? self->end() : self->read_body();
                      });
  }

  void read_body() {
    wire::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->take(error); });
  }

  void take(const error_code& error) {
    idle_ = false;
    if (error) {
      if (auto answer = complaint(error)) return write(std::move(*answer), {});
      return error == wire::error::end_of_stream ? part() : end();
    }
    auto request = parser_->release();
    const Manner manner{request.keep_alive(), request.method() == wire::verb::head};
    auto asked = incoming(std::move(request));
    if (!asked) return write(plain(400, "bad request"), {false, manner.bare});
    stream_.expires_never();
    asio::post(house_.workers,
               [self = shared_from_this(), asked = std::move(*asked), manner]() mutable {
                 auto answer = answer_of(self->house_, asked);
                 auto& io = self->house_.io;
                 // `self` is moved: a session must be destroyed on the input/output thread.
                 asio::post(io, [self = std::move(self), answer = std::move(answer),
                                 manner]() mutable { self->write(std::move(answer), manner); });
               });
  }

  void write(Outgoing&& answer, Manner manner) {
    parser_.reset();
    forget_size();
    stream_.expires_after(house_.limits.patience);
    beast::async_write(stream_, message(std::move(answer), manner),
                       [self = shared_from_this(), manner](error_code error, std::size_t) {
                         if (error) return self->end();
                         return manner.keep_alive ? self->read() : self->part();
                       });
  }

  // Closing immediately while bytes of the client are unread would reset the connection, and the
  // client would lose the answer: RFC 9112, 9.6.
  void part() {
    error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
    stream_.expires_after(house_.limits.patience);
    idle_ = true;
    discard();
  }

  void discard() {
    buffer_.clear();
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = shared_from_this()](error_code error, std::size_t) {
                              return error ? self->end() : self->discard();
                            });
  }

  ServerState& house_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<wire::request_parser<wire::string_body>> parser_;
  std::optional<Sessions::iterator> place_;
  bool idle_ = false;
  bool large_ = false;
};

Error cannot_listen(const ListenOptions& listen, const error_code& error) {
  std::string hint = "use an address of this machine and a port that no other program uses";
  if (error == asio::error::address_in_use)
    hint = "another program listens there: choose another port";
  if (error == asio::error::access_denied)
    hint = "ports below 1024 need privileges: choose another port";
  return {ErrorKind::config,
          fmt::format("cannot listen on '{}' port {}: {}", listen.address, listen.port,
                      error.message()),
          hint};
}

}  // namespace

struct Server::Machinery {
  Machinery(const ListenOptions& listen, Handler handler, Log& log)
      : house{listen, std::move(handler), log} {
    open();
    accept();
    thread = std::thread([this] { house.io.run(); });
  }

  // Waits for running handlers; all other work is dropped.
  ~Machinery() {
    house.io.stop();
    house.workers.stop();
    thread.join();
    house.workers.join();
  }
  Machinery(const Machinery&) = delete;
  Machinery& operator=(const Machinery&) = delete;

  void open() {
    const auto& listen = house.limits;
    error_code error;
    const auto address = asio::ip::make_address(listen.address, error);
    if (error) throw cannot_listen(listen, error);
    const tcp::endpoint endpoint(address, listen.port);
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) throw cannot_listen(listen, error);
    port = acceptor.local_endpoint().port();
  }

  void accept() {
    acceptor.async_accept([this](error_code error, tcp::socket socket) {
      if (error) return accept_later();
      admit(std::move(socket));
      accept();
    });
  }

  // Accepting fails, for example, when no descriptor is left. An immediate retry would only use the
  // processor.
  void accept_later() {
    rest.expires_after(k_pause_after_failed_accept);
    rest.async_wait([this](error_code error) {
      if (!error) accept();
    });
  }

  // At the limit, the connection whose client has kept the server waiting longest is closed, so
  // idle connections cannot lock out new clients.
  void admit(tcp::socket&& socket) {
    auto& sessions = house.sessions;
    if (sessions.size() >= static_cast<std::size_t>(std::max(house.limits.most_connections, 1))) {
      const auto longest =
          std::find_if(sessions.begin(), sessions.end(),
                       [](const HttpConnection* session) { return session->idle(); });
      if (longest == sessions.end()) return;  // every connection has a request in progress
      (*longest)->end();
    }
    std::make_shared<HttpConnection>(std::move(socket), house)->start();
  }

  ServerState house;
  tcp::acceptor acceptor{house.io};
  asio::steady_timer rest{house.io};
  std::uint16_t port = 0;
  std::thread thread;
};

Server::Server(const ListenOptions& listen, Handler handler, Log& log)
    : machinery_(std::make_unique<Machinery>(listen, std::move(handler), log)) {}

Server::~Server() = default;

std::uint16_t Server::port() const { return machinery_->port; }

}  // namespace tidegate::http
