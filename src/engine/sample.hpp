#pragma once

/// Sample data for `tidegate demo`. The engine itself never writes production; this does, and only
/// in databases whose names begin with `tidegate_demo_`.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/run.hpp"
#include "model/gate.hpp"
#include "model/names.hpp"
#include "model/plan.hpp"

namespace tidegate::engine {

/// Every database that sample data may touch begins with this.
inline constexpr std::string_view k_sample_prefix = "tidegate_demo_";

/// One of the users of the flow, with exactly the rights that `check --grants` would give.
struct SampleUser {
  std::string name;
  Secret password;
  std::vector<std::string> roles;  ///< `read@tidegate_demo_production`
};

/// How much sample data: 53,400 documents, or, for a server that takes its time, a tenth of them.
enum class SampleSize { full, tenth };

/// Speaks to one server. @throws Error refused for any database that does not begin with the
/// prefix; unreachable, permission, remote.
class Sample {
 public:
  virtual ~Sample() = default;
  /// `MongoDB 7.0.14`; waits for the server until the run's limit when it is just starting.
  virtual std::string server(Run& run) = 0;
  /// Makes a new server with one member (`127.0.0.1:27017`) a replica set of one.
  virtual void initiate(Run& run, const std::string& host) = 0;
  /// A small production: several collections with indexes and a view.
  /// @returns the number of documents.
  virtual std::int64_t fill(Run& run, const DatabaseName& database, SampleSize size) = 0;
  /// Changes one field of one document. @returns what it did, for people.
  virtual std::string change_one(Run& run, const DatabaseName& database) = 0;
  virtual void drop(Run& run, const DatabaseName& database) = 0;
  virtual void create_user(Run& run, const SampleUser& user) = 0;
  virtual void drop_user(Run& run, const std::string& name) = 0;
};

/// Makes one for a server; connects when it is first used.
using ConnectSample = std::function<std::unique_ptr<Sample>(const Endpoint&)>;

}  // namespace tidegate::engine
