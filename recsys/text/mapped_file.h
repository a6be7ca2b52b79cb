#pragma once

#include <filesystem>
#include <string_view>

#include <boost/interprocess/mapped_region.hpp>

namespace throng {

/// A file as text in memory, paged in as it is read. The file must not be cut short meanwhile.
class MappedFile {
 public:
  /// Throws Failure(data) naming the path if it is no readable regular file.
  explicit MappedFile(const std::filesystem::path& path);

  /// Valid as long as this object lives.
  std::string_view text() const;

 private:
  boost::interprocess::mapped_region region_;  ///< of size 0 for an empty file
};

}  // namespace throng
