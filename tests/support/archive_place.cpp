#include "support/archive_place.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <memory>

namespace tidegate::test {

namespace fs = std::filesystem;

ChildEnd in_child(const std::function<void()>& work, int as_user) {
  int ends[2];  // NOLINT(modernize-avoid-c-arrays): what pipe(2) takes
  if (::pipe(ends) != 0) throw std::runtime_error("cannot make a pipe");
  const auto child = ::fork();
  if (child == 0) {
    int code = 2;
    try {
      if (as_user >= 0 && (::setgid(static_cast<gid_t>(as_user)) != 0 ||
                           ::setuid(static_cast<uid_t>(as_user)) != 0)) {
        ::_exit(3);
      }
      work();
      code = 0;
    } catch (const Error& error) {
      const auto text = error.message() + "\n" + error.hint();
      static_cast<void>(::write(ends[1], text.data(), text.size()) < 0);
      code = 1;
    } catch (...) {
      code = 2;
    }
    ::_exit(code);
  }
  ::close(ends[1]);
  ChildEnd end;
  char buffer[4096];  // NOLINT(modernize-avoid-c-arrays)
  for (ssize_t count = 0; (count = ::read(ends[0], buffer, sizeof buffer)) > 0;) {
    end.message.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  end.killed = WIFSIGNALED(status);
  end.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return end;
}

std::function<void(std::string_view)> strike_at(int at, Strike how) {
  return [at, how, step = std::make_shared<int>(0)](std::string_view name) {
    if (++*step != at) return;
    if (how == Strike::kill) ::kill(::getpid(), SIGKILL);
    throw Error(ErrorKind::remote, "fault at " + std::string(name));
  };
}

std::unique_ptr<archive::Store> ArchivePlace::store(
    const std::function<void(std::string_view)>& before) {
  return archive::directory_store(place(), before);
}

archive::Entry ArchivePlace::put(archive::Store& store, const std::string& text,
                                 const std::string& database) {
  const auto lock = store.lock(run, database, {});
  const auto draft = store.begin(run, database, run.clock().now(), *lock);
  std::ofstream(draft->path()) << text;
  return draft->publish(run, metadata(), "test");
}

archive::Listing ArchivePlace::list(const std::string& database) {
  return store()->list(run, database);
}

std::map<std::string, std::string> ArchivePlace::files() const {
  std::map<std::string, std::string> found;
  if (!fs::exists(place())) return found;
  for (const auto& each : fs::recursive_directory_iterator(place())) {
    const auto name = each.path().lexically_relative(place()).string();
    if (!each.is_regular_file() || name.ends_with(".lock")) continue;
    found[name] = read_text(each.path());
  }
  return found;
}

std::vector<std::string> ArchivePlace::names() const {
  std::vector<std::string> found;
  for (const auto& [name, text] : files()) found.push_back(name);
  return found;
}

Metadata ArchivePlace::metadata() const {
  Metadata metadata;
  metadata.timestamp = clock.now();
  metadata.source = "syrftest";
  metadata.collections = {"pmProject"};
  metadata.method = "fake";
  metadata.target = "snapshot";
  metadata.run = run.id();
  metadata.tool_version = "1";
  Content content;
  content.name = "pmProject";
  content.documents = 2;
  content.bytes = Bytes{20};
  content.definition = "{}";
  metadata.contents = {content};
  return metadata;
}

}  // namespace tidegate::test
