#include "engine/mongodb/copy/audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>

#include "base/side_by_side.hpp"
#include "engine/mongodb/copy/definition.hpp"
#include "engine/mongodb/copy/inspect.hpp"

namespace tidegate::engine::mongodb {
namespace {

constexpr int k_at_once = 2;  // documents stream through this process; more would cost memory
constexpr std::string_view k_snapshot = "snapshot";

std::string count_text(std::int64_t count) { return std::to_string(count); }

/// Everything about one comparison that its parts need to know.
struct Comparison {
  Run& run;
  Server& server;
  const DatabaseName& database;
  const Metadata& expected;
  const std::string& metadata_collection;
  std::optional<PublishPlan> plan;  ///< of the run that is expected, when it has yet to be finished
  std::map<std::string, CollectionInfo> there;  ///< by name, contents and staging

  /// Where a content is to be read: during a publish under its staging name if that is there with
  /// the planned UUID, else under its own.
  const CollectionInfo* place_of(const Content& content) const;
  engine::VerifyReport compare();
  std::vector<engine::Difference> compare_names() const;
  /// In a target, documents that run out are removed by the server, as they should be.
  bool expires_by_itself(const Content& content) const;
  std::vector<engine::Difference> compare_definition(const Content& content,
                                                     const CollectionInfo& found) const;
  std::vector<engine::Difference> compare_documents(Content& content, const CollectionInfo& found,
                                                    const std::atomic<bool>& abandoned) const;
};

const CollectionInfo* find_in(const std::map<std::string, CollectionInfo>& listed,
                              const std::string& name) {
  const auto found = listed.find(name);
  return found == listed.end() ? nullptr : &found->second;
}

const CollectionInfo* Comparison::place_of(const Content& content) const {
  const auto* own = find_in(there, content.name);
  if (!plan) return own;
  for (const auto& move : plan->moves) {
    if (move.name != content.name) continue;
    const auto* staged = find_in(there, move.staging);
    if (staged && staged->uuid == move.uuid) return staged;
    return own && own->uuid == move.uuid ? own : nullptr;
  }
  return own;
}

/// Collections that are there and not in the metadata. In the middle of a publish such collections
/// are still on their way out.
std::vector<engine::Difference> Comparison::compare_names() const {
  std::vector<engine::Difference> differences;
  if (plan) return differences;
  std::set<std::string> wanted(expected.collections.begin(), expected.collections.end());
  for (const auto& content : expected.contents) wanted.insert(content.name);
  for (const auto& [name, listed] : there) {
    if (belongs(listed, metadata_collection) != CollectionOwner::to_user) continue;
    if (wanted.count(name) == 0) {
      differences.push_back({name, "unexpected", "nothing", "a " + listed.type});
    }
  }
  return differences;
}

std::map<std::string, Bson> by_name(const std::vector<Bson>& indexes, bool with_ttl) {
  std::map<std::string, Bson> result;
  for (const auto& index : indexes) {
    const Bson plain = index.without({"ns", "background"});
    result.emplace(index.text("name"), with_ttl ? plain : without_ttl(plain));
  }
  return result;
}

std::string text_of(const std::map<std::string, Bson>& indexes, const std::string& name) {
  const auto found = indexes.find(name);
  return found == indexes.end() ? fmt::format("no index '{}'", name) : found->second.relaxed_json();
}

void compare_indexes(const std::string& collection, const std::map<std::string, Bson>& expected,
                     const std::map<std::string, Bson>& found,
                     std::vector<engine::Difference>& differences) {
  std::set<std::string> names;
  for (const auto& [name, index] : expected) names.insert(name);
  for (const auto& [name, index] : found) names.insert(name);
  for (const auto& name : names) {
    const auto want = expected.find(name);
    const auto have = found.find(name);
    const bool both = want != expected.end() && have != found.end();
    if (both && want->second == have->second) continue;
    differences.push_back({collection, "indexes", text_of(expected, name), text_of(found, name)});
  }
}

std::vector<engine::Difference> Comparison::compare_definition(const Content& content,
                                                               const CollectionInfo& found) const {
  std::vector<engine::Difference> differences;
  if (content.type != found.type) {
    differences.push_back({content.name, content.type == "view" ? "view" : "options",
                           "a " + content.type, "a " + found.type});
    return differences;
  }
  const auto indexes = found.type == "view" ? std::vector<Bson>{}
                                            : server.indexes(run, {database.text(), found.name});
  if (content.definition.empty()) {
    if (content.indexes > 0 && content.indexes != static_cast<int>(indexes.size())) {
      differences.push_back({content.name, "indexes", count_text(content.indexes),
                             count_text(static_cast<std::int64_t>(indexes.size()))});
    }
    return differences;
  }
  const auto wanted = Definition::read(content.definition);
  // A snapshot would rot if documents expired in it: there TTL indexes are built as plain ones, and
  // clustered collections without a time to live.
  const bool with_ttl = expected.target != k_snapshot;
  const auto options_of = [&](const Bson& options) {
    return with_ttl ? options : without_ttl(options);
  };
  if (!Definition{wanted.type, options_of(wanted.options), {}}.equals(
          {found.type, options_of(found.options), {}})) {
    differences.push_back({content.name, wanted.is_view() ? "view" : "options",
                           wanted.options.relaxed_json(), found.options.relaxed_json()});
  }
  compare_indexes(content.name, by_name(wanted.indexes, with_ttl), by_name(indexes, with_ttl),
                  differences);
  return differences;
}

std::vector<engine::Difference> differences_of(const Content& expected, const Checksum& found) {
  std::vector<engine::Difference> differences;
  const auto differs = [&](const char* what, std::string want, std::string have) {
    differences.push_back({expected.name, what, std::move(want), std::move(have)});
  };
  const bool bytes_known = expected.bytes.count > 0 || expected.documents == 0;
  if (found.documents != expected.documents) {
    differs("documents", count_text(expected.documents), count_text(found.documents));
  }
  if (bytes_known && found.bytes != expected.bytes) {
    differs("bytes", count_text(expected.bytes.count), count_text(found.bytes.count));
  }
  // Other counts and sizes say enough.
  if (differences.empty() && !expected.checksum.empty() && found.md5 != expected.checksum) {
    differs("checksum", expected.checksum, found.md5);
  }
  return differences;
}

Verified method_for(const Content& content) {
  if (!content.checksum.empty()) return Verified::checksum;
  return content.bytes.count > 0 || content.documents == 0 ? Verified::size : Verified::count;
}

bool Comparison::expires_by_itself(const Content& content) const {
  return expected.target != k_snapshot && !content.definition.empty() &&
         Definition::read(content.definition).has_ttl();
}

/// `content` becomes what was found; verified by nothing where documents have expired.
std::vector<engine::Difference> Comparison::compare_documents(
    Content& content, const CollectionInfo& found, const std::atomic<bool>& abandoned) const {
  const Namespace place{database.text(), found.name};
  const auto wanted = content;
  const auto average =
      wanted.documents > 0 ? wanted.bytes.count / wanted.documents : std::int64_t{0};
  auto& progress = run.progress();
  const auto began = run.clock().steady();
  progress.item_started(wanted.name, wanted.documents, wanted.bytes);
  const auto advanced = [&](std::int64_t documents) {
    progress.item_advanced(wanted.name, "verify", documents);
    return !abandoned;
  };
  auto sum = wanted.checksum.empty() ? server_sum(run, server, place)
                                     : stream_sum(run, server, place, average, advanced);
  // Which order the server's own checksum has taken depends on its version.
  if (sum.md5 != wanted.checksum && found.options.truth("capped") && !abandoned) {
    const auto other = stream_sum(run, server, place, average, advanced, Order::natural);
    if (other.md5 == wanted.checksum) sum = other;
  }
  content.documents = sum.documents;
  content.bytes = sum.bytes;
  content.checksum = sum.md5;
  content.verified = method_for(wanted);
  auto differences = differences_of(wanted, sum);
  const bool expired = sum.documents < wanted.documents && expires_by_itself(wanted);
  if (expired) differences.clear();
  ItemResult result;
  result.documents = sum.documents;
  result.bytes = sum.bytes;
  result.copy_time =
      std::chrono::duration_cast<std::chrono::milliseconds>(run.clock().steady() - began);
  result.indexes = content.indexes;
  result.note = differences.empty() ? "equal" : "differs";
  if (expired) {
    result.note = fmt::format("expires by itself: {} of {} are left, not compared", sum.documents,
                              wanted.documents);
    content.verified = Verified::none;
  }
  progress.item_finished(wanted.name, result);
  return differences;
}

/// Metadata of other writers may name collections and tell no more of them.
std::vector<engine::Difference> missing_names(const Metadata& expected,
                                              const std::map<std::string, CollectionInfo>& there) {
  std::vector<engine::Difference> differences;
  for (const auto& name : expected.collections) {
    if (expected.find(name) == nullptr && there.count(name) == 0) {
      differences.push_back({name, "missing", "a collection", "nothing"});
    }
  }
  return differences;
}

/// The weakest over all stored contents; names alone prove nothing.
Verified weakest(const Metadata& expected) {
  Verified method = Verified::checksum;
  for (const auto& name : expected.collections) {
    const auto* content = expected.find(name);
    method = weaker(method, content ? method_for(*content) : Verified::none);
  }
  for (const auto& content : expected.contents) {
    if (content.type == "collection") method = weaker(method, method_for(content));
  }
  return method;
}

void expect_work(Run& run, const std::vector<Content>& contents) {
  int items = 0;
  std::int64_t documents = 0;
  Bytes bytes;
  for (const auto& content : contents) {
    if (content.type != "collection") continue;
    ++items;
    documents += content.documents;
    bytes += content.bytes;
  }
  run.progress().expect(items, documents, bytes);
}

engine::VerifyReport Comparison::compare() {
  engine::VerifyReport report;
  report.contents = expected.contents;
  report.method = weakest(expected);
  report.differences = compare_names();
  const auto unnamed = missing_names(expected, there);
  report.differences.insert(report.differences.end(), unnamed.begin(), unnamed.end());
  expect_work(run, expected.contents);

  std::vector<std::size_t> largest_first(report.contents.size());
  for (std::size_t i = 0; i < largest_first.size(); ++i) largest_first[i] = i;
  std::stable_sort(largest_first.begin(), largest_first.end(), [&](auto a, auto b) {
    return report.contents[a].bytes > report.contents[b].bytes;
  });
  std::mutex mutex;
  side_by_side(
      largest_first.size(), k_at_once, [&](std::size_t index, const std::atomic<bool>& abandoned) {
        auto& content = report.contents[largest_first[index]];
        // Views are made after the renames; until then the plan is all there is of them.
        if (plan && content.type == "view") return;
        const auto* found = place_of(content);
        std::vector<engine::Difference> differences;
        bool expired = false;
        if (!found) {
          differences.push_back({content.name, "missing", "a " + content.type, "nothing"});
        } else {
          differences = compare_definition(content, *found);
          if (content.type == "collection" && found->type == "collection") {
            const auto more = compare_documents(content, *found, abandoned);
            differences.insert(differences.end(), more.begin(), more.end());
            expired = content.verified == Verified::none;
          }
        }
        const std::lock_guard lock(mutex);
        if (expired) report.not_compared.push_back(content.name);
        report.differences.insert(report.differences.end(), differences.begin(), differences.end());
      });
  std::stable_sort(report.differences.begin(), report.differences.end(),
                   [](const auto& a, const auto& b) { return a.collection < b.collection; });
  std::sort(report.not_compared.begin(), report.not_compared.end());
  return report;
}

[[noreturn]] void filled_again(const DatabaseName& database, const std::string& by) {
  throw Error(ErrorKind::conflict,
              fmt::format("'{}' was filled again by run {} while it was being compared",
                          database.text(), by.empty() ? "(unknown)" : by),
              "compare it again");
}

}  // namespace

engine::VerifyReport audit(Run& run, Server& server, const DatabaseName& database,
                           const Metadata& expected, const std::string& metadata_collection) {
  constexpr int k_looks = 3;
  for (int look = 1;; ++look) {
    Comparison comparison{run, server, database, expected, metadata_collection, {}, {}};
    const auto told = records(run, server, database, metadata_collection);
    if (const auto plan = told.plan(); plan && plan->run == expected.run) comparison.plan = plan;
    for (auto& each : server.collections(run, database.text())) {
      auto name = each.name;
      comparison.there.emplace(std::move(name), std::move(each));
    }
    auto report = comparison.compare();
    if (report.equal()) return report;
    const auto now = published_metadata(run, server, database, metadata_collection);
    if (now && now->run != expected.run) filled_again(database, now->run);
    // A publish that goes on meanwhile renames what is being read.
    if (!comparison.plan || look == k_looks) return report;
  }
}

}  // namespace tidegate::engine::mongodb
