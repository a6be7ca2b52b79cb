#include "recsys/models/precomputed.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "engine/base/hash.h"
#include "engine/base/options_reader.h"
#include "engine/base/printable.h"
#include "recsys/data/mapped_file.h"
#include "recsys/models/rankings_file.h"

namespace throng {

Result<std::unique_ptr<Recommender>> Precomputed::make(const Json& options) {
  PrecomputedOptions read;
  OptionsReader reader(options);
  reader.ignore("kind");
  reader.text("file", read.file);
  reader.text("digest", read.digest);
  if (const Result<void> finished = reader.finish(); !finished) return finished.error();
  if (read.file.empty())
    return Error{ErrorKind::usage, "/file: missing, expected a CSV or NPY file of rankings"};
  try {
    const std::string digest = hash128(MappedFile(read.file).text()).hex();
    if (!read.digest.empty() && read.digest != digest) {
      return Error{ErrorKind::usage,
                   fmt::format("/digest: \"{}\", but {} has {}", read.digest, read.file, digest)};
    }
    read.digest = digest;
  } catch (const Failure& failure) {
    return Error{ErrorKind::usage, fmt::format("/file: {}", failure.what())};
  }
  return std::make_unique<Precomputed>(std::move(read));
}

void Precomputed::fit(const FitInput& input, FitObserver& /*observer*/) {
  if (input.dataset == nullptr)
    throw Failure(ErrorKind::unexpected, "a file of rankings needs the names of users");
  rankings_ = read_rankings_file(options_.file, *input.dataset);
  users_.clear();
  for (const User& user : input.dataset->users) users_.push_back(user.external_id);
  items_ = input.dataset->catalogue.size();
}

Rankings Precomputed::rank(std::span<const RankingRequest> requests, std::size_t k) const {
  Rankings rankings(requests.size(), k);
  for (std::size_t n = 0; n < requests.size(); ++n) {
    const RankingRequest& request = requests[n];
    if (!request.query.user || index(*request.query.user) >= users_.size()) {
      throw Failure(ErrorKind::usage,
                    fmt::format("{} has rankings for the users of the dataset only", options_.file));
    }
    std::set<ItemId> excluded;
    for (const auto& items : request.excluded) excluded.insert(items.begin(), items.end());
    const std::size_t wanted = std::min(k, items_ - excluded.size());
    std::size_t length = 0;
    for (const ItemId item : rankings_[index(*request.query.user)]) {
      if (length == wanted) break;
      if (!excluded.contains(item)) rankings.slots(n)[length++] = item;
    }
    if (length < wanted) {
      throw Failure(
          ErrorKind::data,
          fmt::format("{}: the ranking of user {} has {} items that may be shown, {} are needed",
                      options_.file, printable(users_[index(*request.query.user)]), length, wanted));
    }
    rankings.assign_length(n, length);
  }
  return rankings;
}

}  // namespace throng
