#include "archive/s3/moment.hpp"

#include <time.h>

#include <iomanip>
#include <locale>
#include <sstream>

namespace tidegate::archive::s3 {

std::optional<SystemTime> parse_http_date(const std::string& text) {
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  std::tm fields{};
  if (!(in >> std::get_time(&fields, "%a, %d %b %Y %H:%M:%S GMT"))) return std::nullopt;
  return SystemTime{std::chrono::seconds{::timegm(&fields)}};
}

}  // namespace tidegate::archive::s3
