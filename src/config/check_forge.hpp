#pragma once

/// Checks the meaning of the sections `github` and `gitops`, whose values are good in form. A
/// `..._complaint` returns what is wrong, or nothing.

#include <string>
#include <vector>

#include "config/document.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

/// A value that holds `${NAME}` is checked later, when a command asks for it. `url_names` are
/// those of `github.urls`.
void check_forge(const Resolver& resolver, const std::vector<std::string>& url_names,
                 std::vector<Problem>& problems);

/// The same for `gitops`.
void check_gitops(const Resolver& resolver, std::vector<Problem>& problems);

/// A repository's name: it must be `OWNER/NAME`.
std::optional<std::string> repository_complaint(std::string_view text);
/// The address of an API or a page: it begins with `http://` or `https://` and has no blanks.
std::optional<std::string> url_complaint(std::string_view text);
/// The address of a GitOps repository: it must hold no password, and a user only for ssh, which
/// needs one.
std::optional<std::string> gitops_address_complaint(std::string_view text);
/// The folder of a pull request's files: `{number}` must be in it.
std::optional<std::string> gitops_folder_complaint(std::string_view text);
/// A label's name.
std::optional<std::string> label_complaint(std::string_view text);

}  // namespace tidegate::config
