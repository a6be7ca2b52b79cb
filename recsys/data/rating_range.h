#pragma once

namespace throng {

/// Which numbers are ratings. If it is not 0.5 to 5, they are mapped linearly to 1 to 5.
struct RatingRange {
  double low = 0.5;
  double high = 5;

  bool is_own() const { return low == 0.5 && high == 5; }
  float mapped(double rating) const {
    return static_cast<float>(is_own() ? rating : 1 + 4 * (rating - low) / (high - low));
  }
};

}  // namespace throng
