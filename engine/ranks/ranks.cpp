#include "engine/ranks/ranks.h"

#include <algorithm>
#include <exception>

#include <fmt/format.h>

#include "engine/ranks/failed_elsewhere.h"

namespace throng {
namespace {

/// What came of a part: its result, or how it failed.
struct Outcome {
  std::string result{};
  std::exception_ptr thrown{};
  int kind = 0;  ///< of the failure, an ErrorKind; 0: none
  std::string message{};
};

Outcome outcome_of(const std::function<std::string()>& part) {
  try {
    return {.result = part()};
  } catch (const Failure& failure) {
    return {.thrown = std::current_exception(), .kind = failure.exit_code(), .message = failure.what()};
  } catch (const std::exception& error) {
    return {.thrown = std::current_exception(),
            .kind = static_cast<int>(ErrorKind::unexpected),
            .message = error.what()};
  }
}

std::string packed(const Outcome& outcome) {
  return fmt::format("{}{}", outcome.kind, outcome.kind == 0 ? outcome.result : outcome.message);
}

/// The results; throws if there is a failure among `all`.
std::vector<std::string> results_of(std::vector<std::string> all, std::size_t self, const Outcome& own) {
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    const int kind = all[rank].front() - '0';
    all[rank].erase(0, 1);
    if (kind == 0) continue;
    if (rank == self) std::rethrow_exception(own.thrown);
    throw FailedElsewhere(static_cast<ErrorKind>(kind), rank, all[rank]);
  }
  return all;
}

}  // namespace

Ranks& alone() {
  static OneRank rank;
  return rank;
}

std::vector<std::string> on_all(Ranks& ranks, const std::function<std::string()>& part) {
  if (ranks.is_alone()) return {part()};
  const Outcome own = outcome_of(part);
  return results_of(ranks.all_gather(packed(own)), ranks.self(), own);
}

std::string on_first(Ranks& ranks, const std::function<std::string()>& part) {
  if (ranks.is_alone()) return part();
  const Outcome own = ranks.is_first() ? outcome_of(part) : Outcome();
  return results_of({ranks.broadcast(packed(own))}, ranks.self(), own).front();
}

bool is_on_any(Ranks& ranks, bool is_here) {
  const std::vector<std::string> all = ranks.all_gather(is_here ? "yes" : "no");
  return std::ranges::find(all, "yes") != all.end();
}

void tell_to_stop(Ranks& ranks) {
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    if (rank != ranks.self()) ranks.send(Channel::stop, rank, "");
  }
}

bool is_told_to_stop(Ranks& ranks) { return ranks.receive(Channel::stop).has_value(); }

}  // namespace throng
