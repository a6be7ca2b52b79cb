#include "recsys/models/baselines.h"

#include <algorithm>

#include "engine/base/hash.h"
#include "engine/base/options_reader.h"
#include "engine/base/random.h"
#include "recsys/linalg/score_block.h"
#include "recsys/recommender/model_file.h"

namespace throng {

Result<std::unique_ptr<Recommender>> Popularity::make(const Json& options) {
  OptionsReader reader(options);
  reader.ignore("kind");
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return std::make_unique<Popularity>();
}

void Popularity::fit(const FitInput& input, FitObserver& /*observer*/) {
  const std::vector<std::uint32_t> counts = input.train.item_counts();
  counts_.assign(counts.size(), 0);
  std::ranges::transform(counts, counts_.begin(),
                         [](std::uint32_t count) { return static_cast<float>(count); });
}

void Popularity::score(std::span<const Query> queries, ScoreBlock& scores) const {
  for (std::size_t n = 0; n < queries.size(); ++n) std::ranges::copy(counts_, scores.of(n).begin());
}

void Popularity::save(ModelWriter& out) const { out.array<float>(counts_); }

void Popularity::load(ModelReader& in) { counts_ = in.array<float>(); }

namespace {

constexpr Purpose kUser{"random/user"};
constexpr Purpose kUnseen{"random/unseen"};
constexpr std::size_t kWords = 4;  // items per block of random bits

std::uint32_t number_of(const Query& query) {
  if (query.user) return static_cast<std::uint32_t>(index(*query.user));
  return static_cast<std::uint32_t>(hash128(std::as_bytes(query.history)).low);
}

}  // namespace

Result<std::unique_ptr<Recommender>> RandomRecommender::make(const Json& options) {
  auto made = std::make_unique<RandomRecommender>();
  OptionsReader reader(options);
  reader.ignore("kind");
  reader.integer("most_popular", made->most_popular_, {0, 1'000'000'000});
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return made;
}

Json RandomRecommender::options() const {
  Json options{{"kind", "random"}};
  if (most_popular_ > 0) options["most_popular"] = most_popular_;
  return options;
}

void RandomRecommender::fit(const FitInput& input, FitObserver& /*observer*/) {
  seed_ = input.seed;
  items_ = input.train.num_items();
  behind_.clear();
  if (most_popular_ == 0 || static_cast<std::size_t>(most_popular_) >= items_) return;
  const std::vector<std::uint32_t> counts = input.train.item_counts();
  for (std::size_t item = 0; item < items_; ++item) behind_.push_back(ItemId(item));
  std::ranges::stable_sort(behind_, std::ranges::greater{}, [&](ItemId item) { return counts[index(item)]; });
  behind_.erase(behind_.begin(), behind_.begin() + most_popular_);
}

void RandomRecommender::score(std::span<const Query> queries, ScoreBlock& scores) const {
  const Draws draws(seed_);
  for (std::size_t n = 0; n < queries.size(); ++n) {
    const Purpose purpose = queries[n].user ? kUser : kUnseen;
    const std::span<float> row = scores.of(n);
    DrawAddress at{.agent = number_of(queries[n])};
    for (std::size_t first = 0; first < row.size(); first += kWords, ++at.item) {
      const auto words = draws.block(purpose, at);
      for (std::size_t i = 0; i < kWords && first + i < row.size(); ++i) {
        row[first + i] = static_cast<float>(words[i] >> 8U) * 0x1p-24F;
      }
    }
    for (const ItemId item : behind_) row[index(item)] -= 1;
  }
}

void RandomRecommender::save(ModelWriter& out) const {
  out.number(seed_);
  out.number(items_);
  if (most_popular_ > 0) out.array<ItemId>(behind_);
}

void RandomRecommender::load(ModelReader& in) {
  seed_ = in.number();
  items_ = in.number();
  if (most_popular_ > 0) behind_ = in.array<ItemId>();
}

}  // namespace throng
