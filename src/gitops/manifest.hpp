#pragma once

/// gitops: the configuration as manifests. Rendering only makes text: it asks no cluster and no
/// code host, and the same configuration gives the same bytes. This file: a tree as YAML that every
/// reader understands in the same way.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace tidegate::gitops {

using Tree = nlohmann::ordered_json;

/// One document. Every string is quoted, or a block scalar where it has several lines, so that
/// `no`, `007` and `1e3` stay texts (YAML 1.1 and 1.2 disagree about bare ones); numbers and
/// booleans stand bare. Keys that any reader could take for something else are quoted too.
/// @throws Error config: a string is not UTF-8, or holds a NUL.
std::string to_yaml(const Tree& tree);

/// Several documents, `---` between them, under one comment line.
std::string to_documents(std::string_view comment, const std::vector<Tree>& trees);

/// The first text of this key in what to_yaml() has written, where it stands on the key's line and
/// nothing in it is escaped; empty where there is none.
std::string written_text(std::string_view yaml, std::string_view key);

}  // namespace tidegate::gitops
