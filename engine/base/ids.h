#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace throng {

/// Ids are dense numbers from 0, each kind a type of its own: `enum class ItemId : std::uint32_t {}`.
template <class T>
concept DenseId = std::is_enum_v<T> && std::same_as<std::underlying_type_t<T>, std::uint32_t>;

/// The position of an id in arrays that hold one entry per id.
template <DenseId Id>
constexpr std::size_t index(Id id) noexcept {
  return static_cast<std::size_t>(id);
}

}  // namespace throng
