#include "model/metadata.hpp"

#include <algorithm>

namespace tidegate {

std::string_view to_text(Status status) {
  return status == Status::complete ? "complete" : "publishing";
}

std::string_view to_text(Consistency consistency) {
  return consistency == Consistency::point_in_time ? "point-in-time" : "per-collection";
}

std::string_view to_text(Verified verified) {
  switch (verified) {
    case Verified::checksum:
      return "checksum";
    case Verified::size:
      return "size";
    case Verified::count:
      return "count";
    case Verified::none:
      break;
  }
  return "none";
}

std::optional<Status> parse_status(std::string_view text) {
  if (text == "complete") return Status::complete;
  if (text == "publishing") return Status::publishing;
  return std::nullopt;
}

std::optional<Consistency> parse_consistency(std::string_view text) {
  if (text == "point-in-time") return Consistency::point_in_time;
  if (text == "per-collection") return Consistency::per_collection;
  return std::nullopt;
}

std::optional<Verified> parse_verified(std::string_view text) {
  for (const auto way : {Verified::checksum, Verified::size, Verified::count, Verified::none}) {
    if (to_text(way) == text) return way;
  }
  return std::nullopt;
}

Verified weaker(Verified a, Verified b) { return std::max(a, b); }

std::int64_t Metadata::total_documents() const {
  std::int64_t total = 0;
  for (const auto& content : contents) total += content.documents;
  return total;
}

Bytes Metadata::total_bytes() const {
  Bytes total;
  for (const auto& content : contents) total += content.bytes;
  return total;
}

const Content* Metadata::find(std::string_view name) const {
  const auto found = std::find_if(contents.begin(), contents.end(),
                                  [&](const Content& content) { return content.name == name; });
  return found == contents.end() ? nullptr : &*found;
}

std::string counted_kinds(const std::vector<Content>& contents) {
  const auto views = std::count_if(contents.begin(), contents.end(),
                                   [](const Content& each) { return each.is_view(); });
  auto text = counted(static_cast<std::int64_t>(contents.size()) - views, "collection");
  if (views > 0) text += " and " + counted(views, "view");
  return text;
}

std::string Metadata::what_it_holds() const {
  // Metadata that something else wrote may have names only.
  if (contents.empty()) return counted(static_cast<std::int64_t>(collections.size()), "collection");
  return counted_kinds(contents);
}

}  // namespace tidegate
