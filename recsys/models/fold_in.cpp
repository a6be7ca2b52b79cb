#include "recsys/models/fold_in.h"

#include "engine/sim/random.h"
#include "recsys/linalg/adam.h"
#include "recsys/models/bpr.h"

namespace throng {
namespace {

constexpr Purpose kNegative{"bpr/fold-in"};
constexpr std::uint16_t kSteps = 60;
constexpr AdamOptions kAdam{.learning_rate = 0.03F};

}  // namespace

void fold_in(const FactorMatrix& items, std::span<const ItemId> history, float l2, std::uint64_t seed,
             std::span<float> user) {
  if (history.empty() || history.size() >= items.rows()) return;
  const Draws draws(seed);
  const Lanes count = broadcast(static_cast<float>(history.size()));
  RowAdam adam(1, user.size(), kAdam);
  FactorMatrix gradients(1, user.size());
  const std::span<float> gradient = gradients.row(0);
  for (std::uint16_t step = 0; step < kSteps; ++step) {
    for (std::size_t f = 0; f < user.size(); f += kLanes) store(&gradient[f], broadcast(l2) * load(&user[f]));
    for (std::uint32_t n = 0; n < history.size(); ++n) {
      const std::size_t drawn =
          draws.below(items.rows() - history.size(), kNegative, {.agent = n, .round = step});
      const std::span<const float> positive = items.row(index(history[n]));
      const std::span<const float> negative = items.row(index(nth_missing(history, drawn)));
      const Lanes slope = broadcast(bpr_term(dot(user, positive) - dot(user, negative)).slope) / count;
      for (std::size_t f = 0; f < user.size(); f += kLanes) {
        store(&gradient[f], load(&gradient[f]) + slope * (load(&positive[f]) - load(&negative[f])));
      }
    }
    adam.next_step();
    adam.update(0, gradient, user);
  }
}

}  // namespace throng
