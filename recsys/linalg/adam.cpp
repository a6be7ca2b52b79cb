#include "recsys/linalg/adam.h"

#include <cmath>

namespace throng {

void RowAdam::next_step() {
  ++step_;
  const auto step = static_cast<double>(step_);
  rate_ = static_cast<float>(options_.learning_rate / (1 - std::pow(options_.beta1, step)));
  square_scale_ = static_cast<float>(1 / (1 - std::pow(options_.beta2, step)));
}

void RowAdam::update(std::size_t row, std::span<const float> gradient, std::span<float> parameters) {
  const std::span<float> means = moments_.row(row).first(parameters.size());
  const std::span<float> squares = moments_.row(row).last(parameters.size());
  const Lanes beta1 = broadcast(options_.beta1);
  const Lanes beta2 = broadcast(options_.beta2);
  const Lanes rest1 = broadcast(1 - options_.beta1);
  const Lanes rest2 = broadcast(1 - options_.beta2);
  for (std::size_t f = 0; f < parameters.size(); f += kLanes) {
    const Lanes g = load(&gradient[f]);
    const Lanes mean = beta1 * load(&means[f]) + rest1 * g;
    const Lanes square = beta2 * load(&squares[f]) + rest2 * (g * g);
    store(&means[f], mean);
    store(&squares[f], square);
    const Lanes deviation = square_root(square * broadcast(square_scale_)) + broadcast(options_.epsilon);
    store(&parameters[f], load(&parameters[f]) - broadcast(rate_) * mean / deviation);
  }
}

}  // namespace throng
