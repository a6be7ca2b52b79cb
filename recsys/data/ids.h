#pragma once

#include "engine/base/ids.h"

namespace throng {

/// A user of a dataset: a row of `Users` and of `Interactions`, 0 .. users-1.
enum class UserId : std::uint32_t {};
/// An item of a catalogue: 0 .. items-1, in the order of items.csv.
enum class ItemId : std::uint32_t {};
/// A genre of a catalogue: 0 .. genres-1.
enum class GenreId : std::uint32_t {};

}  // namespace throng
