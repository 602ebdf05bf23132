#pragma once

/// A second pair of eyes while the server copies: says how far it is, and ends its operations when
/// they are not wanted any more.

#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "engine/mongodb/copy/collection_copy.hpp"
#include "engine/mongodb/driver/server.hpp"

namespace tidegate::engine::mongodb {

/// Lives from before the first copy until all have ended; thread safe. When the run is stopped, or
/// abandon() is called, the server's operations of this run are killed again and again until the
/// object is destroyed.
class CopyMonitor {
 public:
  CopyMonitor(Run& run, Server& server, std::string database);
  ~CopyMonitor();
  CopyMonitor(const CopyMonitor&) = delete;
  CopyMonitor& operator=(const CopyMonitor&) = delete;

  /// Progress is the size of the server's temporary collections. Which belongs to which copy the
  /// server does not say; they are taken in the order of their appearance.
  void begins(const std::string& name);
  void ends(const std::string& name);
  void abandon();

 private:
  struct Active {
    std::string name, temporary;
    std::int64_t documents = 0;
  };
  void watch(std::stop_token stop);
  void look();
  void assign(const std::vector<std::string>& temporaries);
  bool unwanted() const;

  Run& run_;
  Server& server_;
  std::string database_;
  SilentProgress silent_;
  std::stop_source ending_;
  Run own_run_;  ///< goes on when the run itself is stopped, and waits for nothing at the end
  std::atomic<bool> abandoned_{false};
  std::mutex mutex_;
  std::vector<Active> active_;
  std::vector<std::string> seen_;
  std::jthread thread_;
};

}  // namespace tidegate::engine::mongodb
