#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "recsys/data/id_positions.h"

namespace throng {

/// Ids of a dataset folder, which may be any text, and their positions. Those that are plain decimal numbers,
/// as most are, are looked up as numbers.
class ExternalIds {
 public:
  std::size_t size() const { return numbers_.size() + texts_.size(); }
  /// Adds an id at position size(); false if it is there already.
  bool add(std::string_view id);
  std::optional<std::uint32_t> find(std::string_view id) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  IdPositions numbers_;
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> texts_;
};

}  // namespace throng
