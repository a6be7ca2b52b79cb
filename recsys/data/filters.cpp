#include "recsys/data/filters.h"

#include <optional>
#include <utility>

#include "engine/base/error.h"

namespace throng {
namespace {

constexpr std::uint32_t kDropped = 0xFFFFFFFF;

/// The dataset's rows for which `keep(row)` holds, with the given split to match.
template <class Keep>
void keep_rows(const Dataset& dataset, Keep keep, std::vector<Interaction>& rows,
               std::vector<SplitPart>& split) {
  const std::vector<Interaction> all = dataset.interactions.rows();
  for (std::size_t n = 0; n < all.size(); ++n) {
    if (!keep(all[n])) continue;
    rows.push_back(all[n]);
    if (!dataset.given_split.empty()) split.push_back(dataset.given_split[n]);
  }
}

/// Which users and items are in the k-core, found by leaving out one after the other whatever has too few.
class Core {
 public:
  Core(const Interactions& interactions, std::size_t k)
      : interactions_(interactions), users_of_(interactions.num_items()), k_(k) {
    for (std::uint32_t user = 0; user < interactions.num_users(); ++user) {
      for (const ItemId item : interactions.items_of(UserId(user))) users_of_[index(item)].push_back(user);
    }
    for (std::uint32_t user = 0; user < interactions.num_users(); ++user)
      user_counts_.push_back(interactions.items_of(UserId(user)).size());
    for (const auto& users : users_of_) item_counts_.push_back(users.size());
    for (std::uint32_t user = 0; user < user_counts_.size(); ++user)
      drop_if_small(user_counts_, user, users_left_);
    for (std::uint32_t item = 0; item < item_counts_.size(); ++item)
      drop_if_small(item_counts_, item, items_left_);
    peel();
  }

  Members members() const { return {.users = left(user_counts_), .items = left(item_counts_)}; }

 private:
  static constexpr std::size_t kGone = static_cast<std::size_t>(-1);

  static std::vector<bool> left(const std::vector<std::size_t>& counts) {
    std::vector<bool> left;
    for (const std::size_t count : counts) left.push_back(count != kGone);
    return left;
  }

  void drop_if_small(std::vector<std::size_t>& counts, std::size_t n,
                     std::vector<std::uint32_t>& dropped) const {
    if (counts[n] == kGone || counts[n] >= k_) return;
    counts[n] = kGone;
    dropped.push_back(static_cast<std::uint32_t>(n));
  }

  void count_down(std::vector<std::size_t>& counts, std::size_t n,
                  std::vector<std::uint32_t>& dropped) const {
    if (counts[n] == kGone) return;
    --counts[n];
    drop_if_small(counts, n, dropped);
  }

  void peel() {
    while (!users_left_.empty() || !items_left_.empty()) {
      for (const std::uint32_t user : std::exchange(users_left_, {})) {
        for (const ItemId item : interactions_.items_of(UserId(user)))
          count_down(item_counts_, index(item), items_left_);
      }
      for (const std::uint32_t item : std::exchange(items_left_, {})) {
        for (const std::uint32_t user : users_of_[item]) count_down(user_counts_, user, users_left_);
      }
    }
  }

  const Interactions& interactions_;
  std::vector<std::vector<std::uint32_t>> users_of_;
  std::size_t k_;
  std::vector<std::size_t> user_counts_;
  std::vector<std::size_t> item_counts_;
  std::vector<std::uint32_t> users_left_;  ///< dropped, their items not yet counted down
  std::vector<std::uint32_t> items_left_;
};

/// Copies what is `kept`; returns the new positions, kDropped for the others.
template <class T>
std::vector<std::uint32_t> copy_kept(const std::vector<T>& from, std::vector<T>& to,
                                     const std::vector<bool>& kept) {
  std::vector<std::uint32_t> positions(from.size(), kDropped);
  for (std::size_t n = 0; n < from.size(); ++n) {
    if (!kept[n]) continue;
    positions[n] = static_cast<std::uint32_t>(to.size());
    to.push_back(from[n]);
  }
  return positions;
}

}  // namespace

Dataset with_min_rating(const Dataset& dataset, double least) {
  if (!dataset.interactions.columns().ratings) {
    throw Failure(ErrorKind::usage, "there is no least rating without ratings, and the dataset has none");
  }
  Dataset filtered = dataset;
  filtered.given_split.clear();
  std::vector<Interaction> rows;
  keep_rows(
      dataset, [&](const Interaction& row) { return row.rating >= least; }, rows, filtered.given_split);
  filtered.interactions = Interactions(dataset.users.size(), dataset.catalogue.size(), std::move(rows),
                                       dataset.interactions.columns());
  return filtered;
}

Members core_members(const Interactions& interactions, std::size_t k) {
  return Core(interactions, k).members();
}

Dataset k_core(const Dataset& dataset, std::size_t k) {
  return with_members(dataset, core_members(dataset.interactions, k));
}

Dataset with_members(const Dataset& dataset, const Members& members) {
  Dataset kept;
  kept.name = dataset.name;
  kept.item_name = dataset.item_name;
  kept.ratings_are = dataset.ratings_are;
  kept.user_attributes = dataset.user_attributes;
  kept.provenance = dataset.provenance;
  kept.catalogue.genre_names = dataset.catalogue.genre_names;
  const auto users = copy_kept(dataset.users, kept.users, members.users);
  const auto items = copy_kept(dataset.catalogue.items, kept.catalogue.items, members.items);
  std::vector<Interaction> rows;
  keep_rows(
      dataset,
      [&](const Interaction& row) {
        return members.users[index(row.user)] && members.items[index(row.item)];
      },
      rows, kept.given_split);
  for (Interaction& row : rows) {
    row.user = UserId(users[index(row.user)]);
    row.item = ItemId(items[index(row.item)]);
  }
  kept.interactions =
      Interactions(kept.users.size(), kept.catalogue.size(), std::move(rows), dataset.interactions.columns());
  return kept;
}

}  // namespace throng
