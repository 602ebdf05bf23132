#include "engine/engine.hpp"

namespace tidegate::engine {

Bytes Inventory::size() const {
  Bytes sum;
  for (const auto& item : items) sum += item.data + item.index_data;
  return sum;
}

}  // namespace tidegate::engine
