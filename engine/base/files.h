#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace throng {

/// The whole file as bytes. Throws Failure(`kind`) naming the path if it cannot be read.
std::string read_file(const std::filesystem::path& path, ErrorKind kind);

/// Writes beside `path` and renames, so that a reader sees the old file or the new one, never a half.
/// Throws Failure(unexpected) naming the path.
void write_file(const std::filesystem::path& path, std::string_view text);

}  // namespace throng
