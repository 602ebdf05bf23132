#pragma once

/// What is wrong in the meaning of the sections `github` and `gitops`, values good in form.

#include <string>
#include <vector>

#include "config/document.hpp"
#include "config/resolve.hpp"

namespace tidegate::config {

/// What holds `${NAME}` is left for when it is asked for. `url_names` are those of `github.urls`.
void check_forge(const Resolver& resolver, const std::vector<std::string>& url_names,
                 std::vector<Problem>& problems);

/// The same for `gitops`.
void check_gitops(const Resolver& resolver, std::vector<Problem>& problems);

/// What is wrong with a repository's name, which is to be `OWNER/NAME`.
std::optional<std::string> repository_complaint(std::string_view text);
/// What is wrong with the address of an API or a page: `http://` or `https://`, no blanks.
std::optional<std::string> url_complaint(std::string_view text);
/// What is wrong with the address of a GitOps repository: a password in it, or a user
/// in that of a web server: ssh needs one.
std::optional<std::string> gitops_address_complaint(std::string_view text);
/// What is wrong with the folder of a pull request's files: no `{number}` in it.
std::optional<std::string> gitops_folder_complaint(std::string_view text);
/// What is wrong with a label's name.
std::optional<std::string> label_complaint(std::string_view text);

}  // namespace tidegate::config
