#include "recsys/external/precomputed.h"

#include <gmock/gmock.h>

#include "tests/support/small_world.h"
#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Users u0 and u1, items i0 to i3.
Dataset named_world() {
  Dataset dataset = testing::dataset_of(2, 1, {{0}, {0}, {0}, {0}}, {{0, 1, 5}, {1, 0, 5}});
  for (User& user : dataset.users) user.external_id = "u" + user.external_id;
  for (Item& item : dataset.catalogue.items) item.external_id = "i" + item.external_id;
  return dataset;
}

/// As numpy.save writes it (version 1.0).
template <class Integer>
std::string npy(const std::string& header, const std::vector<Integer>& values) {
  std::string padded = header;
  while ((10 + padded.size() + 1) % 64 != 0) padded += ' ';
  padded += '\n';
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(padded.size() % 256);
  text += static_cast<char>(padded.size() / 256);
  text += padded;
  return text.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Integer));
}

class RankingsFile : public ::testing::Test {
 protected:
  std::vector<std::vector<ItemId>> read(const std::string& name, const std::string& text) {
    folder_.write(name, text);
    return read_rankings_file(folder_ / name, dataset_);
  }
  std::string problem(const std::string& name, const std::string& text) {
    try {
      read(name, text);
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::data);
      return failure.what();
    }
    return "no failure";
  }

  TempFolder folder_;
  Dataset dataset_ = named_world();
};

TEST_F(RankingsFile, ReadsACsvInItsOwnOrderByRankOrByScore) {
  EXPECT_THAT(read("a.csv", "user,item\nu1,i3\nu0,i2\nu1,i0\n"),
              ElementsAre(ElementsAre(ItemId{2}), ElementsAre(ItemId{3}, ItemId{0})));
  EXPECT_THAT(read("b.csv", "rank,user,item\n2,u0,i1\n1,u0,i3\n10,u0,i0\n"),
              ElementsAre(ElementsAre(ItemId{3}, ItemId{1}, ItemId{0}), IsEmpty()));
  EXPECT_THAT(read("c.csv", "user,item,score\nu0,i3,0.5\nu0,i1,0.5\nu0,i2,-1e3\nu0,i0,7\n"),
              ElementsAre(ElementsAre(ItemId{0}, ItemId{1}, ItemId{3}, ItemId{2}), IsEmpty()));
}

TEST_F(RankingsFile, SaysWhatIsWrongWithACsv) {
  EXPECT_THAT(problem("a.csv", "user,item\nu0,i1\nu9,i1\n"), HasSubstr("a.csv:3: user \"u9\""));
  EXPECT_THAT(problem("a.csv", "user,item\nu0,i9\n"), HasSubstr("a.csv:2: item \"i9\""));
  EXPECT_THAT(problem("a.csv", "user,item,rank\nu0,i1,first\n"),
              HasSubstr("rank \"first\", expected a number"));
  EXPECT_THAT(problem("a.csv", "user,item\nu0,i1\nu0,i1\n"), HasSubstr("user u0 has item i1 twice"));
  EXPECT_THAT(problem("a.csv", "user,film\nu0,i1\n"), HasSubstr("item"));
}

TEST_F(RankingsFile, ReadsWhatNumpySaves) {
  const char* header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2, 3), }";
  EXPECT_THAT(read("a.npy", npy<std::int64_t>(header, {3, 0, -1, 1, 2, 3})),
              ElementsAre(ElementsAre(ItemId{3}, ItemId{0}), ElementsAre(ItemId{1}, ItemId{2}, ItemId{3})));
  const char* narrow = "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 1), }";
  EXPECT_THAT(read("b.npy", npy<std::uint16_t>(narrow, {3, 2})),
              ElementsAre(ElementsAre(ItemId{3}), ElementsAre(ItemId{2})));
}

TEST_F(RankingsFile, SaysWhatIsWrongWithAnNpyFile) {
  const auto header = [](const std::string& type, const std::string& shape) {
    return "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  };
  EXPECT_THAT(problem("a.npy", "user,item\nu0,i1\n"), HasSubstr("not an NPY file"));
  EXPECT_THAT(problem("a.npy", npy<std::int32_t>(header("<f4", "(2, 1)"), {0, 0})),
              HasSubstr("little-endian integers"));
  EXPECT_THAT(problem("a.npy", npy<std::int32_t>(header("<i4", "(2,)"), {0, 0})),
              HasSubstr("two-dimensional"));
  EXPECT_THAT(problem("a.npy", npy<std::int32_t>(header("<i4", "(3, 1)"), {0, 0, 0})), HasSubstr("3 rows"));
  EXPECT_THAT(problem("a.npy", npy<std::int32_t>(header("<i4", "(2, 2)"), {0, 1, 2})),
              HasSubstr("bytes of data"));
  // 2 x 2^62 x 4 bytes are none, modulo 2^64.
  EXPECT_THAT(problem("a.npy", npy<std::int32_t>(header("<i4", "(2, 4611686018427387904)"), {})),
              HasSubstr("bytes of data"));
  EXPECT_THAT(problem("a.npy", npy<std::int32_t>(header("<i4", "(2, 1)"), {0, 4})), HasSubstr("[1, 0] is 4"));
  EXPECT_THAT(problem("a.npy", npy<std::int32_t>(header("<i4", "(2, 1)"), {0, 4}).substr(0, 20)),
              HasSubstr("cut short"));
}

TEST_F(RankingsFile, ExcludedItemsArePassedOverAndAShortRankingIsAnError) {
  folder_.write("r.csv", "user,item\nu0,i3\nu0,i1\nu0,i0\nu1,i0\n");
  const auto recommender =
      Precomputed::make({{"kind", "rankings"}, {"file", (folder_ / "r.csv").string()}}).value();
  FitObserver quiet;
  recommender->fit({.train = dataset_.interactions, .dataset = &dataset_}, quiet);
  const std::vector<ItemId> seen{ItemId{1}};
  const auto rank = [&](std::uint32_t user, std::size_t k) {
    const RankingRequest request{.query = {.user = UserId{user}}, .excluded = {seen}};
    const Rankings rankings = recommender->rank({&request, 1}, k);
    return std::vector<ItemId>(rankings.of(0).begin(), rankings.of(0).end());
  };
  EXPECT_THAT(rank(0, 2), ElementsAre(ItemId{3}, ItemId{0}));
  EXPECT_THROW(rank(0, 3), Failure);  // i2 could be shown, but the file does not have it
  EXPECT_THROW(rank(1, 2), Failure);
}

}  // namespace
}  // namespace throng
