#pragma once

/// A TCP connection on which a test sends any bytes.

#include <chrono>
#include <string>
#include <string_view>

namespace tidegate::test {

class RawConnection {
 public:
  /// To 127.0.0.1. @throws std::runtime_error: nothing listens.
  explicit RawConnection(int port);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// False when the other side no longer takes it.
  bool say(std::string_view text);
  void finish_saying();  ///< shutdown of our direction
  /// All bytes that come until the other side ends, or for at most this long.
  std::string listen(std::chrono::milliseconds longest = std::chrono::seconds(30));
  /// Until this text has come, and what came with it; fails as listen() does.
  std::string listen_for(std::string_view text,
                         std::chrono::milliseconds longest = std::chrono::seconds(30));
  bool ended() const { return ended_; }  ///< as far as listening has found

 private:
  bool more(std::chrono::steady_clock::time_point end);
  int fd_ = -1;
  bool ended_ = false;
  std::string heard_;
};

}  // namespace tidegate::test
