#include "engine/postgresql/compare.hpp"

#include <algorithm>

namespace tidegate::engine::postgresql {
namespace {

using Differences = std::vector<Difference>;

Content content_in(const Image& image, std::size_t index) {
  auto content = content_of(image.relations[index]);
  if (content.type == "view") {
    content.verified = Verified::checksum;  // its definition is the whole of it
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

/// Notes in `content` what was compared.
void compare_rows(Differences& differences, const Content& expected, Content& content) {
  const auto before = differences.size();
  const bool known = !expected.checksum.empty() || expected.verified != Verified::none;
  if (known) {
    compare_number(differences, content.name, "documents", expected.documents, content.documents);
  }
  if (differences.size() != before) return;
  if (!expected.checksum.empty()) {
    compare_text(differences, content.name, "checksum", expected.checksum, content.checksum);
    content.verified = Verified::checksum;
  } else {
    content.verified = known ? Verified::count : Verified::none;
  }
}

void believe_rows(const Content& expected, Verified known, Content& content) {
  content.documents = expected.documents;
  content.bytes = expected.bytes;
  content.checksum = expected.checksum;
  content.verified = known;
}

void compare_one(Differences& differences, const Wanted& wanted, const Image& image,
                 std::size_t index, Content& content) {
  const auto& expected = wanted.content;
  const auto& relation = image.relations[index];
  compare_text(differences, content.name, "type", expected.type, content.type);
  compare_text(differences, content.name, "columns", wanted.shape, relation.shape);
  compare_number(differences, content.name, "indexes", expected.indexes, content.indexes);
  compare_text(differences, content.name, "definition", wanted.definition, relation.definition);
  if (content.type == "view") return;
  if (image.unread) {
    believe_rows(expected, *image.unread, content);
  } else {
    compare_rows(differences, expected, content);
  }
}

}  // namespace

Image image_of(Run& run, Server& server, const DatabaseName& database, int parallel) {
  Moment moment(run, server, database);
  Image image;
  image.relations = moment.relations(run);
  image.sums = moment.sum_all(run, image.relations, parallel);
  return image;
}

Image outline_of(Run& run, Server& server, const DatabaseName& database, Verified rows) {
  auto session = server.open(run, database);
  return {relations(session, run, Detail::definitions), {}, rows};
}

VerifyReport compare(const std::vector<Wanted>& wanted, const Image& image) {
  VerifyReport report;
  report.method = Verified::checksum;
  std::map<std::string, const Wanted*> open;
  for (const auto& each : wanted) open[each.content.name] = &each;
  for (std::size_t i = 0; i < image.relations.size(); ++i) {
    auto content = content_in(image, i);
    const auto found = open.find(content.name);
    if (found == open.end()) {
      report.differences.push_back({content.name, "table", "none", "there"});
    } else {
      compare_one(report.differences, *found->second, image, i, content);
      open.erase(found);
    }
    report.method = weaker(report.method, content.verified);
    report.contents.push_back(std::move(content));
  }
  for (const auto& [name, each] : open) {
    report.differences.push_back({name, "table", "there", "none"});
  }
  return report;
}

}  // namespace tidegate::engine::postgresql
