#include "engine/base/files.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

namespace throng {

std::string read_file(const std::filesystem::path& path, ErrorKind kind) {
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path)) {
    const std::string reason = in ? "it is a folder" : std::strerror(errno);
    throw Failure(kind, fmt::format("{}: cannot be read: {}", path.string(), reason));
  }
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path partial = path.string() + ".partial";
  {
    std::ofstream out(partial, std::ios::binary | std::ios::trunc);
    out << text << std::flush;
    if (!out) {
      throw Failure(ErrorKind::unexpected,
                    fmt::format("{}: cannot be written: {}", path.string(), std::strerror(errno)));
    }
  }
  std::filesystem::rename(partial, path);
}

}  // namespace throng
