#include "recsys/models/registry.h"

#include <algorithm>
#include <array>
#include <fstream>

#include <fmt/ranges.h>

#include "engine/base/files.h"
#include "engine/base/options_reader.h"
#include "recsys/external/precomputed.h"
#include "recsys/external/remote_recommender.h"
#include "recsys/models/baselines.h"
#include "recsys/models/ease.h"
#include "recsys/models/ials.h"
#include "recsys/models/item_knn.h"
#include "recsys/models/lightgcn.h"
#include "recsys/models/mf.h"
#include "recsys/models/multvae.h"
#include "recsys/recommender/model_file.h"

namespace throng {
namespace {

constexpr std::string_view kMagic = "THRONGRM";
constexpr std::uint32_t kVersion = 1;  // of the file of a model

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
  const Result<std::string> kind = read_kind(options, recommender_kinds());
  if (!kind) return kind.error();
  return std::ranges::find(kinds(), *kind, &Kind::name)->make(options);
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

void save_recommender(const Recommender& recommender, const std::filesystem::path& path) {
  AtomicFile file(path);
  file.out() << kMagic;
  file.out().write(reinterpret_cast<const char*>(&kVersion), sizeof(kVersion));
  ModelWriter writer(file.out());
  const std::string options = recommender.options().dump();
  writer.array<char>(options);
  recommender.save(writer);
  file.commit();
}

std::unique_ptr<Recommender> load_recommender(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code error;
  const std::uint64_t size = std::filesystem::file_size(path, error);
  std::array<char, kMagic.size()> magic{};
  std::uint32_t version = 0;
  in.read(magic.data(), magic.size());
  in.read(reinterpret_cast<char*>(&version), sizeof(version));
  const std::uint64_t header = magic.size() + sizeof(version);
  ModelReader reader(in, path.string(), error || size < header ? 0 : size - header);
  reader.expect(in && !error, "the file is missing or too short");
  reader.expect(std::string_view(magic.data(), magic.size()) == kMagic, "it does not begin with THRONGRM");
  if (version != kVersion) {
    reader.fail(fmt::format("its format has version {}, this build reads version {}", version, kVersion));
  }
  const std::vector<char> text = reader.array<char>();
  const Result<Json> options = parse_json({text.data(), text.size()}, path.string(), ErrorKind::data);
  auto recommender = make_recommender(options.value());
  if (!recommender) reader.fail(recommender.error().message);
  (*recommender)->load(reader);
  return std::move(*recommender);
}

}  // namespace throng
