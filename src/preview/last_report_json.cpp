#include "preview/last_report_json.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace tidegate::preview {
namespace {

using Json = nlohmann::ordered_json;

std::string_view name_of(Kept kept) {
  switch (kept) {
    case Kept::no:
      return "no";
    case Kept::unlabelled:
      return "unlabelled";
    case Kept::closed:
      break;
  }
  return "closed";
}

bool take(std::string& member, const Json& value) {
  if (!value.is_string()) return false;
  member = value.get<std::string>();
  return true;
}

bool take(bool& member, const Json& value) {
  if (!value.is_boolean()) return false;
  member = value.get<bool>();
  return true;
}

bool take(Kept& member, const Json& value) {
  for (const auto kept : {Kept::no, Kept::unlabelled, Kept::closed}) {
    if (value != name_of(kept)) continue;
    member = kept;
    return true;
  }
  return false;
}

enum class Outcome { taken, unknown, wrong };

Outcome take(LastReport& said, const std::string& key, const Json& value) {
  const auto outcome = [](bool good) { return good ? Outcome::taken : Outcome::wrong; };
  if (key == "commit") return outcome(take(said.commit, value));
  if (key == "locked") return outcome(take(said.locked, value));
  if (key == "kept") return outcome(take(said.kept, value));
  if (key == "failure") return outcome(take(said.failure, value));
  if (key == "snapshot_run") return outcome(take(said.snapshot_run, value));
  return Outcome::unknown;
}

Error malformed(std::string message) {
  return Error(
      ErrorKind::usage, std::move(message),
      R"(it is "said" of an earlier 'pr plan --json': {"commit": "4be1c02", "locked": true, )"
      R"("kept": "no|unlabelled|closed", "failure": "", "snapshot_run": ""})");
}

}  // namespace

Json to_json(const LastReport& said) {
  auto json = Json::object();
  if (!said.commit.empty()) json["commit"] = said.commit;
  if (said.locked) json["locked"] = true;
  if (said.kept != Kept::no) json["kept"] = name_of(said.kept);
  if (!said.failure.empty()) json["failure"] = said.failure;
  if (!said.snapshot_run.empty()) json["snapshot_run"] = said.snapshot_run;
  return json;
}

LastReport parse_said(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (json.is_discarded()) throw malformed("what was said is no JSON");
  if (!json.is_object()) throw malformed("what was said is no JSON object");
  LastReport said;
  for (const auto& [key, value] : json.items()) {
    switch (take(said, key, value)) {
      case Outcome::taken:
        break;
      case Outcome::unknown:
        throw malformed(fmt::format("what was said has no '{}'", key));
      case Outcome::wrong:
        throw malformed(fmt::format("'{}' of what was said has a wrong value", key));
    }
  }
  return said;
}

LastReport recover_said(const Json& json) {
  LastReport said;
  if (!json.is_object()) return said;
  for (const auto& [key, value] : json.items()) take(said, key, value);
  return said;
}

}  // namespace tidegate::preview
