#include "engine/base/hash.h"

#include <set>

#include <gmock/gmock.h>

namespace throng {
namespace {

DigestChain digest_of(std::initializer_list<int> numbers) {
  DigestChain digest;
  for (const int number : numbers) digest.add(number);
  return digest;
}

TEST(DigestChain, TellsApartValuesOrderAndGrouping) {
  DigestChain together;
  together.add(1, 2);
  const std::set<Hash128> digests{DigestChain().value(), digest_of({1, 2}).value(), digest_of({2, 1}).value(),
                                  digest_of({1}).value(), together.value()};
  EXPECT_EQ(digests.size(), 5U);
  EXPECT_EQ(digest_of({1, 2}).value(), digest_of({1, 2}).value());
}

TEST(DigestChain, CountsTheLastBitOfANumber) {
  DigestChain a;
  a.add(0.1 + 0.2);
  DigestChain b;
  b.add(0.3);
  EXPECT_NE(a.value(), b.value());
}

TEST(DigestChain, TakesTextAndDigests) {
  DigestChain text;
  text.add("a title");
  DigestChain hash;
  hash.add(hash128("a title"));
  EXPECT_EQ(text.value(), hash.value());
}

}  // namespace
}  // namespace throng
