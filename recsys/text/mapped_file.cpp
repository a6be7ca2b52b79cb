#include "recsys/text/mapped_file.h"

#include <system_error>

#include <boost/interprocess/file_mapping.hpp>
#include <fmt/format.h>

#include "engine/base/error.h"

namespace throng {

namespace ipc = boost::interprocess;

MappedFile::MappedFile(const std::filesystem::path& path) {
  const auto fail = [&](std::string_view reason) {
    throw Failure(ErrorKind::data, fmt::format("{}: {}", path.string(), reason));
  };
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) fail("there is no such file");
  if (!std::filesystem::is_regular_file(status)) fail("is not a file");
  if (std::filesystem::file_size(path, error) == 0) return;
  try {
    const ipc::file_mapping file(path.c_str(), ipc::read_only);
    region_ = ipc::mapped_region(file, ipc::read_only);
    region_.advise(ipc::mapped_region::advice_sequential);
  } catch (const ipc::interprocess_exception& cause) {
    fail(fmt::format("cannot be read: {}", cause.what()));
  }
}

std::string_view MappedFile::text() const {
  return {static_cast<const char*>(region_.get_address()), region_.get_size()};
}

}  // namespace throng
