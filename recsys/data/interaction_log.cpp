#include "recsys/data/interaction_log.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "recsys/data/row_order.h"
#include "recsys/data/text.h"

namespace throng {
namespace {

void merge(Interaction& row, const Interaction& next, Repeats repeats) {
  if (repeats == Repeats::sum) {
    row.rating += next.rating;
    row.time = std::max(row.time, next.time);
  } else if (next.time >= row.time) {
    row = next;
  }
}

}  // namespace

std::string InteractionLog::check(std::string_view id, const char* noun) {
  if (trimmed(id).empty()) return fmt::format("the {} is empty", noun);
  if (!is_valid_utf8(id)) return fmt::format("the {} {} is not valid UTF-8", noun, excerpt(id));
  return {};
}

std::string InteractionLog::add(std::string_view user, std::string_view item, float rating,
                                std::int64_t time) {
  const auto known_user = users_.find(user);
  const auto known_item = items_.find(item);
  if (!known_user) {
    if (std::string reason = check(user, "user"); !reason.empty()) return reason;
  }
  if (!known_item) {
    if (std::string reason = check(item, "item"); !reason.empty()) return reason;
  }
  rows_.push_back({.user = UserId(known_user ? *known_user : users_.append(user)),
                   .item = ItemId(known_item ? *known_item : items_.append(item)),
                   .rating = rating,
                   .time = time});
  return {};
}

std::vector<Interaction> InteractionLog::take_rows(Repeats repeats) {
  std::vector<Interaction> distinct;
  distinct.reserve(rows_.size());
  for (const std::uint32_t position : order_of_rows(rows_, users_.size())) {
    const Interaction& row = rows_[position];
    if (!distinct.empty() && distinct.back().user == row.user && distinct.back().item == row.item) {
      merge(distinct.back(), row, repeats);
    } else {
      distinct.push_back(row);
    }
  }
  repeated_ = rows_.size() - distinct.size();
  rows_ = {};
  return distinct;
}

}  // namespace throng
