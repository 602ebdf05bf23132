#include "support/fake_archive.hpp"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "support/program.hpp"

namespace tidegate::test {
namespace {

namespace fs = std::filesystem;

std::string line_of(const std::string& name, const FakeCollection& collection) {
  return Json{{"name", name},
              {"type", collection.type},
              {"definition", collection.definition},
              {"documents", collection.documents}}
             .dump() +
         "\n";
}

void read_lines(const fs::path& file, FakeCollections& collections) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    const auto document = Json::parse(line, nullptr, false);
    if (!document.is_object()) {
      throw Error(ErrorKind::verification, "'" + file.string() + "' is no archive");
    }
    FakeCollection collection;
    collection.type = document["type"];
    collection.definition = document["definition"];
    collection.documents = document["documents"].get<std::map<std::string, std::string>>();
    collections[document["name"]] = std::move(collection);
  }
}

}  // namespace

void write_fake_archive(const fs::path& path, ArchiveForm form, const FakeCollections& collections,
                        const std::function<void(const std::string&)>& before) {
  if (form == ArchiveForm::directory) fs::create_directory(path);
  for (const auto& [name, collection] : collections) {
    before(name);
    const auto file = form == ArchiveForm::directory ? path / (name + ".json") : path;
    std::ofstream(file, std::ios::app) << line_of(name, collection);
  }
}

FakeCollections read_fake_archive(const fs::path& path) {
  FakeCollections collections;
  if (!fs::is_directory(path)) {
    read_lines(path, collections);
    return collections;
  }
  for (const auto& file : fs::directory_iterator(path)) read_lines(file.path(), collections);
  return collections;
}

}  // namespace tidegate::test
