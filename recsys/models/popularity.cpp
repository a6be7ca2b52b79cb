#include "recsys/models/popularity.h"

#include <algorithm>

#include "engine/base/options_reader.h"
#include "recsys/linalg/score_block.h"
#include "recsys/models/model_file.h"

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

}  // namespace throng
