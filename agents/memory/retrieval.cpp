#include "agents/memory/retrieval.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace throng {
namespace {

constexpr std::size_t kMostRetrieved = 64;
constexpr double kDecayPerHour = 0.995;  // of Generative Agents, per hour of the game

struct Placed {
  VirtualTime when;
  std::uint16_t round;
  std::uint16_t page;
};

Placed placed(const Memory& memory, const MemoryRef& ref) {
  if (ref.kind == MemoryRef::Kind::page) {
    const RememberedPage& page = memory.pages()[ref.index];
    return {page.when, page.round, page.page};
  }
  const RememberedReflection& reflection = memory.reflections()[ref.index];
  return {reflection.when, reflection.round, reflection.page};
}

/// The least to 0, the greatest to 1.
void normalise(std::vector<double>& values) {
  if (values.empty()) return;
  const auto [least, greatest] = std::ranges::minmax(values);
  for (double& value : values) value = greatest > least ? (value - least) / (greatest - least) : 0;
}

}  // namespace

std::vector<MemoryRef> memories_of(const Memory& memory) {
  std::vector<MemoryRef> all;
  all.reserve(memory.pages().size() + memory.reflections().size());
  for (std::size_t i = 0; i < memory.pages().size(); ++i)
    all.push_back({MemoryRef::Kind::page, static_cast<std::uint16_t>(i)});
  for (std::size_t i = 0; i < memory.reflections().size(); ++i)
    all.push_back({MemoryRef::Kind::reflection, static_cast<std::uint16_t>(i)});
  std::ranges::sort(all, {}, [&](const MemoryRef& ref) {
    const Placed at = placed(memory, ref);
    return std::tuple(at.round, at.page, ref.kind);
  });
  return all;
}

std::vector<double> claims(const Memory& memory, std::span<const MemoryRef> memories, VirtualTime now,
                           std::span<const double> relevances, const RetrievalWeights& weights) {
  std::vector<double> relevance(memories.size());
  std::ranges::copy(relevances, relevance.begin());
  std::vector<double> recency;
  std::vector<double> importance;
  for (const MemoryRef& ref : memories) {
    const std::chrono::duration<double, std::ratio<3600>> hours = now - placed(memory, ref).when;
    recency.push_back(std::pow(kDecayPerHour, hours.count()));
    importance.push_back(ref.kind == MemoryRef::Kind::page
                             ? importance_of(memory.items_of(ref.index))
                             : static_cast<double>(memory.reflections()[ref.index].importance));
  }
  for (std::vector<double>* part : {&relevance, &recency, &importance}) normalise(*part);
  std::vector<double> sums(memories.size());
  for (std::size_t i = 0; i < sums.size(); ++i) {
    sums[i] =
        weights.relevance * relevance[i] + weights.recency * recency[i] + weights.importance * importance[i];
  }
  return sums;
}

void forget(Memory& memory, VirtualTime now, std::size_t most_bytes) {
  if (memory.bytes() <= most_bytes) return;
  memory.compact();
  while (memory.bytes() > most_bytes && memory.pages().size() + memory.reflections().size() > 1) {
    const std::vector<MemoryRef> memories = memories_of(memory);
    const std::vector<double> claim = claims(memory, memories, now, {}, {});
    const MemoryRef youngest{MemoryRef::Kind::page, static_cast<std::uint16_t>(memory.pages().size() - 1)};
    std::optional<std::size_t> least;
    for (std::size_t i = 0; i < memories.size(); ++i) {
      if (memories[i] != youngest && (!least || claim[i] < claim[*least])) least = i;
    }
    const MemoryRef& gone = memories[*least];
    gone.kind == MemoryRef::Kind::page ? memory.forget_page(gone.index)
                                       : memory.forget_reflection(gone.index);
    memory.compact();
  }
}

std::optional<MemoryRef> youngest_page(std::span<const MemoryRef> memories) {
  const auto found =
      std::ranges::find(memories.rbegin(), memories.rend(), MemoryRef::Kind::page, &MemoryRef::kind);
  return found == memories.rend() ? std::nullopt : std::optional(*found);
}

std::vector<MemoryRef> retrieve(std::span<const MemoryRef> memories, std::span<const double> claims,
                                std::int64_t budget,
                                const std::function<std::int64_t(const MemoryRef&)>& cost,
                                const std::optional<MemoryRef>& always) {
  std::vector<std::size_t> order(memories.size());
  std::iota(order.rbegin(), order.rend(), std::size_t{0});  // the youngest first
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t i) { return claims[i]; });
  if (always) {
    std::stable_partition(order.begin(), order.end(),  // clang 14 has no other
                          [&](std::size_t i) { return memories[i] == *always; });
  }
  order.resize(std::min(order.size(), kMostRetrieved));
  std::vector<std::size_t> taken;
  for (const std::size_t i : order) {
    const std::int64_t tokens = cost(memories[i]);
    const bool comes_anyway = budget > 0 && memories[i] == always;
    if (tokens > budget && !comes_anyway) continue;
    budget -= tokens;
    taken.push_back(i);
  }
  std::ranges::sort(taken);
  std::vector<MemoryRef> retrieved;
  for (const std::size_t i : taken) retrieved.push_back(memories[i]);
  return retrieved;
}

}  // namespace throng
