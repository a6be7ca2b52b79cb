#pragma once

#include <array>
#include <cstddef>

#include "engine/net/instant.h"

namespace throng {

struct PeerDeadlineOptions {
  Delay floor = std::chrono::seconds(2);  ///< nobody is given up sooner; 0: nobody is given up at all
  Delay ceiling{0};                       ///< nor later, once the peers are known; 0: none
};

/// How long an attempt may be silent before it is given up as stalled: far longer than its peers at the same endpoint were
/// before they replied. An attempt that was given up counts as a reply after that time, so that a server that has become
/// slow is waited for soon. Pure.
class PeerDeadline {
 public:
  explicit PeerDeadline(PeerDeadlineOptions options = {}) : options_(options) {}

  /// An attempt was silent for so long before its first byte, or until it was given up.
  void observe(Delay silence);
  /// For a call that was given up `stalls` times already; 0: as long as other deadlines allow.
  Delay silence(int stalls) const;

 private:
  static constexpr std::size_t kRecent = 256;

  PeerDeadlineOptions options_;
  std::array<Delay, kRecent> recent_{};
  std::size_t seen_ = 0;
  Delay usual_{0};  ///< the 90th percentile of `recent_`; 0: not known yet
};

}  // namespace throng
