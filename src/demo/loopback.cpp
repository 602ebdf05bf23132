#include "demo/loopback.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <random>

#include "base/error.hpp"

namespace tidegate::demo {
namespace {

// Above the ports of well-known services, below Linux's ip_local_port_range (32768 by default).
constexpr int k_first = 20'000;
constexpr int k_last = 32'000;
constexpr int k_tries = 100;

bool is_free(int port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return false;
  // As servers do: the remains of a connection that has ended do not block the port.
  const int yes = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  const bool bound =
      ::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(descriptor);
  return bound;
}

}  // namespace

int free_port() {
  std::random_device entropy;
  std::uniform_int_distribution<int> ports(k_first, k_last);
  for (int i = 0; i < k_tries; ++i) {
    if (const int port = ports(entropy); is_free(port)) return port;
  }
  throw Error(ErrorKind::config, "no free port on 127.0.0.1");
}

}  // namespace tidegate::demo
