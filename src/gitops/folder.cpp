#include "gitops/folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "base/error.hpp"
#include "gitops/objects.hpp"

namespace tidegate::gitops {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(std::string_view what, const fs::path& path, const std::error_code& code) {
  throw Error(ErrorKind::config,
              fmt::format("cannot {} '{}': {}", what, path.string(), code.message()),
              "files that were written before this one stay; run it again when this is fixed");
}

std::optional<std::string> content(const fs::path& path) {
  std::error_code code;
  if (!fs::exists(path, code)) return std::nullopt;
  if (!fs::is_regular_file(path, code)) {
    fail("read", path, std::make_error_code(std::errc::invalid_argument));
  }
  std::ifstream input(path, std::ios::binary);
  if (!input) fail("read", path, std::make_error_code(std::errc::permission_denied));
  return std::string(std::istreambuf_iterator<char>(input), {});
}

bool was_rendered(const fs::path& path) {
  std::ifstream input(path, std::ios::binary);
  std::string line;
  return std::getline(input, line) && line == fmt::format("# {}", k_comment);
}

void append_extra(std::vector<Drift>& drifts, const Files& files, const std::string& folder,
                  const fs::path& directory) {
  std::error_code code;
  fs::recursive_directory_iterator at(directory / folder, code);
  if (code == std::errc::no_such_file_or_directory) return;
  if (code) fail("read", directory / folder, code);
  for (; at != fs::recursive_directory_iterator(); at.increment(code)) {
    if (code) fail("read", directory / folder, code);
    if (!at->is_regular_file(code)) continue;
    auto path = at->path().lexically_relative(directory).generic_string();
    if (files.count(path) > 0 || !was_rendered(at->path())) continue;
    drifts.push_back({std::move(path), Difference::extra});
  }
}

void write_whole(const fs::path& path, const std::string& text) {
  std::error_code code;
  fs::create_directories(path.parent_path(), code);
  if (code) fail("make the directory", path.parent_path(), code);
  const fs::path draft = path.string() + ".tidegate.tmp";
  {
    std::ofstream output(draft, std::ios::binary | std::ios::trunc);
    output << text;
    output.flush();
    if (!output) {
      fs::remove(draft, code);
      fail("write", path, std::make_error_code(std::errc::io_error));
    }
  }
  fs::rename(draft, path, code);
  if (code) fail("write", path, code);
}

/// Also removes the folders above it that are empty then.
void remove_file(const fs::path& directory, const std::string& relative) {
  std::error_code code;
  auto path = directory / relative;
  if (!fs::remove(path, code) && code) fail("remove", path, code);
  for (path = path.parent_path(); path != directory; path = path.parent_path()) {
    if (!fs::is_empty(path, code) || code || !fs::remove(path, code)) return;
  }
}

}  // namespace

std::string_view to_text(Difference difference) {
  switch (difference) {
    case Difference::differs:
      return "differs";
    case Difference::missing:
      return "missing";
    case Difference::extra:
      return "extra";
  }
  return "differs";
}

std::vector<Drift> compare(const Files& files, const std::set<std::string>& folders,
                           const fs::path& directory) {
  std::vector<Drift> drifts;
  for (const auto& [path, text] : files) {
    const auto found = content(directory / path);
    if (!found) {
      drifts.push_back({path, Difference::missing});
    } else if (*found != text) {
      drifts.push_back({path, Difference::differs});
    }
  }
  for (const auto& folder : folders) append_extra(drifts, files, folder, directory);
  std::sort(drifts.begin(), drifts.end(),
            [](const Drift& a, const Drift& b) { return a.path < b.path; });
  return drifts;
}

std::vector<Drift> write(const Files& files, const std::set<std::string>& folders,
                         const fs::path& directory) {
  const auto drifts = compare(files, folders, directory);
  for (const auto& drift : drifts) {
    if (drift.what == Difference::extra) {
      remove_file(directory, drift.path);
    } else {
      write_whole(directory / drift.path, files.at(drift.path));
    }
  }
  return drifts;
}

std::vector<std::string> folders_in(const fs::path& directory) {
  std::vector<std::string> folders;
  std::error_code code;
  fs::directory_iterator at(directory, code);
  if (code == std::errc::no_such_file_or_directory) return folders;
  for (; !code && at != fs::directory_iterator(); at.increment(code)) {
    for (const auto subject : k_subjects) {
      const auto folder = at->path() / to_text(subject);
      std::error_code none;
      if (fs::is_directory(folder, none)) {
        folders.push_back(folder.lexically_relative(directory).generic_string());
      }
    }
  }
  if (code) fail("read", directory, code);
  return folders;
}

std::vector<std::string> folders_of(const RenderPlan& plan, const std::vector<Subject>& subjects) {
  std::vector<std::string> folders;
  for (const auto subject : subjects) {
    folders.push_back(subject == Subject::workflows
                          ? plan.workflows.directory
                          : fmt::format("{}/{}", plan.name, to_text(subject)));
  }
  return folders;
}

}  // namespace tidegate::gitops
