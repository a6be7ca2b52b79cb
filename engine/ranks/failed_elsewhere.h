#pragma once

#include <cstddef>
#include <string>

#include "engine/base/error.h"

namespace throng {

/// What ended the run happened on another rank, which tells of it: this one ends the same way, without a word.
class FailedElsewhere : public Failure {
 public:
  FailedElsewhere(ErrorKind kind, std::size_t rank, const std::string& message)
      : Failure(kind, "rank " + std::to_string(rank) + ": " + message), rank_(rank) {}
  std::size_t rank() const { return rank_; }

 private:
  std::size_t rank_;
};

}  // namespace throng
