#include "engine/mongodb/driver/library.hpp"

#include <mongoc/mongoc.h>

#include <atomic>
#include <string>

#include "base/error.hpp"

namespace tidegate::engine::mongodb {
namespace {

std::atomic<bool> g_begun{false};

void pass_on(mongoc_log_level_t level, const char* domain, const char* message, void* data) {
  auto& log = *static_cast<Log*>(data);
  const LogFields fields{{"library", std::string("mongoc ") + domain}};
  if (level == MONGOC_LOG_LEVEL_ERROR || level == MONGOC_LOG_LEVEL_CRITICAL) {
    log.warning(message, fields);
  } else if (level == MONGOC_LOG_LEVEL_WARNING) {
    log.debug(message, fields);
  }
}

}  // namespace

Library::Library(Log& log) {
  if (g_begun.exchange(true)) {
    throw Error(ErrorKind::internal, "the MongoDB client library is started a second time");
  }
  mongoc_log_set_handler(&pass_on, &log);  // first: it has something to say while it begins
  mongoc_init();
}

Library::~Library() {
  // Silence from here on: the log may be gone before the library's last words.
  mongoc_log_set_handler(nullptr, nullptr);
  if (!any_left_alone()) mongoc_cleanup();
}

}  // namespace tidegate::engine::mongodb
