#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace throng {

/// Where the real datasets are, which are not part of the project: the folder that THRONG_DATA names, else
/// ../shared/data beside the source checkout. The target that includes this defines THRONG_SOURCE_DIR.
inline std::filesystem::path real_data(const std::string& dataset) {
  const char* folder = std::getenv("THRONG_DATA");
  if (folder != nullptr) return std::filesystem::path(folder) / dataset;
  return std::filesystem::path(THRONG_SOURCE_DIR) / ".." / "shared" / "data" / dataset;
}

/// Where the recorded transcripts of real language models are: the folder beside that of the real datasets.
inline std::filesystem::path real_transcripts(const std::string& file) {
  return real_data("agent4rec-ml-1m").parent_path().parent_path() / "llm-transcripts" / file;
}

}  // namespace throng

/// Leaves the test, loudly, if there are no such real transcripts.
#define THRONG_NEEDS_REAL_TRANSCRIPTS(file)                       \
  if (!std::filesystem::exists(::throng::real_transcripts(file))) \
  GTEST_SKIP() << "\n*** NOT TESTED: there is no " << ::throng::real_transcripts(file) << ".\n"

/// Leaves the test, loudly, if there is no such real dataset.
#define THRONG_NEEDS_REAL_DATA(dataset)                                            \
  if (!std::filesystem::is_directory(::throng::real_data(dataset)))                \
  GTEST_SKIP() << "\n*** NOT TESTED: there is no " << ::throng::real_data(dataset) \
               << ".\n*** Set THRONG_DATA "                                        \
               << "to the folder of the real datasets to run this test.\n"

/// Leaves the test under ThreadSanitizer, where a fit on real data takes minutes on plain threads; the
/// conformance suite fits every model there too.
#ifdef THRONG_PLAIN_THREADS
#define THRONG_TOO_SLOW_UNDER_TSAN() GTEST_SKIP() << "NOT TESTED under ThreadSanitizer: takes minutes there"
#else
#define THRONG_TOO_SLOW_UNDER_TSAN() static_assert(true)
#endif
