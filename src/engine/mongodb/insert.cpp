#include <fmt/format.h>

#include "engine/mongodb/clients.hpp"
#include "engine/mongodb/server.hpp"

namespace tidegate::engine::mongodb {
namespace {

using BulkPtr = std::unique_ptr<mongoc_bulk_operation_t, decltype(&mongoc_bulk_operation_destroy)>;
using CollectionPtr = std::unique_ptr<mongoc_collection_t, decltype(&mongoc_collection_destroy)>;

}  // namespace

void Server::insert(Run& run, const Namespace& collection,
                    const std::vector<std::span<const std::uint8_t>>& documents,
                    const Insert& how) {
  run.check();
  const auto clients = clients_for(run, {});
  const Connection connection(*clients);
  const CollectionPtr into(
      mongoc_client_get_collection(connection.get(), collection.database.c_str(),
                                   collection.collection.c_str()),
      &mongoc_collection_destroy);
  Bson options = doc("ordered", how.ordered, "writeConcern", doc("w", "majority"));
  options.add("comment", std::string_view(comment_of(run.id())));
  const BulkPtr bulk(mongoc_collection_create_bulk_operation_with_opts(into.get(), options.raw()),
                     &mongoc_bulk_operation_destroy);
  mongoc_bulk_operation_set_bypass_document_validation(bulk.get(), how.bypass_validation);
  const Bson as_it_is = doc("validate", false);
  bson_error_t error{};
  for (const auto& each : documents) {
    bson_t view;
    if (!bson_init_static(&view, each.data(), each.size()) ||
        !mongoc_bulk_operation_insert_with_opts(bulk.get(), &view, as_it_is.raw(), &error)) {
      throw Error(ErrorKind::internal, fmt::format("cannot insert a document: {}", error.message));
    }
  }
  bson_t reply;
  const bool ok = mongoc_bulk_operation_execute(bulk.get(), &reply, &error) != 0;
  const Bson result = Bson::take(reply);
  bson_destroy(&reply);
  if (ok) return;
  throw failure(run, error, result, fmt::format("insert on '{}'", collection.database), {});
}

}  // namespace tidegate::engine::mongodb
