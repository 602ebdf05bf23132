#include "http/client.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>

#include "http/exchange.hpp"
#include "http/faults.hpp"

namespace tidegate::http {
namespace {

constexpr std::chrono::milliseconds k_look_every{200};

using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

void append(Headers& list, const std::string& name, const std::string& value) {
  auto* longer = curl_slist_append(list.get(), (name + ": " + value).c_str());
  if (longer == nullptr) throw Error(ErrorKind::internal, "out of memory");
  static_cast<void>(list.release());
  list.reset(longer);
}

Headers headers_of(const Request& request) {
  Headers list(nullptr, curl_slist_free_all);
  for (const auto& [name, value] : request.headers) append(list, name, value);
  if (request.aws && !request.aws->session_token.empty()) {
    append(list, "x-amz-security-token", request.aws->session_token.reveal());
  }
  return list;
}

bool carries_body(const Request& request) {
  return request.file || !request.body.empty() || request.method == "PUT" ||
         request.method == "POST" || request.method == "PATCH";
}

void set_up_body(CURL* easy, Exchange& exchange) {
  if (exchange.request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  if (!carries_body(exchange.request)) return;
  curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t{exchange.body.length()});
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, &Exchange::on_send);
  curl_easy_setopt(easy, CURLOPT_READDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, &Exchange::on_rewind);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, &exchange);
}

void set_up_signature(CURL* easy, const AwsSignature& aws) {
  const auto provider = fmt::format("aws:amz:{}:{}", aws.region, aws.service);
  curl_easy_setopt(easy, CURLOPT_AWS_SIGV4, provider.c_str());
  curl_easy_setopt(easy, CURLOPT_USERNAME, aws.key_id.c_str());
  curl_easy_setopt(easy, CURLOPT_PASSWORD, aws.key.reveal().c_str());
}

// libcurl does not read the variables itself. Each replaces one default, as in OpenSSL.
void set_up_trust(CURL* easy, const std::string& ca_file) {
  if (!ca_file.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, ca_file.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
    return;
  }
  const auto set = [easy](CURLoption option, const char* variable) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') curl_easy_setopt(easy, option, value);
  };
  set(CURLOPT_CAINFO, "SSL_CERT_FILE");
  set(CURLOPT_CAPATH, "SSL_CERT_DIR");
}

void set_up(CURL* easy, Exchange& exchange, curl_slist* headers) {
  const auto& request = exchange.request;
  curl_easy_reset(easy);
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "tidegate/" TIDEGATE_VERSION);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange.words.data());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &Exchange::on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &Exchange::on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
  set_up_body(easy, exchange);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  set_up_trust(easy, request.ca_file);
  if (request.proxy == Proxy::none) curl_easy_setopt(easy, CURLOPT_PROXY, "");
  if (request.aws) set_up_signature(easy, *request.aws);
}

}  // namespace

struct Client::Handle {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy{nullptr, curl_easy_cleanup};
  std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi{nullptr, curl_multi_cleanup};

  Handle() {
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    easy.reset(curl_easy_init());
    multi.reset(curl_multi_init());
    if (ready != CURLE_OK || !easy || !multi) {
      throw Error(ErrorKind::internal, "libcurl cannot be set up");
    }
  }
};

namespace {

// Removes the transfer from the multi handle before the objects that it uses are destroyed.
class Attached {
 public:
  Attached(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy) {
    curl_multi_add_handle(multi_, easy_);
  }
  ~Attached() {
    curl_multi_remove_handle(multi_, easy_);
    curl_easy_reset(easy_);  // drops the key and the callbacks
  }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

 private:
  CURLM* multi_;
  CURL* easy_;
};

void give_up_when_stalled(Run& run, const Exchange& exchange, curl_off_t& mark, SteadyTime& moved) {
  const auto now = run.clock().steady();
  const auto seen = exchange.mark();
  if (seen != std::exchange(mark, seen)) moved = now;
  if (now - moved < exchange.request.stalled) return;
  throw Error(
      ErrorKind::unreachable,
      fmt::format("{} has neither taken nor sent a byte for {} s", server_of(exchange.request.url),
                  std::chrono::ceil<std::chrono::seconds>(now - moved).count()));
}

void give_up_when_slow(const Run& run, const Exchange& exchange, SteadyTime begun) {
  const auto& longest = exchange.request.longest;
  if (longest.count() == 0 || run.clock().steady() - begun < longest) return;
  throw Error(
      ErrorKind::unreachable,
      fmt::format("{} has not answered in full within {} s", server_of(exchange.request.url),
                  std::chrono::ceil<std::chrono::seconds>(longest).count()));
}

CURLcode transfer(Run& run, CURLM* multi, const Exchange& exchange) {
  const std::stop_callback wake(run.stop(), [multi] { curl_multi_wakeup(multi); });
  curl_off_t mark = -1;
  const auto begun = run.clock().steady();
  auto moved = begun;
  for (int running = 1;;) {
    run.check();
    if (curl_multi_perform(multi, &running) != CURLM_OK) return CURLE_FAILED_INIT;
    if (running == 0) break;
    give_up_when_stalled(run, exchange, mark, moved);
    give_up_when_slow(run, exchange, begun);
    const auto pause = std::min(k_look_every, run.remaining().value_or(k_look_every));
    curl_multi_poll(multi, nullptr, 0, static_cast<int>(pause.count()), nullptr);
  }
  int left = 0;
  const auto* message = curl_multi_info_read(multi, &left);
  return message != nullptr ? message->data.result : CURLE_FAILED_INIT;
}

}  // namespace

Client::Client() : handle_(std::make_unique<Handle>()) {}
Client::~Client() = default;

Answer Client::send(Run& run, const Request& request) {
  auto* easy = handle_->easy.get();
  Exchange exchange(request, easy);
  const auto headers = headers_of(request);
  set_up(easy, exchange, headers.get());
  const Attached attached(handle_->multi.get(), easy);
  const auto code = transfer(run, handle_->multi.get(), exchange);
  if (exchange.failure) std::rethrow_exception(exchange.failure);
  if (code != CURLE_OK) throw fault(code, exchange.words.data(), server_of(request.url));
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  exchange.answer.status = static_cast<int>(status);
  return std::move(exchange.answer);
}

}  // namespace tidegate::http
