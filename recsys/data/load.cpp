#include "recsys/data/load.h"

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/dataset_folder.h"
#include "recsys/data/demo_world.h"
#include "recsys/data/text.h"

namespace throng {
namespace {

constexpr std::string_view synthetic = "synthetic:";

/// "2000x3700" -> a world of 2,000 users and 3,700 items.
Dataset synthetic_world(std::string_view size) {
  constexpr std::uint32_t most = 1'000'000;
  const std::size_t cross = std::min(size.find('x'), size.size());
  const auto users = parse_number<std::uint32_t>(size.substr(0, cross));
  const auto items = parse_number<std::uint32_t>(size.substr(std::min(cross + 1, size.size())));
  const auto is_size = [&](const auto& number) { return number && *number >= 1 && *number <= most; };
  if (!is_size(users) || !is_size(items)) {
    throw Failure(ErrorKind::usage, fmt::format("the dataset {}: expected synthetic:USERSxITEMS, such as "
                                                "synthetic:2000x3700, with numbers from 1 to {}",
                                                excerpt(fmt::format("{}{}", synthetic, size)), most));
  }
  return make_synthetic_world(*users, *items);
}

}  // namespace

Dataset load_dataset(const std::string& path) {
  if (path == "demo") return make_demo_world();
  if (path.starts_with(synthetic)) return synthetic_world(std::string_view(path).substr(synthetic.size()));
  return read_dataset_folder(path);
}

}  // namespace throng
