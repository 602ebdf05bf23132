#include "engine/postgresql/copy/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/bytes.hpp"

namespace tidegate::engine::postgresql {
namespace {

using Differences = std::vector<Difference>;

Content content_in(const DatabaseImage& image, std::size_t index) {
  auto content = content_of(image.relations[index]);
  if (content.type == "view") {
    content.verified = Verified::checksum;  // a view has nothing but its definition
  } else if (!image.unread) {
    note_sum(content, image.sums[index]);
  }
  return content;
}

void compare_text(Differences& differences, const std::string& name, const char* what,
                  const std::string& expected, const std::string& found) {
  if (!expected.empty() && expected != found) differences.push_back({name, what, expected, found});
}

void compare_number(Differences& differences, const std::string& name, const char* what,
                    std::int64_t expected, std::int64_t found) {
  if (expected == found) return;
  differences.push_back({name, what, std::to_string(expected), std::to_string(found)});
}

/// Rows of a snapshot whose checksum has the form of an older version are only counted.
bool has_sum(const Content& expected) { return is_comparable(expected.checksum); }

bool equal_rows(const Content& expected, const Content& content) {
  return expected.documents == content.documents &&
         (!has_sum(expected) || expected.checksum == content.checksum);
}

/// The reason why differing rows are no damage; empty where they are.
std::string why_computed(const Content& expected, const Content& content, bool is_refreshed) {
  if (is_refreshed) return "refreshed during the copy: its rows differ from the source's";
  const bool inputs_equal =
      !expected.input_checksum.empty() && expected.input_checksum == content.input_checksum;
  if (!inputs_equal || expected.documents != content.documents) return {};
  return "generated columns were computed again during the copy: they differ from the source's";
}

/// Records in `content` how it was compared.
void compare_rows(Differences& differences, const ExpectedRelation& wanted, Computed computed,
                  bool is_refreshed, Content& content) {
  const auto& expected = wanted.content;
  const bool known = !expected.checksum.empty() || expected.verified != Verified::none;
  content.verified = Verified::none;
  if (!known) return;
  content.verified = has_sum(expected) ? Verified::checksum : Verified::count;
  if (equal_rows(expected, content)) return;
  if (computed == Computed::noted) {
    content.note = why_computed(expected, content, is_refreshed);
    if (is_refreshed) content.verified = Verified::none;
    if (!content.note.empty()) return;
  }
  compare_number(differences, content.name, "documents", expected.documents, content.documents);
  if (expected.documents != content.documents) return;
  if (!has_sum(expected)) return;
  compare_text(differences, content.name, "checksum", expected.checksum, content.checksum);
}

void believe_rows(const Content& expected, Verified known, Content& content) {
  content.documents = expected.documents;
  content.bytes = expected.bytes;
  content.checksum = expected.checksum;
  content.input_checksum = expected.input_checksum;
  content.note = expected.note;
  content.verified = known;
}

/// `of 150013`: the version that printed a definition; empty for none.
std::string_view words_of(std::string_view definition) {
  const auto at = definition.rfind(" of ");
  return at == std::string_view::npos ? std::string_view() : definition.substr(at);
}

/// Metadata of former versions have one name for both kinds of views, and no rows of them.
bool is_former(const Content& expected, const Content& content) {
  return expected.type == "view" && content.type == "materialized view";
}

void compare_one(Differences& differences, const ExpectedRelation& wanted,
                 const DatabaseImage& image, std::size_t index, Computed computed,
                 Content& content) {
  const auto& expected = wanted.content;
  const auto& relation = image.relations[index];
  if (words_of(wanted.definition) == words_of(relation.definition)) {
    compare_text(differences, content.name, "definition", wanted.definition, relation.definition);
  }
  if (is_former(expected, content)) return;
  compare_text(differences, content.name, "type", expected.type, content.type);
  if (!content.is_view()) {
    compare_number(differences, content.name, "indexes", expected.indexes, content.indexes);
  }
  if (content.type == "view") return;
  if (wanted.populated && *wanted.populated != relation.populated) {
    const auto* filled = "filled";
    const auto* empty = "never filled";
    differences.push_back({content.name, "rows", *wanted.populated ? filled : empty,
                           relation.populated ? filled : empty});
  } else if (image.unread) {
    believe_rows(expected, *image.unread, content);
  } else {
    compare_rows(differences, wanted, computed, relation.kind == 'm', content);
  }
}

}  // namespace

DatabaseImage image_of(Run& run, Server& server, const DatabaseName& database, int parallel) {
  ExportedSnapshot moment(run, server, database);
  DatabaseImage image;
  image.relations = moment.relations(run);
  image.sums = moment.sum_all(run, image.relations, parallel);
  return image;
}

DatabaseImage outline_of(Run& run, Server& server, const DatabaseName& database, Verified rows) {
  auto session = server.open(run, database);
  return {relations(session, run, Detail::definitions), {}, rows};
}

VerifyReport compare(const std::vector<ExpectedRelation>& wanted, const DatabaseImage& image,
                     Computed computed) {
  VerifyReport report;
  report.method = Verified::checksum;
  std::map<std::string, const ExpectedRelation*> open;
  for (const auto& each : wanted) open[each.content.name] = &each;
  for (std::size_t i = 0; i < image.relations.size(); ++i) {
    auto content = content_in(image, i);
    const auto found = open.find(content.name);
    if (found == open.end()) {
      report.differences.push_back({content.name, "table", "none", "there"});
    } else {
      compare_one(report.differences, *found->second, image, i, computed, content);
      open.erase(found);
    }
    // The content of a view depends on tables, so its rows are not compared.
    if (!content.is_view()) report.method = weaker(report.method, content.verified);
    report.contents.push_back(std::move(content));
  }
  for (const auto& [name, each] : open) {
    report.differences.push_back({name, "table", "there", "none"});
  }
  return report;
}

void say_compared(Run& run, const std::vector<ExpectedRelation>& wanted,
                  const VerifyReport& report) {
  std::map<std::string, std::string> definitions;
  for (const auto& content : report.contents) {
    definitions[content.name] = content.definition;
    if (content.note.empty()) continue;
    run.progress().step(Mark::warning, "computed",
                        fmt::format("'{}': {}", content.name, content.note));
  }
  const auto others =
      std::count_if(wanted.begin(), wanted.end(), [&](const ExpectedRelation& each) {
        const auto found = definitions.find(each.content.name);
        return !each.definition.empty() && found != definitions.end() &&
               words_of(each.definition) != words_of(found->second);
      });
  if (others == 0) return;
  run.progress().step(Mark::warning, "definitions",
                      fmt::format("not compared for {}: another server version printed the "
                                  "snapshot's definitions; a new snapshot is compared again",
                                  counted(others, "relation")));
}

}  // namespace tidegate::engine::postgresql
