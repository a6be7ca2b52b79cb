#include "benchmarks/support/made_files.h"

#include <array>
#include <cmath>
#include <set>
#include <stdexcept>

#include <zlib.h>

#include "engine/base/files.h"

namespace throng {

std::uint64_t mixed(std::uint64_t n) {
  n += 0x9E3779B97F4A7C15U;
  n = (n ^ (n >> 30U)) * 0xBF58476D1CE4E5B9U;
  n = (n ^ (n >> 27U)) * 0x94D049BB133111EBU;
  return n ^ (n >> 31U);
}

std::vector<std::uint32_t> distinct_members(std::uint32_t group, std::uint32_t bound, std::uint32_t mean) {
  const std::uint64_t seed = mixed(group);
  const std::size_t count = 1 + seed % (2ULL * mean - 1);
  std::vector<std::uint32_t> members;
  std::set<std::uint32_t> known;
  for (std::uint64_t n = 0; members.size() < count; ++n) {
    const double uniform = static_cast<double>(mixed(seed + n) >> 11U) * 0x1p-53;
    const auto member = static_cast<std::uint32_t>(uniform * uniform * bound);
    if (known.insert(member).second) members.push_back(member);
  }
  return members;
}

std::string prose(std::uint32_t n) {
  constexpr std::array<std::string_view, 8> words{"good",  "game",  "caf\xC3\xA9", "the",
                                                  "story", "again", "of",          "nobody"};
  std::string text;
  const std::size_t count = 20 + mixed(n) % 80;
  for (std::size_t i = 0; i < count; ++i) {
    text += words[mixed(n + i) % words.size()];
    text += ' ';
  }
  return text;
}

MadeFile::MadeFile(const std::filesystem::path& path) : file_(std::fopen(path.c_str(), "wb"), &std::fclose) {
  if (!file_) throw std::runtime_error("cannot write " + path.string());
}

void MadeFile::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size())
    throw std::runtime_error("the disk is full");
  bytes_ += text.size();
}

void pack(const std::filesystem::path& path) {
  {
    const MappedFile plain(path);
    const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen((path.string() + ".gz").c_str(), "wb"),
                                                          &gzclose);
    const std::string_view text = plain.text();
    if (gzfwrite(text.data(), 1, text.size(), file.get()) != text.size())
      throw std::runtime_error("cannot pack");
  }
  std::filesystem::remove(path);
}

}  // namespace throng
