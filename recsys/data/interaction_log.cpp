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

std::string InteractionLog::find_or_append(ExternalIds& ids, std::string_view id, const char* noun,
                                           std::uint32_t& position) {
  if (const auto known = ids.find(id)) {
    position = *known;
  } else if (trimmed(id).empty()) {
    return fmt::format("the {} is empty", noun);
  } else {
    position = is_valid_utf8(id) ? ids.append(id) : ids.position_of(read_.text(id));
  }
  return {};
}

std::string InteractionLog::add(std::string_view user, std::string_view item, float rating,
                                std::int64_t time) {
  auto user_position = users_.find(user);
  auto item_position = items_.find(item);
  if (!user_position || !item_position) {
    if (trimmed(item).empty()) return "the item is empty";  // before the user is added
    std::string reason = find_or_append(users_, user, "user", user_position.emplace());
    if (reason.empty()) reason = find_or_append(items_, item, "item", item_position.emplace());
    if (!reason.empty()) return reason;
  }
  source_.check_time(time, read_);
  rows_.push_back(
      {.user = UserId(*user_position), .item = ItemId(*item_position), .rating = rating, .time = time});
  lines_.push_back(static_cast<std::uint32_t>(read_.line));
  return {};
}

std::vector<Interaction> InteractionLog::take_rows(Repeats repeats) {
  std::vector<Interaction> distinct;
  distinct.reserve(rows_.size());
  std::vector<std::uint32_t> repeated;
  for (const std::uint32_t position : order_of_rows(rows_, users_.size())) {
    const Interaction& row = rows_[position];
    if (!distinct.empty() && distinct.back().user == row.user && distinct.back().item == row.item) {
      merge(distinct.back(), row, repeats);
      repeated.push_back(position);
    } else {
      distinct.push_back(row);
    }
  }
  std::ranges::sort(repeated);
  for (const std::uint32_t position : repeated)
    read_.note(repeats == Repeats::sum ? Oddity::sum : Oddity::repeat, {}, lines_[position]);
  rows_ = {};
  lines_ = {};
  return distinct;
}

}  // namespace throng
