#pragma once

/// Archives of the fake server: real files, so that real stores can hold them.

#include <filesystem>
#include <map>
#include <string>

#include "model/plan.hpp"
#include "support/fake_engine.hpp"

namespace tidegate::test {

using FakeCollections = std::map<std::string, FakeCollection>;

/// One file, or a directory with a file for each collection. Step by step: `before` is called with
/// each collection's name before it is written.
void write_fake_archive(const std::filesystem::path& path, ArchiveForm form,
                        const FakeCollections& collections,
                        const std::function<void(const std::string&)>& before);
/// @throws Error verification: it is none.
FakeCollections read_fake_archive(const std::filesystem::path& path);

}  // namespace tidegate::test
