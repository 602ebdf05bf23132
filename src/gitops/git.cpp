#include "gitops/git.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <regex>
#include <string_view>
#include <utility>

namespace tidegate::gitops {
namespace {

namespace fs = std::filesystem;

/// `https://host:port/` of `https://user@host:port/path`; empty for other schemes.
std::string origin_of(const std::string& address) {
  static const std::regex form(R"((https?://)([^@/]*@)?([^/]+)/.*)");
  std::smatch parts;
  if (!std::regex_match(address, parts, form)) return {};
  return parts[1].str() + parts[3].str() + "/";
}

std::string base64(const std::string& text) {
  std::string coded(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(coded.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  coded.resize(static_cast<std::size_t>(length));
  return coded;
}

/// Settings by environment, so that the token stands in no argument and no file: git has it, and
/// what git starts, and sends it to this host alone.
std::vector<std::string> token_settings(const GitopsPlan& plan) {
  const auto origin = origin_of(plan.repository);
  if (origin.empty() || plan.token.reveal().empty()) return {"GIT_CONFIG_COUNT=0"};
  const auto credential = base64(plan.username + ":" + plan.token.reveal());
  return {"GIT_CONFIG_COUNT=1", fmt::format("GIT_CONFIG_KEY_0=http.{}.extraHeader", origin),
          "GIT_CONFIG_VALUE_0=Authorization: Basic " + credential};
}

std::string shell_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string ssh_command(const GitopsPlan& plan) {
  std::string command = "ssh -o BatchMode=yes -o ConnectTimeout=20 -o ServerAliveInterval=15";
  if (!plan.ssh_key_file.empty()) {
    command += " -F /dev/null -o IdentitiesOnly=yes -i " + shell_quoted(plan.ssh_key_file);
  }
  if (!plan.known_hosts_file.empty()) {
    command += " -o StrictHostKeyChecking=yes -o UserKnownHostsFile=" +
               shell_quoted(plan.known_hosts_file);
  }
  return command;
}

struct Meaning {
  std::string_view words;
  ErrorKind kind;
  std::string_view hint;
};

constexpr std::string_view k_sign_in =
    "check the token or key: it needs read and write on this repository's contents";

constexpr std::string_view k_no_ssh =
    "over SSH, git needs ssh and a shell, which tidegate's images do not have: use https and a "
    "token, or an image of your own";

// Git's own words (2.39, English), first match wins.
constexpr std::array<Meaning, 26> k_meanings{{
    {"cannot exec 'ssh", ErrorKind::config, k_no_ssh},
    {"ssh: not found", ErrorKind::config, k_no_ssh},
    {"No space left on device", ErrorKind::no_space, "TMPDIR names the directory that is full"},
    {"couldn't find remote ref", ErrorKind::config,
     "the branch must be there: make it, or name another one with 'gitops.branch'"},
    {"Host key verification failed", ErrorKind::config,
     "'gitops.known_hosts_file' must have the host's key: ssh-keyscan prints it, and the host's "
     "documentation says whether it is the right one"},
    {"returned error: 301", ErrorKind::config, "the repository has moved: use its new address"},
    {"returned error: 302", ErrorKind::config, "the repository has moved: use its new address"},
    {"returned error: 307", ErrorKind::config, "the repository has moved: use its new address"},
    {"returned error: 308", ErrorKind::config, "the repository has moved: use its new address"},
    {"Authentication failed", ErrorKind::permission, k_sign_in},
    {"could not read Username", ErrorKind::permission, k_sign_in},
    {"could not read Password", ErrorKind::permission, k_sign_in},
    {"Permission denied", ErrorKind::permission, k_sign_in},
    {"returned error: 401", ErrorKind::permission, k_sign_in},
    {"returned error: 403", ErrorKind::permission, k_sign_in},
    {"protected branch", ErrorKind::permission,
     "the branch is protected: let this user push to it, or name another branch"},
    {"not found", ErrorKind::permission,
     "there is no such repository, or this token or key may not see it"},
    {"returned error: 404", ErrorKind::permission,
     "there is no such repository, or this token or key may not see it"},
    {"SSL certificate problem", ErrorKind::unreachable,
     "GIT_SSL_CAINFO names a file with the certificates to trust"},
    {"Could not resolve host", ErrorKind::unreachable, "check the address and the network"},
    {"Failed to connect", ErrorKind::unreachable, "check the address and the network"},
    {"Connection ", ErrorKind::unreachable, "check the address and the network"},
    {"Operation too slow", ErrorKind::unreachable, "check the network"},
    {"hung up", ErrorKind::unreachable, "check the address and the network"},
    {"early EOF", ErrorKind::unreachable, "check the network"},
    {"returned error: 5", ErrorKind::unreachable, "the host is in trouble: try again later"},
}};

std::string last_words(const ChildResult& result) {
  std::string words;
  std::string_view rest = result.err;
  while (!rest.empty()) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const bool says = line.find("fatal:") == 0 || line.find("error:") == 0 ||
                      line.find("remote:") == 0 || line.find("ssh:") == 0;
    if (!says && !words.empty()) continue;
    if (says) words += (words.empty() ? "" : "; ") + std::string(line);
  }
  return words.empty() ? fmt::format("exit code {}", result.exit.code) : words;
}

}  // namespace

Git::Git(Run& run, const GitopsPlan& plan, fs::path home) : plan_(plan), home_(std::move(home)) {
  fs::create_directory(home_ / "nothing");
  this->run(run, {"init", "--quiet", "--template=", (home_ / "repository").string()});
}

ChildCommand Git::command(const std::vector<std::string>& arguments) const {
  ChildCommand command;
  command.argv = {"git", "-c", "credential.helper=", "-c", "core.hooksPath=/dev/null", "-c",
                  "gc.auto=0", "-c", "core.quotePath=false",
                  // A redirect would send the token to another host.
                  "-c", "http.followRedirects=false", "-c", "http.lowSpeedLimit=1", "-c",
                  "http.lowSpeedTime=60"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  const auto git_dir = home_ / "repository" / ".git";
  const bool made = arguments.empty() || arguments.front() != "init";
  command.environment = {"LC_ALL=C",
                         "HOME=" + home_.string(),
                         "XDG_CONFIG_HOME=" + home_.string(),
                         "GIT_CONFIG_NOSYSTEM=1",
                         "GIT_CONFIG_GLOBAL=/dev/null",
                         "GIT_TERMINAL_PROMPT=0",
                         "GIT_ALLOW_PROTOCOL=https:http:ssh",
                         "GIT_ASKPASS=",
                         "SSH_ASKPASS=",
                         "GIT_SSH_COMMAND=" + ssh_command(plan_),
                         "GIT_AUTHOR_NAME=" + plan_.author_name,
                         "GIT_AUTHOR_EMAIL=" + plan_.author_email,
                         "GIT_COMMITTER_NAME=" + plan_.author_name,
                         "GIT_COMMITTER_EMAIL=" + plan_.author_email};
  const auto settings = token_settings(plan_);
  command.environment.insert(command.environment.end(), settings.begin(), settings.end());
  if (made) {
    // A hook or an action that calls this program has set its own.
    command.environment.push_back("GIT_DIR=" + git_dir.string());
    command.environment.push_back("GIT_WORK_TREE=" + (home_ / "nothing").string());
    command.environment.push_back("GIT_INDEX_FILE=" + (git_dir / "index").string());
    command.environment.push_back("GIT_OBJECT_DIRECTORY=" + (git_dir / "objects").string());
  }
  command.out = command.err = ChildStream::pipe();
  return command;
}

ChildResult Git::attempt(Run& run, const std::vector<std::string>& arguments) {
  return run_child(run, command(arguments));
}

std::string Git::run(Run& run, const std::vector<std::string>& arguments) {
  auto result = attempt(run, arguments);
  if (!result.exit.ok()) throw translate(result, "git " + arguments.front());
  while (!result.out.empty() && result.out.back() == '\n') result.out.pop_back();
  return std::move(result.out);
}

Error Git::translate(const ChildResult& result, const std::string& what) const {
  const auto message =
      fmt::format("{} on '{}' failed: {}", what, plan_.repository, last_words(result));
  for (const auto& meaning : k_meanings) {
    if (result.err.find(meaning.words) != std::string::npos) {
      return Error(meaning.kind, message, std::string(meaning.hint));
    }
  }
  return Error(ErrorKind::remote, message, "these are git's own words");
}

}  // namespace tidegate::gitops
