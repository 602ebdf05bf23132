#include "gitops/repository.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <utility>
#include <vector>

#include "base/scratch_directory.hpp"
#include "gitops/address.hpp"

namespace tidegate::gitops {
namespace {

namespace fs = std::filesystem;

constexpr int k_most_tries = 10;
constexpr std::chrono::milliseconds k_first_pause{200}, k_longest_pause{5'000};

bool leaves_its_folder(const std::string& path) {
  if (path.empty() || path.front() == '/' || path.back() == '/') return true;
  std::string_view rest = path;
  for (;;) {
    const auto part = rest.substr(0, rest.find('/'));
    if (part.empty() || part == "." || part == ".." || part == ".git") return true;
    if (part.find_first_of(std::string_view("\0\n\\", 3)) != std::string_view::npos) return true;
    if (part.size() == rest.size()) return false;
    rest.remove_prefix(part.size() + 1);
  }
}

void check_folder(const std::string& folder) {
  if (!leaves_its_folder(folder)) return;
  throw Error(ErrorKind::config, fmt::format("'{}' is no folder below the repository", folder),
              "'gitops.folder' is a path without '.' and '..' in it: previews/pr-{number}");
}

void refuse_what_leaves(const std::string& folder, const Files& files) {
  for (const auto& [path, text] : files) {
    if (!leaves_its_folder(path)) continue;
    throw Error(ErrorKind::refused, fmt::format("'{}' would not lie in '{}'", path, folder),
                "this is a bug in tidegate; please report it");
  }
}

/// One file of the folder, as the branch has it.
struct Blob {
  std::string mode, id;
  std::optional<std::string> ours{};  ///< what it holds, where we wrote it
};

void fetch(Run& run, Git& git, const GitopsPlan& plan) {
  git.run(run, {"fetch", "--quiet", "--depth=1", "--no-tags", "--", plan.repository,
                "refs/heads/" + plan.branch});
}

std::map<std::string, Blob> listed(Run& run, Git& git, const std::string& folder) {
  std::map<std::string, Blob> found;
  std::vector<std::string> arguments{"ls-tree", "-r", "-z", "FETCH_HEAD"};
  if (!folder.empty()) arguments.insert(arguments.end(), {"--", folder + "/"});
  const auto listing = git.attempt(run, arguments);
  if (!listing.exit.ok()) throw git.translate(listing, "git ls-tree");
  std::string_view rest = listing.out;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const auto tab = line.find('\t');
    const auto first = line.find(' '), last = line.rfind(' ', tab);
    if (tab == std::string_view::npos || first == std::string_view::npos) continue;
    found[std::string(line.substr(tab + 1))] = {std::string(line.substr(0, first)),
                                                std::string(line.substr(last + 1, tab - last - 1))};
  }
  return found;
}

std::map<std::string, Blob> blobs_in(Run& run, Git& git, const std::string& folder) {
  auto found = listed(run, git, folder);
  for (auto& [path, blob] : found) {
    if (blob.mode != "100644") continue;  // a link, a program, a repository of its own
    auto got = git.attempt(run, {"cat-file", "blob", blob.id});
    if (!got.exit.ok()) throw git.translate(got, "git cat-file");
    if (got.out.starts_with(k_mark)) blob.ours = std::move(got.out);
  }
  return found;
}

Files ours(const std::map<std::string, Blob>& there, const std::string& folder) {
  Files files;
  for (const auto& [path, blob] : there) {
    if (blob.ours) files.emplace(path.substr(folder.size() + 1), *blob.ours);
  }
  return files;
}

Error not_ours(const std::string& path) {
  return {ErrorKind::refused,
          fmt::format("'{}' is in the repository already, and tidegate did not write it", path),
          fmt::format("move it away, or name another folder with 'gitops.folder'; what tidegate "
                      "writes begins with '{}'",
                      k_mark)};
}

/// Puts the files into the object store. @returns their ids, by path in the repository.
std::map<std::string, std::string> store(Run& run, Git& git, const fs::path& scratch,
                                         const std::string& folder, const Files& files) {
  std::map<std::string, std::string> ids;
  const auto file = scratch / "file";
  for (const auto& [path, text] : files) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
    ids[folder + "/" + path] =
        git.run(run, {"hash-object", "-w", "--no-filters", "--", file.string()});
  }
  return ids;
}

/// Puts the wanted state of the branch into the index. Counts the changes.
void put_into_index(Run& run, Git& git, const std::map<std::string, Blob>& there,
                    const std::map<std::string, std::string>& wanted, CommitResult& written) {
  git.run(run, {"read-tree", "FETCH_HEAD"});
  std::vector<std::string> changes{"update-index", "--add"};
  for (const auto& [path, id] : wanted) {
    const auto found = there.find(path);
    if (found != there.end() && found->second.id == id && found->second.mode == "100644") continue;
    if (found != there.end() && !found->second.ours) throw not_ours(path);
    changes.insert(changes.end(), {"--cacheinfo", "100644," + id + "," + path});
    ++written.files_written;
  }
  if (written.files_written > 0) git.run(run, changes);
  for (const auto& [path, blob] : there) {
    if (wanted.contains(path) || !blob.ours) continue;
    git.run(run, {"update-index", "--force-remove", "--", path});
    ++written.files_removed;
  }
}

enum class Push { done, overtaken };

Push push(Run& run, Git& git, const GitopsPlan& plan, const std::string& commit) {
  const auto result = git.attempt(run, {"push", "--porcelain", "--no-verify", "--", plan.repository,
                                        commit + ":refs/heads/" + plan.branch});
  if (result.exit.ok()) return Push::done;
  for (const auto* words : {"[rejected]", "cannot lock ref", "failed to update ref",
                            "incorrect old value", "reference already exists"}) {
    if ((result.out + result.err).find(words) != std::string::npos) return Push::overtaken;
  }
  auto told = result;
  told.err += result.out;  // the host's refusal is in it
  throw git.translate(told, "git push");
}

void pause(const Run& run, int tries) {
  const auto full = std::min(k_longest_pause, k_first_pause * (1 << std::min(tries, 10)));
  std::minstd_rand random(std::random_device{}());
  run.sleep(full / 2 + std::chrono::milliseconds(random() % (full.count() / 2)));
}

}  // namespace

Repository::Repository(GitopsPlan plan) : plan_(std::move(plan)) {
  check_address(plan_.repository);
}

std::vector<std::string> Repository::paths(Run& run, const std::string& folder) {
  if (!folder.empty()) check_folder(folder);
  const ScratchDirectory scratch("gitops");
  Git git(run, plan_, scratch.path());
  fetch(run, git, plan_);
  std::vector<std::string> paths;
  for (const auto& [path, blob] : listed(run, git, folder)) paths.push_back(path);
  return paths;
}

CommitResult Repository::replace(Run& run, const std::string& folder, const DesiredFiles& wish,
                                 const std::string& message) {
  check_folder(folder);
  const ScratchDirectory scratch("gitops");
  Git git(run, plan_, scratch.path());
  for (int tries = 1; tries <= k_most_tries; ++tries) {
    fetch(run, git, plan_);
    CommitResult written;
    written.commit = git.run(run, {"rev-parse", "FETCH_HEAD"});
    const auto there = blobs_in(run, git, folder);
    const auto files = wish(ours(there, folder));
    if (!files) return written;
    refuse_what_leaves(folder, *files);
    const auto wanted = store(run, git, scratch.path(), folder, *files);
    put_into_index(run, git, there, wanted, written);
    if (written.files_written + written.files_removed == 0) return written;
    const auto tree = git.run(run, {"write-tree"});
    const auto commit = git.run(run, {"commit-tree", "-p", written.commit, "-m", message, tree});
    written.changed = true;
    written.commit = commit;
    if (run.mode() == Mode::dry_run || push(run, git, plan_, commit) == Push::done) return written;
    run.log().info("another push came first: once more on top of it",
                   {{"repository", plan_.repository}, {"try", std::to_string(tries)}});
    pause(run, tries);
  }
  throw Error(
      ErrorKind::conflict,
      fmt::format("others pushed to '{}' before us {} times", plan_.repository, k_most_tries),
      "try again");
}

}  // namespace tidegate::gitops
