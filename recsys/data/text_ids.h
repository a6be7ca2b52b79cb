#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

namespace throng {

/// Texts numbered in the order in which they were added.
class TextIds {
 public:
  std::size_t size() const { return texts_.size(); }
  const std::string& operator[](std::uint32_t id) const { return texts_[id]; }
  std::optional<std::uint32_t> find(std::string_view text) const;
  /// The text's number; it is added if it is not there.
  std::uint32_t add(std::string_view text);

 private:
  std::deque<std::string> texts_;  // they stay where they are
  boost::unordered_flat_map<std::string_view, std::uint32_t, std::hash<std::string_view>> ids_;
};

}  // namespace throng
