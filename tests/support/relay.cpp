#include "support/relay.hpp"

#include <arpa/inet.h>
#include <bson/bson.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <stdexcept>

namespace tidegate::test {
namespace {

constexpr int k_look_ms = 50;  // how soon a thread sees that it is to end
constexpr std::size_t k_header = 16;

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

bool read_exactly(int descriptor, char* to, std::size_t size) {
  while (size > 0) {
    const auto got = ::recv(descriptor, to, size, 0);
    if (got <= 0) return false;
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(int descriptor, const std::string& bytes) {
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto sent = ::send(descriptor, bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    done += static_cast<std::size_t>(sent);
  }
  return true;
}

/// One message of MongoDB's wire protocol, which begins with its length; empty at the end.
std::string read_message(int descriptor) {
  std::string message(k_header, '\0');
  if (!read_exactly(descriptor, message.data(), k_header)) return {};
  std::int32_t length = 0;
  std::memcpy(&length, message.data(), sizeof length);
  if (length < static_cast<std::int32_t>(k_header)) return {};
  message.resize(static_cast<std::size_t>(length));
  if (!read_exactly(descriptor, message.data() + k_header, message.size() - k_header)) return {};
  return message;
}

constexpr std::size_t k_flags_and_kind = 5;

/// An answer in the form of OP_MSG.
std::string answer_of(const std::string& request, const bson_t* reply) {
  const std::string body(reinterpret_cast<const char*>(bson_get_data(reply)), reply->len);
  constexpr std::int32_t k_op_msg = 2013;
  std::string message(k_header + k_flags_and_kind, '\0');
  const auto length = static_cast<std::int32_t>(message.size() + body.size());
  std::memcpy(message.data(), &length, sizeof length);
  std::memcpy(message.data() + 8, request.data() + 4, 4);  // responseTo: its requestID
  std::memcpy(message.data() + 12, &k_op_msg, sizeof k_op_msg);
  return message + body;
}

/// The answer to a request that failed.
std::string refusal(const std::string& request, int code) {
  bson_t* reply = BCON_NEW("ok", BCON_DOUBLE(0.0), "errmsg", "refused by the relay", "code",
                           BCON_INT32(code), "codeName", "Relay");
  auto message = answer_of(request, reply);
  bson_destroy(reply);
  return message;
}

/// buildInfo as a mongod answers it.
std::string mongod_answer(const std::string& request) {
  constexpr std::string_view k_build_info = R"({
    "version": "8.2.11", "gitVersion": "973237567d45610d6976d5d489dfaaef6a52c2f9", "modules": [],
    "allocator": "tcmalloc-google", "javascriptEngine": "mozjs", "sysInfo": "deprecated",
    "versionArray": [8, 2, 11, 0], "openssl": {"running": "OpenSSL 3.0.2"},
    "buildEnvironment": {"cxx": "g++: 11.3.0", "target_arch": "x86_64"}, "bits": 64,
    "debug": false, "maxBsonObjectSize": 16777216,
    "storageEngines": ["devnull", "wiredTiger"], "ok": 1.0})";
  bson_error_t error;
  bson_t* reply = bson_new_from_json(reinterpret_cast<const std::uint8_t*>(k_build_info.data()),
                                     static_cast<ssize_t>(k_build_info.size()), &error);
  if (reply == nullptr) throw std::logic_error(error.message);
  auto message = answer_of(request, reply);
  bson_destroy(reply);
  return message;
}

/// The server's own answer, with a write concern that was not met.
std::string denial(const std::string& request, const std::string& answer, int code) {
  const auto begin = k_header + k_flags_and_kind;
  bson_t said;
  if (answer.size() < begin ||
      !bson_init_static(&said, reinterpret_cast<const std::uint8_t*>(answer.data()) + begin,
                        answer.size() - begin)) {
    return {};
  }
  bson_t* reply = bson_copy(&said);
  BCON_APPEND(reply, "writeConcernError", "{", "code", BCON_INT32(code), "errmsg",
              "denied by the relay", "}");
  auto message = answer_of(request, reply);
  bson_destroy(reply);
  return message;
}

}  // namespace

Relay::Relay(int server_port) : server_port_(server_port) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (listener_ < 0 || ::bind(listener_, generic, size) != 0 || ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, generic, &size) != 0) {
    if (listener_ >= 0) ::close(listener_);
    throw std::runtime_error("the relay cannot listen");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

Relay::~Relay() {
  ending_ = true;
  acceptor_.join();
  for (auto& thread : threads_) thread.join();
  ::close(listener_);
}

void Relay::cut_at(const std::string& text, Request request) {
  const std::lock_guard lock(mutex_);
  text_ = text;
  request_ = request;
}

void Relay::refuse(const std::string& text, int code, int times) {
  const std::lock_guard lock(mutex_);
  refused_ = text;
  code_ = code;
  refusals_left_ = times;
}

void Relay::deny_concern(const std::string& text, int code, int times) {
  const std::lock_guard lock(mutex_);
  denied_ = text;
  denied_code_ = code;
  denials_left_ = times;
}

int Relay::denied_code(const std::string& request) {
  const std::lock_guard lock(mutex_);
  if (denials_left_ == 0 || request.find(denied_) == std::string::npos) return 0;
  --denials_left_;
  return denied_code_;
}

void Relay::hold(const std::string& text) {
  const std::lock_guard lock(mutex_);
  held_ = text;
}

void Relay::replace_in_answers(const std::string& text, const std::string& other) {
  if (text.size() != other.size()) throw std::invalid_argument("of another length");
  const std::lock_guard lock(mutex_);
  replaced_ = text;
  replacement_ = other;
}

void Relay::after(const std::string& text, std::function<void()> act) {
  const std::lock_guard lock(mutex_);
  acted_on_ = text;
  act_ = std::move(act);
}

std::function<void()> Relay::act_after(const std::string& request) {
  const std::lock_guard lock(mutex_);
  const bool acts = act_ && request.find(acted_on_) != std::string::npos;
  return acts ? act_ : std::function<void()>();
}

bool Relay::pass_and_act(int client, int server, const std::string& request,
                         const std::function<void()>& act) {
  if (!write_all(server, request)) return false;
  const auto answer = read_message(server);
  act();
  return !answer.empty() && write_all(client, answer);
}

void Relay::count(const std::string& text) {
  const std::lock_guard lock(mutex_);
  counted_text_ = text;
  counted_ = 0;
}

bool Relay::is_held(const std::string& request) {
  const std::lock_guard lock(mutex_);
  const bool held = !held_.empty() && request.find(held_) != std::string::npos;
  if (held) held_.clear();
  return held;
}

void Relay::wait_for_release() {
  holds_ = true;
  while (!ending_ && !released_) std::this_thread::sleep_for(std::chrono::milliseconds{5});
  holds_ = false;
}

bool Relay::pass_denied(int client, int server, const std::string& request, int code) {
  if (!write_all(server, request)) return false;
  const auto answer = read_message(server);
  wait_for_release();
  const auto message = denial(request, answer, code);
  return !message.empty() && write_all(client, message);
}

int Relay::refusals_left() {
  const std::lock_guard lock(mutex_);
  return refusals_left_;
}

bool Relay::is_refused(const std::string& request) {
  const std::lock_guard lock(mutex_);
  const bool refused = refusals_left_ > 0 && request.find(refused_) != std::string::npos;
  if (refused) --refusals_left_;
  return refused;
}

void Relay::reconnect() {
  const std::lock_guard lock(mutex_);
  text_.clear();
  cut_ = false;
}

void Relay::accept_all() {
  while (!ending_) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, k_look_ms) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const std::lock_guard lock(mutex_);
    threads_.emplace_back([this, client] { serve(client); });
  }
}

void Relay::serve(int client) {
  const Socket from(client);
  const Socket to(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const auto address = loopback(server_port_);
  if (cut_ ||
      ::connect(to.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return;
  }
  std::array<pollfd, 2> both{{{from.get(), POLLIN, 0}, {to.get(), POLLIN, 0}}};
  while (!ending_ && !cut_) {
    if (::poll(both.data(), both.size(), k_look_ms) <= 0) continue;
    if (both[0].revents != 0 && !pass_request(from.get(), to.get())) return;
    if (both[1].revents != 0 && !pass_answer(from.get(), to.get())) return;
  }
}

bool Relay::pass_request(int client, int server) {
  const auto message = read_message(client);
  if (message.empty()) return false;
  {
    const std::lock_guard lock(mutex_);
    if (!counted_text_.empty() && message.find(counted_text_) != std::string::npos) ++counted_;
  }
  if (says_mongod_ && message.find(std::string("buildInfo") + '\0') != std::string::npos) {
    return write_all(client, mongod_answer(message));
  }
  if (is_refused(message)) return write_all(client, refusal(message, code_));
  if (is_held(message)) wait_for_release();
  if (const auto code = denied_code(message)) return pass_denied(client, server, message, code);
  if (const auto act = act_after(message)) return pass_and_act(client, server, message, act);
  bool cut = false;
  bool arrives = true;
  {
    const std::lock_guard lock(mutex_);
    cut = !text_.empty() && message.find(text_) != std::string::npos;
    arrives = request_ == Request::arrives;
    if (cut) cut_ = true;
  }
  if (!cut) return !cut_ && write_all(server, message);
  // Its answer shows that it is done; it is not passed on.
  if (arrives && write_all(server, message)) read_message(server);
  return false;
}

bool Relay::pass_answer(int client, int server) {
  auto message = read_message(server);
  {
    const std::lock_guard lock(mutex_);
    for (auto at = message.find(replaced_); !replaced_.empty() && at != std::string::npos;
         at = message.find(replaced_, at)) {
      message.replace(at, replaced_.size(), replacement_);
    }
  }
  return !message.empty() && write_all(client, message);
}

std::optional<int> port_of(const std::string& uri) {
  const auto begin = uri.find('@') == std::string::npos ? uri.find("://") + 3 : uri.find('@') + 1;
  const auto end = uri.find('/', begin);
  const auto colon = uri.find(':', begin);
  if (uri.find(',', begin) < end || colon > end) return std::nullopt;
  return std::stoi(uri.substr(colon + 1, end - colon - 1));
}

std::string by_way_of(const Relay& relay, const std::string& uri) {
  const auto user = uri.find('@');
  const auto host = user != std::string::npos ? user + 1 : uri.find("://") + 3;
  return uri.substr(0, host) + "127.0.0.1:" + std::to_string(relay.port()) +
         "/?authSource=admin&directConnection=true";
}

}  // namespace tidegate::test
