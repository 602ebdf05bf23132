#include "cli/parse/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/suggest.hpp"
#include "cli/parse/flags.hpp"
#include "config/options.hpp"

namespace tidegate::cli {
namespace {

Error misread(std::string message, std::string hint) {
  return Error(ErrorKind::usage, std::move(message), std::move(hint));
}

Error unknown_flag(const std::string& name, const Command* command) {
  std::vector<std::string> candidates;
  if (command != nullptr) {
    for (const auto& flag : flags_of(*command)) candidates.push_back(flag.name);
  } else {
    for (const auto& [each, flag] : all_flags()) candidates.push_back(each);
  }
  candidates.insert(candidates.end(), {"--help", "--version"});
  const auto meant = did_you_mean(name, candidates);
  return misread(fmt::format("unknown flag '{}'", name),
                 meant ? fmt::format("did you mean '{}'?", *meant) : help_hint(command));
}

Error unknown_command(const std::string& typed) {
  const auto meant = did_you_mean(typed, first_words());
  return misread(fmt::format("unknown command '{}'", typed),
                 meant ? fmt::format("did you mean 'tidegate {}'?", *meant) : help_hint(nullptr));
}

bool is_flag(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

bool is_one_of(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_number(const std::string& text) {
  return !text.empty() && text.size() < 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool is_value_of(const Flag& flag, const std::string& text) {
  if (flag.metavar == "N") return is_number(text);
  return flag.choices.empty() || is_one_of(flag.choices, text);
}

/// The words from left to right.
class WordReader {
 public:
  explicit WordReader(const std::vector<std::string>& words) : words_(words), flags_(all_flags()) {}

  Invocation read() {
    bool flags_ended = false;
    while (at_ < words_.size()) {
      const auto& word = words_[at_++];
      if (!flags_ended && word == "--") {
        flags_ended = true;
      } else if (!flags_ended && is_flag(word)) {
        read_flag(word);
      } else {
        read_word(word, flags_ended);
      }
    }
    refuse_mistakes();
    if (found_.command != nullptr) {
      for (const auto& flag : flags_of(*found_.command)) give_back(flag);
    }
    return std::move(found_);
  }

 private:
  bool may_name_command(const std::string& word) const {
    if (found_.command != nullptr) return false;
    return is_one_of(found_.group == nullptr ? first_words() : second_words(*found_.group), word);
  }

  void read_word(const std::string& word, bool flags_ended) {
    if (found_.command != nullptr) {
      found_.arguments.push_back(word);
    } else if (flags_ended || !may_name_command(word)) {
      strays_.push_back(word);
    } else if (found_.group != nullptr) {
      found_.command = find_command(fmt::format("{} {}", found_.group->name, word));
    } else {
      found_.command = find_command(word);
      found_.group = find_group(word);
    }
  }

  void read_flag(const std::string& word) {
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    if (word == "-h" || word == "--help") {
      found_.help = true;
    } else if (word == "--version") {
      found_.version = true;
    } else if (const auto at = flags_.find(current_name(name)); at == flags_.end()) {
      unknown_.push_back(name);
    } else if (!at->second.takes_value) {
      read_switch(at->first, equals == word.npos ? "true" : word.substr(equals + 1));
    } else {
      const auto& value = equals == word.npos ? next_value(at->second) : word.substr(equals + 1);
      auto& values = found_.flags[at->first];
      if (!at->second.repeated) values.clear();
      values.push_back(value);
    }
  }

  void read_switch(const std::string& name, const std::string& value) {
    const auto on = config::parse_boolean(value);
    if (!on && no_switch_.empty()) no_switch_ = fmt::format("{} = {}", name, value);
    found_.flags.erase(name);
    if (on.value_or(false)) found_.flags[name] = {"true"};
  }

  std::string next_value(const Flag& flag) {
    const bool is_last = at_ == words_.size();
    if (flag.optional_value) {
      if (is_last || is_flag(words_[at_]) || may_name_command(words_[at_])) return "true";
    } else if (is_last) {
      throw misread(fmt::format("flag '{}' needs a value", flag.name), help_hint(found_.command));
    }
    return words_[at_++];
  }

  /// `--runs syrf`: a word that cannot be the flag's optional value is the next argument.
  void give_back(const Flag& flag) {
    const auto value = found_.value(flag.name);
    if (!value || (flag.takes_value && !flag.optional_value)) return;
    if (flag.takes_value && is_value_of(flag, *value)) return;
    if (!value->empty() && *value != "true") {
      found_.arguments.insert(found_.arguments.begin(), *value);
    }
    found_.flags[flag.name] = {"true"};
  }

  void refuse_mistakes() const {
    if (!no_switch_.empty()) {
      throw misread(fmt::format("'{}' is a switch, and takes no such value", no_switch_),
                    help_hint(found_.command));
    }
    if (!unknown_.empty()) throw unknown_flag(unknown_.front(), found_.command);
    if (strays_.empty()) return;
    const auto& stray = strays_.front();
    if (found_.command != nullptr) {
      throw misread(fmt::format("unexpected argument '{}' before the command '{}'", stray,
                                found_.command->name),
                    help_hint(found_.command));
    }
    if (found_.group != nullptr) throw unknown_in(*found_.group, stray);
    throw unknown_command(stray);
  }

  const std::vector<std::string>& words_;
  std::size_t at_ = 0;  // the next word
  std::map<std::string, Flag> flags_;
  Invocation found_;
  std::vector<std::string> strays_;   // words where a command's name was expected
  std::vector<std::string> unknown_;  // flags of no command
  std::string no_switch_;             // a switch and the value that it cannot have; or empty
};

}  // namespace

std::string help_hint(const Command* command) {
  return command == nullptr
             ? "'tidegate help' lists the commands"
             : fmt::format("'tidegate {} --help' shows what it takes", command->name);
}

Error unknown_in(const Group& group, const std::string& typed) {
  const auto words = second_words(group);
  const auto meant = did_you_mean(typed, words);
  return misread(
      typed.empty()
          ? fmt::format("'{}' needs one of {}", group.name, fmt::join(words, ", "))
          : fmt::format("'{}' takes {}, not '{}'", group.name, fmt::join(words, ", "), typed),
      meant ? fmt::format("did you mean 'tidegate {} {}'?", group.name, *meant)
            : fmt::format("'tidegate {} --help' says what each does", group.name));
}

Invocation split_command_line(const std::vector<std::string>& words) {
  return WordReader(words).read();
}

}  // namespace tidegate::cli
