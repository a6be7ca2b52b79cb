#include "benchmarks/support/peak.h"

#include <chrono>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <immintrin.h>

namespace throng {
namespace {

constexpr std::size_t kChains = 10;  // in registers; enough to hide the latency of two units
constexpr std::size_t kRounds = 100'000'000;

void multiply_and_add() {
  __m256 sums[kChains];  // NOLINT: an std::array would drop the alignment
  __m256 factor = _mm256_set1_ps(0.999F);
  benchmark::DoNotOptimize(factor);
  for (__m256& sum : sums) sum = factor;
  for (std::size_t round = 0; round < kRounds; ++round) {
#pragma GCC unroll 10
    for (__m256& sum : sums) sum = _mm256_fmadd_ps(sum, factor, factor);
  }
  __m256 total = factor;
#pragma GCC unroll 10
  for (const __m256& sum : sums) total = _mm256_add_ps(total, sum);
  benchmark::DoNotOptimize(total);
}

}  // namespace

double measured_peak_flops(std::size_t threads) {
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> running;
  for (std::size_t n = 0; n < threads; ++n) running.emplace_back(multiply_and_add);
  for (std::thread& thread : running) thread.join();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  return static_cast<double>(threads * kRounds * kChains * 16) / elapsed.count();
}

}  // namespace throng
