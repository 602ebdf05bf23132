#pragma once

/// The state of one request of the client, and the callbacks that libcurl calls for it.

#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <exception>
#include <string_view>

#include "http/client.hpp"

namespace tidegate::http {

/// A request body, read from a string or from a file.
class Body {
 public:
  /// @throws Error remote: the file cannot be opened.
  explicit Body(const Request& request);
  ~Body();
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  std::int64_t length() const { return length_; }
  void rewind_to(std::int64_t position) { sent_ = position; }
  /// Reads the next bytes, at most `room`. @returns 0 at the end.
  /// @throws Error remote: the file cannot be read.
  std::size_t read(char* to, std::size_t room);

 private:
  std::size_t read_file(char* to, std::size_t wanted) const;
  const Request& request_;
  int fd_ = -1;
  std::int64_t offset_ = 0, length_ = 0, sent_ = 0;
};

/// Refers to the request and the handle; both must outlive it. libcurl calls the callbacks, and no
/// exception may pass through it: the first exception is kept in `failure`.
struct Exchange {
  Exchange(const Request& what, CURL* with) : request(what), easy(with), body(what) {}

  const Request& request;
  CURL* easy;
  Body body;
  Answer answer;
  std::exception_ptr failure;
  std::array<char, CURL_ERROR_SIZE> words{};

  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self);
  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self);
  static std::size_t on_send(char* data, std::size_t, std::size_t size, void* self);
  static int on_rewind(void* self, curl_off_t position, int);

  /// The bytes transferred in both directions. The transfer has stalled while this number does not
  /// change.
  curl_off_t mark() const;

 private:
  void take_header(std::string_view line);
  void take_body(std::string_view bytes);
};

}  // namespace tidegate::http
