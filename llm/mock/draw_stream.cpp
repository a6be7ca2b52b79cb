#include "llm/mock/draw_stream.h"

namespace throng::llm::mock {

Draws draws_of(std::uint64_t seed, const Hash128& body) {
  const auto words =
      philox({static_cast<std::uint32_t>(body.low), static_cast<std::uint32_t>(body.low >> 32U),
              static_cast<std::uint32_t>(body.high), static_cast<std::uint32_t>(body.high >> 32U)},
             {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32U)});
  return Draws(std::uint64_t{words[1]} << 32U | words[0]);
}

std::uint32_t DrawStream::bits() {
  if (left_ == 0) {
    block_ = draws_.block(purpose_, at_);
    ++at_.item;
    left_ = 4;
  }
  return block_[--left_];
}

std::int64_t DrawStream::between(std::int64_t min, std::int64_t max) {
  const std::uint64_t low = bits();
  const std::uint64_t number = std::uint64_t{bits()} << 32U | low;
  __extension__ using Wide = unsigned __int128;
  const Wide values =
      static_cast<Wide>(static_cast<std::uint64_t>(max) - static_cast<std::uint64_t>(min)) + 1;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(min) +
                                   static_cast<std::uint64_t>(number * values >> 64U));
}

}  // namespace throng::llm::mock
