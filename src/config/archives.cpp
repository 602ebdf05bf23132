#include <fmt/format.h>

#include <charconv>

#include "config/config.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

namespace {

constexpr std::string_view k_other_scheme = "://";

/// Reads one database's `snapshot` section.
class ArchiveReader {
 public:
  ArchiveReader(const Resolver& resolver, std::string_view database, Redactor& redactor)
      : resolver_(resolver), database_(database), redactor_(redactor) {}

  std::optional<ArchivePlan> read() {
    const auto place = resolver_.get(path("directory"));
    if (!place) return std::nullopt;
    ArchivePlan plan;
    plan.place = place->text;
    if (place->text.starts_with(k_object_store)) {
      plan.storage = storage();
    } else if (place->text.find(k_other_scheme) != std::string::npos) {
      throw Error(ErrorKind::config,
                  fmt::format("{}: '{}' is no place for archives", place->place(), place->text),
                  "name a directory, or s3://bucket/prefix");
    }
    const auto format = resolver_.required(path("format")).text;
    plan.form = format == "directory" ? ArchiveForm::directory : ArchiveForm::custom;
    plan.compression = compression();
    plan.checksums = parse_boolean(resolver_.required(path("checksums")).text).value_or(false);
    plan.retention = {number("keep"), number("keep_daily"), number("keep_weekly"),
                      number("keep_monthly")};
    return plan;
  }

 private:
  std::string path(std::string_view key) const {
    return fmt::format("databases.{}.snapshot.{}", database_, key);
  }

  /// Its form has been checked.
  std::optional<int> number(std::string_view key) const {
    const auto value = resolver_.get(path(key));
    if (!value) return std::nullopt;
    int number = 0;
    std::from_chars(value->text.data(), value->text.data() + value->text.size(), number);
    return number;
  }

  Compression compression() const {
    const auto text = resolver_.required(path("compress")).text;
    if (text == "zstd") return Compression::zstd;
    if (text == "gzip") return Compression::gzip;
    return text == "none" ? Compression::none : Compression::automatic;
  }

  ObjectStorage storage() {
    ObjectStorage storage;
    storage.origin = path("storage");
    storage.key_id = resolver_.required(path("storage.access_key_id")).text;
    storage.key = Secret(resolver_.required(path("storage.secret_access_key")).text);
    redactor_.learn(storage.key);
    storage.region = resolver_.required(path("storage.region")).text;
    if (const auto endpoint = resolver_.get(path("storage.endpoint"))) {
      storage.endpoint = endpoint->text;
    }
    return storage;
  }

  const Resolver& resolver_;
  std::string_view database_;
  Redactor& redactor_;
};

}  // namespace

std::optional<ArchivePlan> Config::archives(std::string_view database) const {
  const Resolver resolver(parts_);
  return ArchiveReader(resolver, database, *redactor_).read();
}

}  // namespace tidegate::config
