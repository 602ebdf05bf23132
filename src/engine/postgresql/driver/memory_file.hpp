#pragma once

/// A file for one child that is never written to a disk.

#include <string>

namespace tidegate::engine::postgresql {

/// Passed as a descriptor; it disappears with the last process that holds it, however that ends.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name, const std::string& text = {});
  ~MemoryFile();
  MemoryFile(MemoryFile&& other) noexcept;
  MemoryFile& operator=(MemoryFile&&) = delete;
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  int descriptor() const noexcept { return descriptor_; }
  /// Its path in a child that gets it as the `index`th of its descriptors.
  static std::string path_for_child(int index);

 private:
  int descriptor_ = -1;
};

}  // namespace tidegate::engine::postgresql
