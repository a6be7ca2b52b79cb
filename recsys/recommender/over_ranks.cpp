#include "recsys/recommender/over_ranks.h"

#include <cstring>
#include <numeric>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/ranks/ranks.h"
#include "recsys/recommender/model_file.h"

namespace throng {
namespace {

std::string saved_model(const Recommender& recommender) {
  std::ostringstream out;
  ModelWriter writer(out);
  recommender.save(writer);
  return std::move(out).str();
}

void load_model(Recommender& recommender, std::string model) {
  const std::uint64_t size = model.size();
  std::istringstream in(std::move(model));
  ModelReader reader(in, fmt::format("what rank 0 has fitted ({})", recommender.name()), size);
  recommender.load(reader);
}

/// Bytes of a block that are sent at once: no second array is needed, and an exchange of 50 MB between two processes takes two
/// thirds of the time.
constexpr std::size_t kPiece = std::size_t{4} << 20U;

/// What a part that is called for its effect returns.
std::string nothing() { return {}; }

}  // namespace

void fit_over_ranks(Recommender& recommender, const FitInput& input, FitObserver& observer) {
  FitInput alone = input;
  alone.ranks = nullptr;
  if (input.ranks == nullptr || input.ranks->is_alone()) return recommender.fit(alone, observer);
  Ranks& ranks = *input.ranks;
  switch (recommender.fitted_by()) {
    case FittedBy::each_rank: {
      FitObserver nobody;
      on_all(ranks, [&] {
        recommender.fit(alone, ranks.is_first() ? observer : nobody);
        return nothing();
      });
      return;
    }
    case FittedBy::first_rank: {
      std::string model = on_first(ranks, [&] {
        recommender.fit(alone, observer);
        return saved_model(recommender);
      });
      on_all(ranks, [&] {
        if (!ranks.is_first()) load_model(recommender, std::move(model));
        return nothing();
      });
      return;
    }
    case FittedBy::all_together:
      return recommender.fit(input, observer);
  }
}

RankBlocks::RankBlocks(Ranks* ranks, std::span<const std::uint64_t> work)
    : ranks_(ranks != nullptr && !ranks->is_alone() ? ranks : nullptr),
      self_(ranks_ == nullptr ? 0 : ranks_->self()) {
  const std::size_t blocks = ranks_ == nullptr ? 1 : ranks_->size();
  const double all = std::accumulate(work.begin(), work.end(), 0.0);
  double before = 0;
  bounds_.push_back(0);
  for (std::size_t n = 0; n < work.size(); ++n) {
    // An element belongs to the block in whose share of the work its middle lies.
    const double middle = before + static_cast<double>(work[n]) / 2;
    while (bounds_.size() < blocks &&
           middle * static_cast<double>(blocks) >= all * static_cast<double>(bounds_.size()))
      bounds_.push_back(n);
    before += static_cast<double>(work[n]);
  }
  bounds_.resize(blocks + 1, work.size());
}

void RankBlocks::exchange_bytes(std::span<std::byte> values, std::size_t width) const {
  if (ranks_ == nullptr) return;
  std::size_t longest = 0;
  for (std::size_t n = 0; n + 1 < bounds_.size(); ++n)
    longest = std::max(longest, width * (bounds_[n + 1] - bounds_[n]));
  for (std::size_t begin = 0; begin < longest; begin += kPiece) {
    const auto piece_of = [&](std::size_t rank) {
      const std::size_t first = std::min(values.size(), bounds_[rank] * width + begin);
      const std::size_t end = std::min(values.size(), bounds_[rank + 1] * width);
      return values.subspan(first, first < end ? std::min(kPiece, end - first) : 0);
    };
    const std::span<const std::byte> own = piece_of(self_);
    const std::vector<std::string> all =
        ranks_->all_gather({reinterpret_cast<const char*>(own.data()), own.size()});
    for (std::size_t rank = 0; rank < all.size(); ++rank) {
      const std::span<std::byte> piece = piece_of(rank);
      if (all[rank].size() != piece.size()) {
        throw Failure(ErrorKind::unexpected, fmt::format("rank {} sent {} bytes of an array, expected {}",
                                                         rank, all[rank].size(), piece.size()));
      }
      if (rank != self_) std::memcpy(piece.data(), all[rank].data(), piece.size());
    }
  }
}

}  // namespace throng
