#pragma once

/// Writes rendered files into a directory, and compares them with its files.

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gitops/render.hpp"

namespace tidegate::gitops {

enum class Difference { differs, missing, extra };
std::string_view to_text(Difference difference);

struct Drift {
  std::string path;  ///< relative
  Difference what = Difference::differs;
};

/// By path. Extra is a file that was rendered once (its first line says so), is in one of
/// `folders` and not among `files`; other tools' files are ignored. @throws Error config: the
/// directory cannot be read.
std::vector<Drift> compare(const Files& files, const std::set<std::string>& folders,
                           const std::filesystem::path& directory);

/// Changes the directory so that compare() finds no difference, and touches no file that is right
/// already. Each file appears whole. @returns what was changed. @throws Error config: something
/// cannot be written; run it again when that is fixed.
std::vector<Drift> write(const Files& files, const std::set<std::string>& folders,
                         const std::filesystem::path& directory);

/// The folders below `directory` in which there may be files of any subject, also of databases
/// that are not configured any more. Folders of previews and of other tools are left out. Without
/// `/` at their end.
std::vector<std::string> folders_in(const std::filesystem::path& directory);

/// The folders that the subjects' files stand in.
std::vector<std::string> folders_of(const RenderPlan& plan, const std::vector<Subject>& subjects);

}  // namespace tidegate::gitops
