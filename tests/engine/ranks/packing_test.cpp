#include "engine/ranks/packing.h"

#include <limits>

#include <gmock/gmock.h>

namespace throng {
namespace {

enum class Colour : std::uint8_t { red = 1, green = 2 };

struct Letter {
  std::string address;
  std::vector<std::pair<std::uint32_t, double>> figures;
  std::optional<Hash128> hash;
  Colour colour = Colour::red;

  bool operator==(const Letter&) const = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(address, figures, hash, colour);
  }
};

Letter letter() {
  return {.address = std::string("a\0b\n", 4),
          .figures = {{1, -0.0}, {7, std::numeric_limits<double>::denorm_min()}},
          .hash = hash128("x"),
          .colour = Colour::green};
}

TEST(Packing, BringsBackWhatWasPacked) {
  EXPECT_EQ(unpack<Letter>(pack(letter())), letter());
  EXPECT_EQ(unpack<Letter>(pack(Letter())), Letter());
  EXPECT_EQ(unpack<std::string>(pack(std::string(3'000'000, 'x'))).size(), 3'000'000U);
}

TEST(Packing, RefusesBytesThatAreTooFewOrTooMany) {
  const std::string bytes = pack(letter());
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_THROW(unpack<Letter>(bytes.substr(0, length)), Failure) << length;
  EXPECT_THROW(unpack<Letter>(bytes + "x"), Failure);
}

TEST(Packing, RefusesASizeThatIsNoneInsteadOfTakingTheMemory) {
  const std::string bytes = pack(std::numeric_limits<std::uint64_t>::max());
  EXPECT_THROW(unpack<std::string>(bytes), Failure);
  EXPECT_THROW(unpack<std::vector<double>>(bytes), Failure);
  EXPECT_THROW(unpack<std::vector<std::string>>(bytes), Failure);
}

}  // namespace
}  // namespace throng
