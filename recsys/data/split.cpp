#include "recsys/data/split.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "engine/base/error.h"
#include "engine/base/random.h"
#include "recsys/data/filters.h"

namespace throng {
namespace {

/// A row of the dataset and the part it was given.
struct Row {
  Interaction interaction;
  SplitPart part = SplitPart::train;
};

void check(const Dataset& dataset, const SplitOptions& options) {
  const auto need = [](bool condition, const char* message) {
    if (!condition) throw Failure(ErrorKind::usage, message);
  };
  const InteractionColumns columns = dataset.interactions.columns();
  need(!options.positive_threshold || columns.ratings,
       "a positive threshold needs ratings; this dataset has none");
  switch (options.kind) {
    case SplitKind::ratio:
      need(options.train >= 0 && options.validation >= 0 && options.test >= 0 &&
               std::abs(options.train + options.validation + options.test - 1) < 1e-9,
           "the shares of a ratio split must not be negative and must sum to 1");
      break;
    case SplitKind::leave_last_out:
      need(columns.times, "a leave_last_out split needs times; this dataset has none");
      break;
    case SplitKind::given:
      need(!dataset.given_split.empty(), "this dataset came without a split; use ratio or leave_last_out");
      break;
  }
}

std::vector<Row> rows_of(const Dataset& dataset, const SplitOptions& options) {
  std::vector<Row> rows;
  const std::vector<Interaction> all = dataset.interactions.rows();
  rows.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (options.positive_threshold && all[i].rating < *options.positive_threshold) continue;
    const SplitPart part = dataset.given_split.empty() ? SplitPart::train : dataset.given_split[i];
    rows.push_back({.interaction = all[i], .part = part});
  }
  return rows;
}

void keep_core(std::vector<Row>& rows, std::uint32_t k, const Interactions& all) {
  std::vector<Interaction> interactions;
  for (const Row& row : rows) interactions.push_back(row.interaction);
  const Members core =
      core_members({all.num_users(), all.num_items(), std::move(interactions), all.columns()}, k);
  std::erase_if(rows, [&](const Row& row) {
    return !core.users[index(row.interaction.user)] || !core.items[index(row.interaction.item)];
  });
}

/// `rows` are one user's.
void split_by_ratio(std::span<Row> rows, const SplitOptions& options) {
  const auto share = [&](double of_all) {
    return static_cast<std::size_t>(std::llround(of_all * static_cast<double>(rows.size())));
  };
  const std::size_t least = options.train > 0 ? 1 : 0;
  const std::size_t train = std::clamp(share(options.train), least, rows.size());
  const std::size_t validation = std::min(share(options.validation), rows.size() - train);
  std::vector<std::uint32_t> order(rows.size());
  Draws(options.seed)
      .permutation(order, Purpose("split/ratio"),
                   {.agent = static_cast<std::uint32_t>(rows[0].interaction.user)});
  for (std::size_t i = 0; i < order.size(); ++i) {
    rows[order[i]].part = i < train                ? SplitPart::train
                          : i < train + validation ? SplitPart::validation
                                                   : SplitPart::test;
  }
}

/// `rows` are one user's.
void split_by_time(std::span<Row> rows) {
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    return std::tuple(a.interaction.time, a.interaction.item) <
           std::tuple(b.interaction.time, b.interaction.item);
  });
  for (Row& row : rows) row.part = SplitPart::train;
  if (rows.size() >= 2) rows.back().part = SplitPart::test;
  if (rows.size() >= 3) rows[rows.size() - 2].part = SplitPart::validation;
}

Interactions part_of(const std::vector<Row>& rows, SplitPart part, const Interactions& all) {
  std::vector<Interaction> chosen;
  for (const Row& row : rows) {
    if (row.part == part) chosen.push_back(row.interaction);
  }
  return Interactions(all.num_users(), all.num_items(), std::move(chosen), all.columns());
}

}  // namespace

Split split_dataset(const Dataset& dataset, const SplitOptions& options) {
  check(dataset, options);
  const Interactions& all = dataset.interactions;
  std::vector<Row> rows = rows_of(dataset, options);
  if (options.k_core > 0) keep_core(rows, options.k_core, all);
  if (rows.empty()) {
    throw Failure(ErrorKind::usage,
                  "nothing to split: no interaction is left (by positive_threshold and k_core)");
  }
  for (std::size_t begin = 0, end = 0; begin < rows.size() && options.kind != SplitKind::given; begin = end) {
    while (end < rows.size() && rows[end].interaction.user == rows[begin].interaction.user) ++end;
    const std::span<Row> of_user(rows.data() + begin, end - begin);
    if (options.kind == SplitKind::ratio) {
      split_by_ratio(of_user, options);
    } else {
      split_by_time(of_user);
    }
  }
  return {.train = part_of(rows, SplitPart::train, all),
          .validation = part_of(rows, SplitPart::validation, all),
          .test = part_of(rows, SplitPart::test, all)};
}

Interactions all_but(const Interactions& all, const Interactions& but) {
  std::vector<Interaction> rows;
  for (std::size_t n = 0; n < all.num_users(); ++n) {
    const auto user = static_cast<UserId>(n);
    for (const ItemId item : all.items_of(user)) {
      if (!but.contains(user, item)) rows.push_back({.user = user, .item = item});
    }
  }
  return {all.num_users(), all.num_items(), std::move(rows), {}};
}

}  // namespace throng
