#include "recsys/models/registry.h"

#include <algorithm>

#include <fmt/ranges.h>

#include "engine/base/options_reader.h"
#include "recsys/models/ease.h"
#include "recsys/models/ials.h"
#include "recsys/models/item_knn.h"
#include "recsys/models/lightgcn.h"
#include "recsys/models/mf.h"
#include "recsys/models/multvae.h"
#include "recsys/models/popularity.h"
#include "recsys/models/precomputed.h"
#include "recsys/models/random_recommender.h"
#include "recsys/models/remote_recommender.h"

namespace throng {
namespace {

struct Kind {
  std::string name;
  MakeRecommender make;
};

std::vector<Kind>& kinds() {
  static std::vector<Kind> kinds{
      {"random", RandomRecommender::make},
      {"popularity", Popularity::make},
      {"itemknn", ItemKnn::make},
      {"ease", Ease::make},
      {"ials", Ials::make},
      {"mf", MatrixFactorization::make},
      {"lightgcn", LightGcn::make},
      {"multvae", MultVae::make},
      {"rankings", Precomputed::make},
      {"remote", RemoteRecommender::make},
  };
  return kinds;
}

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
  return std::ranges::find(kinds(), name, &Kind::name)->make(options);
}

std::vector<std::string> recommender_kinds() {
  std::vector<std::string> names;
  for (const Kind& kind : kinds()) names.push_back(kind.name);
  return names;
}

void register_recommender(const std::string& kind, MakeRecommender make) {
  if (std::ranges::find(kinds(), kind, &Kind::name) != kinds().end()) {
    throw Failure(ErrorKind::usage, fmt::format("there is a recommender \"{}\" already", kind));
  }
  kinds().push_back({kind, std::move(make)});
}

}  // namespace throng
