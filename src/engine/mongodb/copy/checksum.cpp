#include "engine/mongodb/copy/checksum.hpp"

#include "engine/mongodb/copy/audit.hpp"
#include "engine/mongodb/driver/faults.hpp"

namespace tidegate::engine::mongodb {
namespace {

bool has_no_dbhash(const Error& error) {
  const int code = error.server_code();
  return says_unsupported(error) || code == k_atlas || code == k_unauthorized;
}

/// The names have dots in them, so that no path leads there. Empty when absent, or when something
/// else stands there than an md5: a collection without an index on `_id` has words in its place.
std::string entry(const Bson& collections, const std::string& name) {
  bson_iter_t iterator;
  if (!bson_iter_init_find(&iterator, collections.raw(), name.c_str())) return {};
  const std::string text =
      BSON_ITER_HOLDS_UTF8(&iterator) ? bson_iter_utf8(&iterator, nullptr) : "";
  return text.size() == 32 && text.find_first_not_of("0123456789abcdef") == std::string::npos ? text
                                                                                              : "";
}

}  // namespace

LeaseExtension::LeaseExtension(Run& run, ServerLease& lease, std::chrono::milliseconds estimate)
    : run_(run), lease_(lease) {
  lease_.begin_blocking(run, estimate);
}

LeaseExtension::~LeaseExtension() {
  try {
    lease_.end_blocking(run_);
  } catch (const std::exception& error) {
    // Each step that destroys something asks again whether the lease is still held.
    run_.log().debug(std::string("cannot shorten the lease again: ") + error.what(),
                     {{"run", run_.id()}});
  }
}

std::string checksum(Run& run, Server& server, const Namespace& collection, std::int64_t documents,
                     Bytes size) {
  Bson command = doc("dbHash", 1);
  command.add_array("collections", Bson::strings({collection.collection}));
  try {
    const auto reply = server.read(run, collection.database, command);
    // A name that it does not know it leaves out without an error.
    const auto found = entry(reply.document("collections"), collection.collection);
    if (!found.empty()) return found;
  } catch (const Error& error) {
    if (!has_no_dbhash(error)) throw;
  }
  return stream_sum(run, server, collection, documents > 0 ? size.count / documents : 0).md5;
}

}  // namespace tidegate::engine::mongodb
