#include "bench/sizes.hpp"

#include <map>
#include <stdexcept>

namespace tidegate::bench {

std::int64_t parse_size(const std::string& text) {
  static const std::map<std::string, double> units = {
      {"", 1},     {"B", 1},        {"kB", 1e3},        {"KB", 1e3},           {"MB", 1e6},
      {"GB", 1e9}, {"KiB", 1024.0}, {"MiB", 1048576.0}, {"GiB", 1073741824.0},
  };
  std::size_t used = 0;
  const double number = std::stod(text, &used);
  const auto unit = units.find(text.substr(used));
  if (unit == units.end() || number <= 0) {
    throw std::invalid_argument("'" + text + "' is no size; write 5MB, 1.5GB or 64MiB");
  }
  return static_cast<std::int64_t>(number * unit->second);
}

}  // namespace tidegate::bench
