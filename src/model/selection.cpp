#include "model/selection.hpp"

#include <algorithm>

#include "base/glob.hpp"

namespace tidegate {
namespace {

bool fits(const std::string& wish, const std::string& name) {
  return is_glob(wish) ? matches(wish, name) : wish == name;
}

bool any_fits(const std::vector<std::string>& wishes, const std::string& name) {
  return std::any_of(wishes.begin(), wishes.end(),
                     [&](const std::string& wish) { return fits(wish, name); });
}

bool fits_any(const std::string& wish, const std::vector<std::string>& names) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return fits(wish, name); });
}

}  // namespace

Selected select(const Selection& selection, const std::vector<std::string>& names) {
  Selected result;
  for (const auto& name : names) {
    const bool included = selection.include.empty() || any_fits(selection.include, name);
    if (included && !any_fits(selection.exclude, name)) result.taken.push_back(name);
  }
  for (const auto& wish : selection.include) {
    if (fits_any(wish, names)) continue;
    (is_glob(wish) ? result.unmatched_include : result.missing).push_back(wish);
  }
  for (const auto& wish : selection.exclude) {
    if (!fits_any(wish, names)) result.unmatched_exclude.push_back(wish);
  }
  return result;
}

}  // namespace tidegate
