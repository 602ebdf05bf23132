#include <fmt/format.h>

#include "engine/mongodb/driver/bounded_call.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {
namespace {

using BulkPtr = std::unique_ptr<mongoc_bulk_operation_t, decltype(&mongoc_bulk_operation_destroy)>;
using CollectionPtr = std::unique_ptr<mongoc_collection_t, decltype(&mongoc_collection_destroy)>;

/// Documents that are on their way, copied into the library's own memory.
class Bulk {
 public:
  Bulk(std::shared_ptr<Clients> clients, const Namespace& collection, const Bson& options)
      : clients_(std::move(clients)),
        connection_(*clients_),
        into_(mongoc_client_get_collection(connection_.get(), collection.database.c_str(),
                                           collection.collection.c_str()),
              &mongoc_collection_destroy),
        bulk_(mongoc_collection_create_bulk_operation_with_opts(into_.get(), options.raw()),
              &mongoc_bulk_operation_destroy) {}

  void bypass_validation(bool bypass) {
    mongoc_bulk_operation_set_bypass_document_validation(bulk_.get(), bypass);
  }
  void add(std::span<const std::uint8_t> document) {
    const Bson as_it_is = doc("validate", false);
    bson_error_t error{};
    bson_t view;
    if (!bson_init_static(&view, document.data(), document.size()) ||
        !mongoc_bulk_operation_insert_with_opts(bulk_.get(), &view, as_it_is.raw(), &error)) {
      throw Error(ErrorKind::internal, fmt::format("cannot insert a document: {}", error.message));
    }
  }
  Answer execute() {
    Answer answer;
    bson_t reply;
    answer.ok = mongoc_bulk_operation_execute(bulk_.get(), &reply, &answer.error) != 0;
    answer.reply = Bson::take(reply);
    bson_destroy(&reply);
    return answer;
  }

 private:
  std::shared_ptr<Clients> clients_;
  Connection connection_;
  CollectionPtr into_;
  BulkPtr bulk_;
};

}  // namespace

void Server::insert(Run& run, const Namespace& collection,
                    const std::vector<std::span<const std::uint8_t>>& documents,
                    const Insert& how) {
  run.check();
  Bson options = doc("ordered", how.ordered, "writeConcern", doc("w", "majority"));
  options.add("comment", std::string_view(comment_of(run.id())));
  auto bulk = std::make_shared<Bulk>(clients_for(run, {}), collection, options);
  bulk->bypass_validation(how.bypass_validation);
  for (const auto& each : documents) bulk->add(each);
  answers_ = false;
  const auto answer = ask_once(
      run, [bulk = std::move(bulk)] { return bulk->execute(); }, display_);
  answers_ = answer.ok || !answer.reply.empty();
  if (answer.ok) return;
  throw failure(run, answer.error, answer.reply, fmt::format("insert on '{}'", collection.database),
                {});
}

}  // namespace tidegate::engine::mongodb
