#include "http/faults.hpp"

#include <fmt/format.h>

#include <memory>

namespace tidegate::http {
namespace {

std::string part(CURLU* url, CURLUPart which, unsigned int flags = 0) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return {};
  std::string result(text);
  curl_free(text);
  return result;
}

ErrorKind kind_of(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_SSL_CACERT_BADFILE:
      return ErrorKind::config;
    case CURLE_OUT_OF_MEMORY:
    case CURLE_FAILED_INIT:
    case CURLE_BAD_FUNCTION_ARGUMENT:
    case CURLE_NOT_BUILT_IN:
    case CURLE_UNKNOWN_OPTION:
      return ErrorKind::internal;
    case CURLE_WEIRD_SERVER_REPLY:
      return ErrorKind::remote;
    default:
      return ErrorKind::unreachable;
  }
}

std::string hint_for(CURLcode code) {
  switch (code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      return "use an http:// or https:// address";
    case CURLE_COULDNT_RESOLVE_HOST:
      return "check the name, and that this machine's resolver knows it";
    case CURLE_COULDNT_RESOLVE_PROXY:
      return "the proxy comes from https_proxy, http_proxy or all_proxy";
    case CURLE_COULDNT_CONNECT:
      return "check that the server runs and that the network lets this machine through";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "the certificate must be for that host name, and come from an authority that this "
             "machine trusts; name the certificate of a private one in SSL_CERT_FILE, or in "
             "'storage.ca_file' of an object store";
    case CURLE_SSL_CACERT_BADFILE:
      return "name a file with certificates in PEM form: it comes from 'storage.ca_file' "
             "(AWS_CA_BUNDLE) of an object store, else from SSL_CERT_FILE or SSL_CERT_DIR";
    default:
      return {};
  }
}

}  // namespace

std::string server_of(const std::string& url) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
                     CURLUE_OK) {
    return "the address";
  }
  const auto port = part(parsed.get(), CURLUPART_PORT);
  return fmt::format("'{}://{}{}{}'", part(parsed.get(), CURLUPART_SCHEME),
                     part(parsed.get(), CURLUPART_HOST), port.empty() ? "" : ":", port);
}

Error fault(CURLcode code, const std::string& words, const std::string& server) {
  const std::string why = words.empty() ? curl_easy_strerror(code) : words;
  return Error(kind_of(code), fmt::format("cannot speak to {}: {}", server, why), hint_for(code))
      .with_server_code(static_cast<int>(code));
}

}  // namespace tidegate::http
