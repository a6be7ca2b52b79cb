#pragma once

#include <exception>
#include <new>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/interprocess/streams/bufferstream.hpp>
#include <cereal/archives/binary.hpp>
#include <cereal/types/array.hpp>
#include <cereal/types/optional.hpp>
#include <cereal/types/string.hpp>
#include <cereal/types/tuple.hpp>
#include <cereal/types/utility.hpp>
#include <cereal/types/vector.hpp>

#include "engine/base/error.h"
#include "engine/base/hash.h"
#include "engine/ranks/ranks.h"

namespace throng {

template <class Archive>
void serialize(Archive& archive, Hash128& hash) {
  archive(hash.high, hash.low);
}

/// A value as bytes for another rank, as cereal's binary archive writes it: numbers, enumerations, strings, standard containers of them and
/// whatever has a `serialize(Archive&)` (of its own, or beside it). Not for files: the bytes are those of this build of the program.
template <class T>
std::string pack(const T& value) {
  std::ostringstream bytes(std::ios::binary);
  cereal::BinaryOutputArchive archive(bytes);
  archive(value);
  return std::move(bytes).str();
}

/// The inverse of `pack`. Throws Failure(unexpected) for bytes that are too few or too many for a T.
template <class T>
T unpack(std::string_view bytes) {
  static_assert(std::is_default_constructible_v<T>);
  const auto refuse = [&](const std::string& why) {
    return Failure(ErrorKind::unexpected, "what another rank sent (" + std::to_string(bytes.size()) +
                                              " bytes) is not what was expected: " + why);
  };
  T value{};
  boost::interprocess::ibufferstream stream(bytes.data(), bytes.size());
  try {
    cereal::BinaryInputArchive archive(stream);
    archive(value);
  } catch (const cereal::Exception& error) {
    throw refuse(error.what());
  } catch (const std::length_error&) {
    throw refuse("a size in it cannot be");
  } catch (const std::bad_alloc&) {
    throw refuse("a size in it cannot be");
  }
  if (stream.peek() != std::char_traits<char>::eof()) throw refuse("there is more than that");
  return value;
}

/// Collective: what the ranks' parts merge to, in their order, on all of them. T has a `merge(const T& of_next_rank)`.
template <class T>
T merged_over(Ranks& ranks, const T& own) {
  if (ranks.is_alone()) return own;
  const std::vector<std::string> all = ranks.all_gather(pack(own));
  T merged = unpack<T>(all.front());
  for (std::size_t rank = 1; rank < all.size(); ++rank) merged.merge(unpack<T>(all[rank]));
  return merged;
}

}  // namespace throng
