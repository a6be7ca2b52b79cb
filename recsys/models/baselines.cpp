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
  OptionsReader reader(options);
  reader.ignore("kind");
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return std::make_unique<RandomRecommender>();
}

void RandomRecommender::fit(const FitInput& input, FitObserver& /*observer*/) {
  seed_ = input.seed;
  items_ = input.train.num_items();
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
  }
}

void RandomRecommender::save(ModelWriter& out) const {
  out.number(seed_);
  out.number(items_);
}

void RandomRecommender::load(ModelReader& in) {
  seed_ = in.number();
  items_ = in.number();
}

}  // namespace throng
