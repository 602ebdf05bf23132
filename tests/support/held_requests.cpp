#include "support/held_requests.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace tidegate::test {
namespace {

constexpr int k_look_ms = 50;  // how soon a thread sees that it is to end

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return address;
}

/// As bind() and connect() take it.
const sockaddr* plain(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

struct Closing {
  int descriptor;
  ~Closing() { ::close(descriptor); }
};

/// @returns nothing at the end of the connection.
std::string read_some(int descriptor) {
  std::array<char, 65536> buffer{};
  const auto got = ::recv(descriptor, buffer.data(), buffer.size(), 0);
  return got <= 0 ? std::string() : std::string(buffer.data(), static_cast<std::size_t>(got));
}

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

HeldRequests::HeldRequests(const std::string& uri, std::string text) : text_(std::move(text)) {
  const auto at = uri.rfind('@');
  const auto host = at == std::string::npos ? uri.find("//") + 2 : at + 1;
  place_ = uri.substr(host, uri.find('/', host) - host);
  server_port_ = std::stoi(place_.substr(place_.rfind(':') + 1));
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t size = sizeof address;
  if (listener_ < 0 || ::bind(listener_, plain(address), sizeof address) != 0 ||
      ::listen(listener_, 64) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("a relay cannot listen");
  }
  port_ = ntohs(address.sin_port);
  acceptor_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
}

HeldRequests::~HeldRequests() {
  acceptor_ = {};
  connections_.clear();
  ::close(listener_);
}

std::string HeldRequests::through(std::string uri) const {
  const auto at = uri.find(place_);
  if (at == std::string::npos) throw std::runtime_error("another server than the relay's");
  return uri.replace(at, place_.size(), "127.0.0.1:" + std::to_string(port_));
}

void HeldRequests::accept_all(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    pollfd waiting{listener_, POLLIN, 0};
    if (::poll(&waiting, 1, k_look_ms) <= 0) continue;
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    connections_.emplace_back(
        [this, client](const std::stop_token& ended) { serve(ended, client); });
  }
}

void HeldRequests::serve(const std::stop_token& stop, int client) {
  const Closing ours{client};
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const Closing theirs{server};
  const auto address = loopback(server_port_);
  if (::connect(server, plain(address), sizeof address) != 0) return;
  while (!stop.stop_requested() && pass(stop, client, server)) {
  }
}

bool HeldRequests::pass(const std::stop_token& stop, int client, int server) {
  std::array<pollfd, 2> sides{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
  if (::poll(sides.data(), sides.size(), k_look_ms) <= 0) return true;
  if (sides[1].revents != 0) {
    const auto answer = read_some(server);
    if (answer.empty() || !write_all(client, answer)) return false;
  }
  if (sides[0].revents == 0) return true;
  const auto request = read_some(client);
  if (request.empty()) return false;
  const bool held = holds_ && request.find(text_) != std::string::npos;
  return (!held || wait_for_release(stop, client, server)) && write_all(server, request);
}

/// @returns false where one of the sides has gone, or the relay is to end.
bool HeldRequests::wait_for_release(const std::stop_token& stop, int client, int server) {
  ++waiting_;
  bool both = true;
  while (both && holds_ && !stop.stop_requested()) {
    std::array<pollfd, 2> sides{pollfd{client, POLLRDHUP, 0}, pollfd{server, POLLIN, 0}};
    both = ::poll(sides.data(), sides.size(), k_look_ms) == 0;
  }
  --waiting_;
  return both && !stop.stop_requested();
}

}  // namespace tidegate::test
