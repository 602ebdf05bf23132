#include <fmt/format.h>

#include <charconv>

#include "config/config.hpp"
#include "config/resolve.hpp"
#include "config/storage.hpp"

namespace tidegate::config {

namespace {

constexpr std::string_view k_other_scheme = "://";

/// Reads one database's `snapshot` section.
class ArchiveReader {
 public:
  ArchiveReader(const Resolver& resolver, std::string_view database, Redactor& redactor)
      : resolver_(resolver), database_(database), redactor_(redactor) {}

  /// Missing where a value of the store is. The place itself is not `missing`: without it there are
  /// no archives.
  ValueOrError<std::optional<ArchivePlan>> read() {
    const auto place = resolver_.attempt(path("directory"));
    if (place.missing) return {std::nullopt, place.missing};
    if (!*place.value) return {std::optional<ArchivePlan>{}, std::nullopt};
    ArchivePlan plan;
    plan.place = (*place.value)->text;
    if (plan.place.starts_with(k_object_store)) {
      auto storage = read_storage(resolver_, path("storage"), redactor_);
      if (storage.missing) return {std::nullopt, std::move(storage.missing)};
      plan.storage = std::move(*storage.value);
    } else if (plan.place.find(k_other_scheme) != std::string::npos) {
      throw Error(
          ErrorKind::config,
          fmt::format("{}: '{}' is no place for archives", (*place.value)->place(), plan.place),
          "name a directory, or s3://bucket/prefix");
    }
    const auto format = resolver_.required(path("format")).text;
    plan.form = format == "directory" ? ArchiveForm::directory : ArchiveForm::custom;
    plan.compression = compression();
    plan.checksums = parse_boolean(resolver_.required(path("checksums")).text).value_or(false);
    plan.retention = {number("keep"), number("keep_daily"), number("keep_weekly"),
                      number("keep_monthly")};
    return {std::move(plan), std::nullopt};
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

  const Resolver& resolver_;
  std::string_view database_;
  Redactor& redactor_;
};

}  // namespace

std::optional<ArchivePlan> Config::archives(std::string_view database) const {
  auto found = try_archives(database);
  if (found.missing) throw *found.missing;
  return *std::move(found.value);
}

ValueOrError<std::optional<ArchivePlan>> Config::try_archives(std::string_view database) const {
  const Resolver resolver(parts_);
  return ArchiveReader(resolver, database, *redactor_).read();
}

}  // namespace tidegate::config
