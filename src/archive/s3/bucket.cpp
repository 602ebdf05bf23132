#include "archive/s3/bucket.hpp"

#include <fmt/format.h>

#include <pugixml.hpp>
#include <utility>

#include "archive/s3/digest.hpp"
#include "archive/s3/faults.hpp"
#include "archive/s3/moment.hpp"

namespace tidegate::archive::s3 {
namespace {

constexpr int k_no_content = 204, k_partial = 206;
constexpr std::string_view k_token = "x-amz-meta-tidegate";
// The store completes a large upload itself, which can take minutes.
constexpr int k_patience_for_end = 5;
// Amazon's mark of keys that need a session token.
constexpr std::string_view k_temporary = "ASIA";

bool succeeded(const http::Answer& answer) {
  return answer.status == k_ok || answer.status == k_no_content || answer.status == k_partial;
}

std::string header(const http::Answer& answer, const std::string& name) {
  const auto found = answer.headers.find(name);
  return found == answer.headers.end() ? std::string() : found->second;
}

pugi::xml_document xml(const http::Answer& answer, std::string_view what) {
  pugi::xml_document document;
  if (!document.load_buffer(answer.body.data(), answer.body.size())) {
    throw Error(ErrorKind::remote, fmt::format("the answer to '{}' is not XML", what),
                "check that the address belongs to an object store");
  }
  return document;
}

}  // namespace

struct Bucket::Call {
  std::string method;
  std::string name;   // empty for the bucket itself
  std::string doing;  // for messages: `write 'x'`
  Query query = {};
  std::vector<std::pair<std::string, std::string>> headers = {};
  Payload payload = {};
  std::function<void(std::string_view)> sink = {};
  int patience = 1;
  bool about_bucket = false;
};

Bucket::Bucket(const ArchivePlan& plan, const S3Manner& manner)
    : address_(plan), manner_(manner), storage_(plan.storage), credentials_(plan.storage) {}

std::unique_ptr<http::Client> Bucket::take_client() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<http::Client>();
  auto client = std::move(idle_.back());
  idle_.pop_back();
  return client;
}

void Bucket::give_back(std::unique_ptr<http::Client> client) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(client));
}

http::Answer Bucket::send_once(Run& run, const Call& what) {
  const auto sums =
      what.payload.file ? payload_sums(run, *what.payload.file) : payload_sums(what.payload.text);
  http::Request request{
      .method = what.method,
      .url = address_.url(what.about_bucket ? "" : address_.key(what.name), what.query),
      .headers = what.headers,
      .body = what.payload.text,
      .file = what.payload.file,
      .sink = what.sink};
  request.headers.emplace_back("x-amz-content-sha256", sums.sha256_hex);
  if (what.method == "PUT" || what.method == "POST") {
    request.headers.emplace_back("Content-MD5", sums.md5_base64);
    request.headers.emplace_back("Content-Type", "application/octet-stream");
  }
  request.ca_file = storage_.ca_file;
  const auto keys = credentials_.current(run);
  request.aws = {storage_.region, "s3", keys.id, keys.key, keys.session_token};
  request.stalled = manner_.stalled * what.patience;
  auto client = take_client();
  auto answer = client->send(run, request);
  give_back(std::move(client));
  return answer;
}

http::Answer Bucket::ask(Run& run, const Call& what) {
  std::string key_id;
  auto answer = ask_patiently(run, what, key_id);
  // Keys of an issuer may end, or be withdrawn, before they should.
  if (is_about_keys(answer) && credentials_.discard(key_id)) {
    answer = ask_patiently(run, what, key_id);
  }
  return answer;
}

http::Answer Bucket::ask_patiently(Run& run, const Call& what, std::string& key_id) {
  http::Answer answer;
  retry(run, manner_.tries, manner_.backoff, fmt::format("to {}", what.doing), [&](int) {
    key_id = credentials_.current(run).id;
    answer = send_once(run, what);
    if (is_passing(answer)) throw refused(answer, what);
  });
  return answer;
}

Error Bucket::refused(const http::Answer& answer, const Call& what) const {
  return fault(answer, what.doing, address_,
               {credentials_.origin(), credentials_.issuer(), credentials_.have_session(),
                storage_.key_id.starts_with(k_temporary)});
}

Names Bucket::list(Run& run, std::string_view begin, Depth depth) {
  Names names;
  Call what{.method = "GET", .name = {}, .doing = "list archives", .about_bucket = true};
  what.query = {{"list-type", "2"},
                {"max-keys", std::to_string(manner_.page)},
                {"prefix", address_.key(begin)}};
  if (depth == Depth::shallow) what.query["delimiter"] = "/";
  for (bool more = true; more;) {
    const auto answer = ask(run, what);
    if (!succeeded(answer)) throw refused(answer, what);
    const auto document = xml(answer, what.doing);
    const auto result = document.child("ListBucketResult");
    for (const auto& content : result.children("Contents")) {
      names.objects.push_back(
          {address_.name(content.child_value("Key")), {content.child("Size").text().as_llong()}});
    }
    for (const auto& folder : result.children("CommonPrefixes")) {
      names.folders.push_back(address_.name(folder.child_value("Prefix")));
    }
    more = result.child("IsTruncated").text().as_bool();
    if (more) what.query["continuation-token"] = result.child_value("NextContinuationToken");
  }
  return names;
}

std::vector<Upload> Bucket::uploads(Run& run, std::string_view begin) {
  std::vector<Upload> found;
  Call what{.method = "GET", .name = {}, .doing = "list unfinished uploads", .about_bucket = true};
  what.query = {{"uploads", ""},
                {"max-uploads", std::to_string(manner_.page)},
                {"prefix", address_.key(begin)}};
  for (bool more = true; more;) {
    const auto answer = ask(run, what);
    if (!succeeded(answer)) throw refused(answer, what);
    const auto document = xml(answer, what.doing);
    const auto result = document.child("ListMultipartUploadsResult");
    for (const auto& upload : result.children("Upload")) {
      found.push_back({address_.name(upload.child_value("Key")), upload.child_value("UploadId")});
    }
    more = result.child("IsTruncated").text().as_bool();
    what.query["key-marker"] = result.child_value("NextKeyMarker");
    what.query["upload-id-marker"] = result.child_value("NextUploadIdMarker");
  }
  return found;
}

std::optional<ReadObject> Bucket::read(Run& run, const std::string& name) {
  const Call what{.method = "GET", .name = name, .doing = fmt::format("read '{}'", name)};
  auto answer = ask(run, what);
  if (is_missing(answer)) return std::nullopt;
  if (!succeeded(answer)) throw refused(answer, what);
  const auto now = parse_http_date(header(answer, "date"));
  const auto written = parse_http_date(header(answer, "last-modified"));
  ReadObject result{std::move(answer.body), header(answer, "etag")};
  if (now && written) result.age = std::chrono::floor<std::chrono::seconds>(*now - *written);
  return result;
}

void Bucket::stream(Run& run, const std::string& name,
                    const std::function<void(std::string_view)>& sink) {
  std::int64_t taken = 0;
  std::string etag;
  Call what{.method = "GET", .name = name, .doing = fmt::format("read '{}'", name)};
  what.sink = [&](std::string_view bytes) {
    sink(bytes);
    taken += static_cast<std::int64_t>(bytes.size());
  };
  http::Answer answer;
  const Call facts{.method = "HEAD", .name = name, .doing = what.doing};
  const auto head = ask(run, facts);
  if (!succeeded(head)) throw refused(head, facts);
  etag = header(head, "etag");
  retry(run, manner_.tries, manner_.backoff, fmt::format("to {}", what.doing), [&](int) {
    what.headers = {{"If-Match", etag}};
    if (taken > 0) {
      if (std::to_string(taken) == header(head, "content-length")) return;
      what.headers.emplace_back("Range", fmt::format("bytes={}-", taken));
    }
    const bool whole = taken == 0;
    answer = send_once(run, what);
    if (is_passing(answer)) throw refused(answer, what);
    if (!succeeded(answer) || (answer.status == k_ok) == whole) return;
    throw Error(ErrorKind::internal,
                fmt::format("cannot {}: the store ignores ranges", what.doing));
  });
  if (!succeeded(answer)) throw refused(answer, what);
}

void Bucket::write(Run& run, const std::string& name, const std::string& text) {
  const Call what{
      .method = "PUT", .name = name, .doing = fmt::format("write '{}'", name), .payload = {text}};
  const auto answer = ask(run, what);
  if (!succeeded(answer)) throw refused(answer, what);
}

// Determines whether a conditional write was done: an earlier try may have done it while its answer
// was lost.
Written Bucket::settled(Run& run, const http::Answer& answer, const Call& what,
                        const std::string& token) {
  const auto refusal = refusal_in(answer);
  if (succeeded(answer) && refusal.code.empty()) return Written::yes;
  const bool condition = answer.status == k_precondition || refusal.code == "PreconditionFailed";
  if (!condition && refusal.code != "NoSuchUpload") throw refused(answer, what);
  const auto head = ask(run, {.method = "HEAD", .name = what.name, .doing = what.doing});
  if (succeeded(head) && header(head, std::string(k_token)) == token) return Written::yes;
  if (condition) return Written::condition_failed;
  throw refused(answer, what);
}

Written Bucket::write_new(Run& run, const std::string& name, const Payload& payload,
                          const std::string& token) {
  const Call what{.method = "PUT",
                  .name = name,
                  .doing = fmt::format("write '{}'", name),
                  .headers = {{"If-None-Match", "*"}, {std::string(k_token), token}},
                  .payload = payload};
  return settled(run, ask(run, what), what, token);
}

std::optional<std::string> Bucket::replace(Run& run, const std::string& name,
                                           const std::string& text, const std::string& etag) {
  const Call what{.method = "PUT",
                  .name = name,
                  .doing = fmt::format("write '{}'", name),
                  .headers = {{"If-Match", etag}},
                  .payload = {text}};
  const auto answer = ask(run, what);
  if (answer.status == k_precondition || is_missing(answer)) return std::nullopt;
  if (!succeeded(answer)) throw refused(answer, what);
  return header(answer, "etag");
}

void Bucket::remove(Run& run, const std::string& name) {
  const Call what{.method = "DELETE", .name = name, .doing = fmt::format("remove '{}'", name)};
  const auto answer = ask(run, what);
  if (!succeeded(answer) && !is_missing(answer)) throw refused(answer, what);
}

void Bucket::remove_if(Run& run, const std::string& name, const std::string& etag) {
  const Call what{.method = "DELETE",
                  .name = name,
                  .doing = fmt::format("remove '{}'", name),
                  .headers = {{"If-Match", etag}}};
  const auto answer = ask(run, what);
  const bool not_it = answer.status == k_precondition || is_missing(answer);
  if (!succeeded(answer) && !not_it) throw refused(answer, what);
}

std::optional<std::string> Bucket::setting(Run& run, const std::string& name) {
  Call what{.method = "GET",
            .name = {},
            .doing = fmt::format("read the bucket's {}", name),
            .about_bucket = true};
  what.query = {{name, ""}};
  auto answer = ask(run, what);
  if (answer.status != k_ok) return std::nullopt;
  return std::move(answer.body);
}

std::string Bucket::begin_upload(Run& run, const std::string& name, const std::string& token) {
  const Call what{.method = "POST",
                  .name = name,
                  .doing = fmt::format("begin to upload '{}'", name),
                  .query = {{"uploads", ""}},
                  .headers = {{std::string(k_token), token}}};
  const auto answer = ask(run, what);
  if (!succeeded(answer)) throw refused(answer, what);
  const auto document = xml(answer, what.doing);
  return document.child("InitiateMultipartUploadResult").child_value("UploadId");
}

std::string Bucket::send_part(Run& run, const Upload& upload, int number,
                              const http::FilePart& part) {
  const Call what{.method = "PUT",
                  .name = upload.name,
                  .doing = fmt::format("upload part {} of '{}'", number, upload.name),
                  .query = {{"partNumber", std::to_string(number)}, {"uploadId", upload.id}},
                  .payload = {{}, part}};
  const auto answer = ask(run, what);
  if (!succeeded(answer)) throw refused(answer, what);
  return header(answer, "etag");
}

Written Bucket::end_upload(Run& run, const Upload& upload, const std::vector<std::string>& etags,
                           const std::string& token) {
  pugi::xml_document document;
  auto list = document.append_child("CompleteMultipartUpload");
  for (std::size_t i = 0; i < etags.size(); ++i) {
    auto part = list.append_child("Part");
    part.append_child("PartNumber").text().set(i + 1);
    part.append_child("ETag").text().set(etags[i].c_str());
  }
  struct Text final : pugi::xml_writer {
    std::string text;
    void write(const void* data, std::size_t size) override {
      text.append(static_cast<const char*>(data), size);
    }
  } body;
  document.save(body, "", pugi::format_raw);
  const Call what{.method = "POST",
                  .name = upload.name,
                  .doing = fmt::format("end the upload of '{}'", upload.name),
                  .query = {{"uploadId", upload.id}},
                  .headers = {{"If-None-Match", "*"}},
                  .payload = {body.text},
                  .patience = k_patience_for_end};
  return settled(run, ask(run, what), what, token);
}

void Bucket::abort_upload(Run& run, const Upload& upload) {
  const Call what{.method = "DELETE",
                  .name = upload.name,
                  .doing = fmt::format("abort the upload of '{}'", upload.name),
                  .query = {{"uploadId", upload.id}}};
  const auto answer = ask(run, what);
  if (!succeeded(answer) && !is_missing(answer)) throw refused(answer, what);
}

}  // namespace tidegate::archive::s3
