#include "recsys/models/registry.h"

#include <algorithm>
#include <array>

#include <fmt/ranges.h>

#include "engine/base/options_reader.h"
#include "recsys/models/ease.h"
#include "recsys/models/ials.h"
#include "recsys/models/item_knn.h"
#include "recsys/models/lightgcn.h"
#include "recsys/models/mf.h"
#include "recsys/models/multvae.h"
#include "recsys/models/popularity.h"
#include "recsys/models/random_recommender.h"

namespace throng {
namespace {

struct Kind {
  std::string_view name;
  Result<std::unique_ptr<Recommender>> (*make)(const Json& options);
};

constexpr std::array kKinds{
    Kind{"random", RandomRecommender::make},
    Kind{"popularity", Popularity::make},
    Kind{"itemknn", ItemKnn::make},
    Kind{"ease", Ease::make},
    Kind{"ials", Ials::make},
    Kind{"mf", MatrixFactorization::make},
    Kind{"lightgcn", LightGcn::make},
    Kind{"multvae", MultVae::make},
};

}  // namespace

Result<std::unique_ptr<Recommender>> make_recommender(const Json& options) {
  if (options.is_object() && !options.contains("kind")) {
    return Error{ErrorKind::usage,
                 fmt::format("/kind: missing, expected one of {}", fmt::join(recommender_kinds(), ", "))};
  }
  std::string name;
  OptionsReader reader(options);
  reader.choice("kind", name, recommender_kinds());
  for (const auto& [key, value] : options.items()) reader.ignore(key);  // the model's own
  if (const Result<void> read = reader.finish(); !read) return read.error();
  return std::ranges::find(kKinds, name, &Kind::name)->make(options);
}

std::vector<std::string> recommender_kinds() {
  std::vector<std::string> names;
  names.reserve(kKinds.size());
  for (const Kind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

}  // namespace throng
