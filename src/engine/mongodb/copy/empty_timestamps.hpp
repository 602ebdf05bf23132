#pragma once

/// Empty timestamps, carried as they are. When a document is inserted or replaced, the server puts
/// its own time in place of each `Timestamp(0, 0)` among the document's fields, `_id` aside; `$out`
/// and `$merge` insert. It leaves those that an update by operators sets. So the copy's are set
/// again, in their place in the document, and the copy has the source's bytes.

#include <bson/bson.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// The names of the fields, `_id` aside, that hold an empty timestamp. Those of documents within
/// the document are left alone by the server, and do not count.
std::vector<std::string> empty_timestamps(const bson_t& document);

/// The update that sets the empty timestamps of one document, which has an `_id`, again: an element
/// of `updates`.
Bson update_of(const bson_t& document, const std::vector<std::string>& fields);

/// The filter of a query for documents that have any.
Bson with_empty_timestamps();

/// Sets them in documents of one collection, a batch at a time.
class TimestampRestorer {
 public:
  /// `bypass_validation`: the collection has a validator, which its documents may break.
  TimestampRestorer(Run& run, Server& server, Namespace copy, bool bypass_validation)
      : run_(run), server_(server), copy_(std::move(copy)), bypass_(bypass_validation) {}

  /// The document as it should be; remembered if it has any.
  void add(const bson_t& document);
  void add(std::span<const std::uint8_t> document);
  /// Sends what is remembered. The documents have been inserted by now.
  void send();
  bool is_full() const { return updates_.size() >= k_batch; }
  std::int64_t documents() const { return documents_; }

 private:
  static constexpr std::size_t k_batch = 500;
  Run& run_;
  Server& server_;
  Namespace copy_;
  bool bypass_;
  std::vector<Bson> updates_;
  std::int64_t documents_ = 0;
};

/// Whether the server has the capability of this name, as far as it is known.
bool keeps_empty_timestamps(Server& server);

/// Whether the source holds any. Ends at the first.
bool any_empty_timestamps(Run& run, Server& server, const Namespace& source,
                          const Bson& read_concern);

/// Sets those of the source, as they were at the read concern's moment, in its copy.
/// @returns how many documents of the source have any.
std::int64_t restore_empty_timestamps(Run& run, Server& server, const Namespace& source,
                                      const Bson& read_concern, TimestampRestorer& copy);

/// How many documents have any.
std::int64_t count_empty_timestamps(Run& run, Server& server, const Namespace& collection);

}  // namespace tidegate::engine::mongodb
