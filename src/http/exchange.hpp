#pragma once

/// One request of the client under way: what libcurl asks for, and what it hands over.

#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <exception>
#include <string_view>

#include "http/client.hpp"

namespace tidegate::http {

/// A body that is sent, from a string or from a file.
class Body {
 public:
  /// @throws Error remote: the file cannot be opened.
  explicit Body(const Request& request);
  ~Body();
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;

  std::int64_t length() const { return length_; }
  void rewind_to(std::int64_t position) { sent_ = position; }
  /// The next bytes, at most `room`; 0 at the end. @throws Error remote: the file cannot be read.
  std::size_t read(char* to, std::size_t room);

 private:
  std::size_t read_file(char* to, std::size_t wanted) const;
  const Request& request_;
  int fd_ = -1;
  std::int64_t offset_ = 0, length_ = 0, sent_ = 0;
};

/// Refers to the request and the handle. The callbacks are called by libcurl, through which no
/// exception may pass: the first is kept in `failure`.
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

  /// How much has gone over the line in either direction; a stall is when it stays the same.
  curl_off_t mark() const;

 private:
  void take_header(std::string_view line);
  void take_body(std::string_view bytes);
};

}  // namespace tidegate::http
