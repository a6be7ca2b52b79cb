#pragma once

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace throng {

/// A number that looks random (SplitMix64).
std::uint64_t mixed(std::uint64_t n);

/// Distinct numbers below `bound`, `mean` on average and at least one, low ones more often; which, follows from `group`.
std::vector<std::uint32_t> distinct_members(std::uint32_t group, std::uint32_t bound, std::uint32_t mean);

/// A few hundred characters of words.
std::string prose(std::uint32_t n);

/// A file that is written through a buffer.
class MadeFile {
 public:
  explicit MadeFile(const std::filesystem::path& path);

  void write(std::string_view text);
  std::size_t bytes() const { return bytes_; }

 private:
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_;
  std::size_t bytes_ = 0;
};

/// Replaces `path` by `path`.gz.
void pack(const std::filesystem::path& path);

}  // namespace throng
