#include "archive/s3/bucket_settings.hpp"

#include <fmt/format.h>

#include <pugixml.hpp>

namespace tidegate::archive::s3 {
namespace {

/// A setting's document; empty where it cannot be had.
pugi::xml_document setting(Run& run, Bucket& bucket, const std::string& name) {
  pugi::xml_document document;
  const auto text = bucket.setting(run, name);
  if (text) document.load_buffer(text->data(), text->size());
  return document;
}

/// `after 30 days`, `on 2026-12-01`.
std::string when(const pugi::xml_node& action) {
  const std::string days = action.child_value("Days");
  if (!days.empty()) return fmt::format("after {} days", days);
  return fmt::format("on {}", action.child_value("Date"));
}

class Lifecycle {
 public:
  Lifecycle(Run& run, Bucket& bucket)
      : document_(setting(run, bucket, "lifecycle")), prefix_(bucket.address().key("")) {
    for (const auto& rule : document_.child("LifecycleConfiguration").children("Rule")) {
      if (std::string_view(rule.child_value("Status")) == "Enabled" && concerns_us(rule)) {
        rules_.push_back(rule);
      }
    }
  }

  bool removes_old_versions() const {
    for (const auto& rule : rules_) {
      if (rule.child("NoncurrentVersionExpiration")) return true;
    }
    return false;
  }

  void remark(std::vector<StoreRemark>& remarks) const {
    for (const auto& rule : rules_) {
      const std::string id = rule.child_value("ID");
      const auto expiration = rule.child("Expiration");
      if (expiration.child("Days") || expiration.child("Date")) {
        remarks.push_back({fmt::format("the lifecycle rule '{}' removes archives {}, whatever "
                                       "'keep' says",
                                       id, when(expiration)),
                           "let 'snapshot.keep' alone decide, or give the rule more time than it"});
      }
      for (const auto& move : rule.children("Transition")) {
        const std::string_view storage = move.child_value("StorageClass");
        if (storage != "GLACIER" && storage != "DEEP_ARCHIVE") continue;
        remarks.push_back({fmt::format("the lifecycle rule '{}' moves archives to {} {}: from "
                                       "there they cannot be read at once",
                                       id, storage, when(move)),
                           "leave these archives out of the rule"});
      }
    }
  }

 private:
  /// A rule concerns a prefix; tags and sizes, which narrow it further, are not known here.
  bool concerns_us(const pugi::xml_node& rule) const {
    const auto filter = rule.child("Filter");
    std::string_view prefix = rule.child_value("Prefix");
    if (prefix.empty()) prefix = filter.child_value("Prefix");
    if (prefix.empty()) prefix = filter.child("And").child_value("Prefix");
    return prefix_.starts_with(prefix) || prefix.starts_with(prefix_);
  }

  pugi::xml_document document_;
  std::string prefix_;
  std::vector<pugi::xml_node> rules_;
};

/// `30 days`; empty where versions are not kept by a rule of the bucket's own.
std::string retention_of_versions(Run& run, Bucket& bucket) {
  const auto document = setting(run, bucket, "object-lock");
  const auto retention =
      document.child("ObjectLockConfiguration").child("Rule").child("DefaultRetention");
  const std::string days = retention.child_value("Days"), years = retention.child_value("Years");
  if (!days.empty()) return days + " days";
  return years.empty() ? "" : years + " years";
}

bool keeps_versions(Run& run, Bucket& bucket) {
  const auto document = setting(run, bucket, "versioning");
  return std::string_view(document.child("VersioningConfiguration").child_value("Status")) ==
         "Enabled";
}

}  // namespace

std::vector<StoreRemark> settings_remarks(Run& run, Bucket& bucket) {
  std::vector<StoreRemark> remarks;
  const Lifecycle lifecycle(run, bucket);
  lifecycle.remark(remarks);
  if (!keeps_versions(run, bucket)) return remarks;
  const auto kept = retention_of_versions(run, bucket);
  if (!kept.empty()) {
    remarks.push_back({fmt::format("object lock keeps every version for {}: archives that "
                                   "retention removes, and each renewal of a run's lock, take "
                                   "space until then",
                                   kept),
                       "let a lifecycle rule remove noncurrent versions after that time"});
  } else if (!lifecycle.removes_old_versions()) {
    remarks.push_back(
        {"the bucket keeps versions: archives that retention removes remain as old "
         "versions, and take space",
         "let a lifecycle rule remove them (NoncurrentVersionExpiration)"});
  }
  return remarks;
}

}  // namespace tidegate::archive::s3
