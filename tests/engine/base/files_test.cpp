#include "engine/base/files.h"

#include <csignal>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/support/temp_folder.h"

namespace throng {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

/// No file may grow larger while it lives: a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);  // writes fail with EFBIG instead
    getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{bytes, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &now);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
};

TEST(AtomicFile, TakesItsPlaceOnlyWhenItIsWhole) {
  const TempFolder folder;
  folder.write("file", "old");
  {
    AtomicFile file(folder / "file");
    file.out() << "half" << std::flush;
    EXPECT_EQ(read_file(folder / "file", ErrorKind::data), "old");
  }
  EXPECT_EQ(entries(folder.path()), 1U) << "what was not committed is gone";
  write_file(folder / "file", "new");
  EXPECT_EQ(read_file(folder / "file", ErrorKind::data), "new");
  EXPECT_EQ(entries(folder.path()), 1U);
}

TEST(AtomicFile, NeverWritesThroughALink) {
  const TempFolder folder;
  folder.write("outside", "precious");
  for (const std::string& name : {std::string("file"), "file.partial-" + std::to_string(getpid())}) {
    fs::create_symlink(folder / "outside", folder / name);
    write_file(folder / "file", "new");
    EXPECT_EQ(read_file(folder / "outside", ErrorKind::data), "precious") << name;
    EXPECT_EQ(read_file(folder / "file", ErrorKind::data), "new");
    EXPECT_FALSE(fs::is_symlink(folder / "file"));
    EXPECT_EQ(entries(folder.path()), 2U);
  }
}

TEST(AtomicFile, AFullDiskLeavesTheOldFileAndNothingElse) {
  const TempFolder folder;
  folder.write("file", "old");
  // Less than a stream's buffer fails when the file is closed, more fails before.
  for (const std::size_t size : {1000U, 1000000U}) {
    const FileSizeLimit limit(500);
    try {
      write_file(folder / "file", std::string(size, 'x'));
      ADD_FAILURE() << size;
    } catch (const Failure& failure) {
      EXPECT_THAT(failure.what(),
                  HasSubstr((folder / "file").string() + ": cannot be written: File too large"));
    }
    EXPECT_EQ(read_file(folder / "file", ErrorKind::data), "old");
    EXPECT_EQ(entries(folder.path()), 1U);
  }
}

}  // namespace
}  // namespace throng
