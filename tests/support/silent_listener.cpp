#include "support/silent_listener.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace tidegate::test {

SilentListener::SilentListener() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const place = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket_, place, size) != 0 || ::listen(socket_, 16) != 0 ||
      ::getsockname(socket_, place, &size) != 0) {
    ::close(socket_);
    throw std::runtime_error("no port to be silent on");
  }
  port_ = ntohs(address.sin_port);
}

SilentListener::~SilentListener() { ::close(socket_); }

}  // namespace tidegate::test
