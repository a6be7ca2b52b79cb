#include "recsys/import/interaction_log.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/error.h"
#include "recsys/data/interactions.h"
#include "recsys/text/text.h"

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

/// As trimmed(), which costs as much as half of a row's reading, for fields that hardly ever have blanks.
std::string_view without_blanks(std::string_view field) {
  const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  const bool has_none = !field.empty() && !is_blank(field.front()) && !is_blank(field.back());
  return has_none ? field : trimmed(field);
}

/// "10" of "10.0" and "10.00"; none if it is no whole number written so.
std::optional<std::string_view> without_zero_fraction(std::string_view id) {
  if (!id.ends_with('0')) return std::nullopt;
  const std::size_t point = id.find('.');
  if (point == 0 || point == std::string_view::npos) return std::nullopt;
  const bool is_whole = id.find_first_not_of('0', point + 1) == std::string_view::npos;
  const std::string_view whole = id.substr(0, point);
  return is_whole && std::ranges::all_of(whole, is_digit) ? std::optional(whole) : std::nullopt;
}

/// Whether an id ends as numbers do that a program prints with an exponent of two digits: "1e+05".
bool may_have_exponent(std::string_view id) {
  constexpr std::size_t length = 4;  // of "e+05"
  return id.size() > length && id[id.size() - length + 1] == '+' && is_digit(id.front());
}

/// What such an id means, if it is one.
std::string_view without_exponent(std::string_view id, FileRead& read, std::string& scratch) {
  constexpr double greatest = 9e15;  // beyond it doubles have gaps
  const auto number = parse_number<double>(id);
  if (number && id.find('E') != std::string_view::npos) read.note_row(Oddity::rounded_id, id);
  const bool is_whole = number && *number < greatest && *number == std::floor(*number);
  if (!is_whole || id.find('e') == std::string_view::npos) return id;
  read.note_row(Oddity::float_id, id);
  return scratch = fmt::to_string(static_cast<std::int64_t>(*number));
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

std::optional<float> parse_rating(std::string_view text, const RatingRange& range) {
  const auto number = parse_number<double>(text);
  if (!number || !(*number >= range.low && *number <= range.high)) return std::nullopt;
  return range.mapped(*number);
}

std::vector<std::string> column_keys(std::span<const std::string_view> header) {
  std::vector<std::string> keys;
  for (const std::string_view name : header) {
    std::string key = lower_case(std::string(name));
    std::erase_if(key, [](char c) { return !is_digit(c) && !(c >= 'a' && c <= 'z'); });
    keys.push_back(std::move(key));
  }
  return keys;
}

std::string_view plain_id(std::string_view field, FileRead& read, std::string& scratch) {
  const std::string_view id = without_blanks(field);
  if (const auto whole = without_zero_fraction(id)) {
    read.note_row(Oddity::float_id, id);
    return *whole;
  }
  return may_have_exponent(id) ? without_exponent(id, read, scratch) : id;
}

/// None for a rating that is too low to count.
std::string RowAdder::read_rating(std::string_view field, std::optional<float>& rating) const {
  if (columns_.min_rating) {
    const auto number = parse_number<double>(field);
    if (number && *number < *columns_.min_rating) return {};
  }
  rating = parse_rating(field, range_);
  if (rating) return {};
  return fmt::format("the rating {} is not a number from {} to {}", excerpt(field), range_.low, range_.high);
}

std::string RowAdder::read_time(std::string_view field, std::int64_t& time) {
  const auto parsed =
      columns_.time_format.empty() ? parse_time(field) : parse_time(field, columns_.time_format);
  if (!parsed && !columns_.time_format.empty())
    return fmt::format("the time {} is not written as {}", excerpt(field), excerpt(columns_.time_format));
  if (!parsed)
    return fmt::format("the time {} is neither a number nor a date that can be read one way only",
                       excerpt(field));
  time = *parsed;
  if (looks_like_date(time) && columns_.time_format.empty()) read_.note(Oddity::number_like_date, field);
  return {};
}

std::string RowAdder::add(std::span<const std::string_view> fields) {
  const std::size_t last =
      std::max({columns_.user, columns_.item, columns_.rating.value_or(0), columns_.time.value_or(0)});
  if (fields.size() <= last) return fmt::format("{} fields, but {} are needed", fields.size(), last + 1);
  std::optional<float> rating(0.0F);
  std::int64_t time = 0;
  if (columns_.rating) {
    rating.reset();
    std::string reason = read_rating(without_blanks(fields[*columns_.rating]), rating);
    if (!reason.empty()) return reason;
  }
  if (columns_.time) {
    std::string reason = read_time(without_blanks(fields[*columns_.time]), time);
    if (!reason.empty()) return reason;
  }
  const std::string_view user = plain_id(fields[columns_.user], read_, user_);
  const std::string_view item = plain_id(fields[columns_.item], read_, item_);
  if (rating) return log_.add(user, item, *rating, time);
  read_.note(Oddity::low_rating, fields[*columns_.rating]);
  return log_.name(user, item);
}

Dataset gathered_dataset(const SourceFile& file, const InteractionLog& log, std::vector<Interaction> rows,
                         InteractionColumns columns, DescribedItems items) {
  if (rows.empty()) fail_file(file, "has no interactions");
  Dataset dataset;
  dataset.name = stem(file.path);
  for (std::uint32_t id = 0; id < log.users().size(); ++id)
    dataset.users.push_back({.external_id = log.users()[id]});
  dataset.catalogue = std::move(items).make_catalogue();
  dataset.interactions =
      Interactions(dataset.users.size(), dataset.catalogue.size(), std::move(rows), columns);
  return dataset;
}

}  // namespace throng
