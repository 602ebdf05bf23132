#include "http/exchange.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "http/faults.hpp"

namespace tidegate::http {
namespace {

constexpr long k_ok = 200, k_partial = 206;

Error unreadable(const Request& request, const char* why) {
  return {ErrorKind::remote, fmt::format("cannot read '{}': {}", request.file->path.string(), why)};
}

// Runs `work` and stores an exception in `failure`. Returning `on_failure` makes libcurl end the
// transfer.
template <class Work>
std::size_t guarded(void* self, std::size_t on_failure, Work work) {
  auto& exchange = *static_cast<Exchange*>(self);
  try {
    return work(exchange);
  } catch (...) {
    exchange.failure = std::current_exception();
    return on_failure;
  }
}

}  // namespace

Body::Body(const Request& request) : request_(request) {
  if (!request.file) {
    length_ = static_cast<std::int64_t>(request.body.size());
    return;
  }
  offset_ = request.file->offset;
  length_ = request.file->length;
  fd_ = ::open(request.file->path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) throw unreadable(request, std::strerror(errno));
}

Body::~Body() {
  if (fd_ >= 0) ::close(fd_);
}

std::size_t Body::read(char* to, std::size_t room) {
  const auto wanted = std::min(room, static_cast<std::size_t>(length_ - sent_));
  if (wanted == 0) return 0;
  const auto got = fd_ < 0 ? request_.body.copy(to, wanted, static_cast<std::size_t>(sent_))
                           : read_file(to, wanted);
  sent_ += static_cast<std::int64_t>(got);
  return got;
}

std::size_t Body::read_file(char* to, std::size_t wanted) const {
  const auto got = ::pread(fd_, to, wanted, offset_ + sent_);
  if (got < 0) throw unreadable(request_, std::strerror(errno));
  if (got == 0) throw unreadable(request_, "it has become shorter");
  return static_cast<std::size_t>(got);
}

void Exchange::take_header(std::string_view line) {
  while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.remove_suffix(1);
  // Headers received before a status line belong to an interim answer.
  if (line.substr(0, 5) == "HTTP/") answer.headers.clear();
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string name(line.substr(0, colon));
  for (auto& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const auto start = line.find_first_not_of(" \t", colon + 1);
  answer.headers[name] = start == std::string_view::npos ? "" : std::string(line.substr(start));
}

void Exchange::take_body(std::string_view bytes) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  if (request.sink && (status == k_ok || status == k_partial)) return request.sink(bytes);
  if (answer.body.size() + bytes.size() > request.largest_answer) {
    throw Error(ErrorKind::remote, fmt::format("the answer of {} is larger than {} bytes",
                                               server_of(request.url), request.largest_answer));
  }
  answer.body += bytes;
}

std::size_t Exchange::on_header(char* data, std::size_t, std::size_t size, void* self) {
  return guarded(self, 0, [&](Exchange& exchange) {
    exchange.take_header({data, size});
    return size;
  });
}

std::size_t Exchange::on_body(char* data, std::size_t, std::size_t size, void* self) {
  return guarded(self, CURL_WRITEFUNC_ERROR, [&](Exchange& exchange) {
    exchange.take_body({data, size});
    return size;
  });
}

std::size_t Exchange::on_send(char* data, std::size_t, std::size_t size, void* self) {
  return guarded(self, CURL_READFUNC_ABORT,
                 [&](Exchange& exchange) { return exchange.body.read(data, size); });
}

int Exchange::on_rewind(void* self, curl_off_t position, int) {
  static_cast<Exchange*>(self)->body.rewind_to(position);
  return CURL_SEEKFUNC_OK;
}

curl_off_t Exchange::mark() const {
  curl_off_t up = 0, down = 0;
  long head = 0;
  curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &up);
  curl_easy_getinfo(easy, CURLINFO_SIZE_DOWNLOAD_T, &down);
  curl_easy_getinfo(easy, CURLINFO_HEADER_SIZE, &head);
  return up + down + head;
}

}  // namespace tidegate::http
