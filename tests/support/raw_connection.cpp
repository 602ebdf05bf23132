#include "support/raw_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

namespace tidegate::test {

RawConnection::RawConnection(int port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    ::close(fd_);
    throw std::runtime_error("nothing listens on port " + std::to_string(port));
  }
}

RawConnection::~RawConnection() { ::close(fd_); }

bool RawConnection::say(std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawConnection::finish_saying() { ::shutdown(fd_, SHUT_WR); }

bool RawConnection::more(std::chrono::steady_clock::time_point end) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
  pollfd wanted{fd_, POLLIN, 0};
  if (ended_ || left.count() <= 0) return false;
  if (::poll(&wanted, 1, static_cast<int>(left.count())) <= 0) return false;
  std::array<char, 8192> buffer;
  const auto got = ::recv(fd_, buffer.data(), buffer.size(), 0);
  ended_ = got <= 0;
  if (!ended_) heard_.append(buffer.data(), static_cast<std::size_t>(got));
  return !ended_;
}

std::string RawConnection::listen(std::chrono::milliseconds longest) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (more(end)) {
  }
  return std::exchange(heard_, {});
}

std::string RawConnection::listen_for(std::string_view text, std::chrono::milliseconds longest) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (heard_.find(text) == std::string::npos && more(end)) {
  }
  const auto at = heard_.find(text);
  if (at == std::string::npos) return std::exchange(heard_, {});
  auto result = heard_.substr(0, at + text.size());
  heard_.erase(0, at + text.size());
  return result;
}

}  // namespace tidegate::test
