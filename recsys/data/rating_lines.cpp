#include "recsys/data/rating_lines.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/id_positions.h"
#include "recsys/data/row_order.h"
#include "recsys/data/text.h"

namespace throng {
namespace {

using Fields = std::array<std::string_view, 4>;

class RatingReader {
 public:
  RatingReader(ImportSource& source, const SourceFile& file, const RatingFormat& format,
               const std::vector<std::uint32_t>& item_ids,
               const std::optional<std::vector<std::uint32_t>>& user_ids)
      : source_(source), file_(file), format_(format), items_(item_ids), open_(!user_ids) {
    if (user_ids) {
      user_ids_ = *user_ids;
      users_ = IdPositions(user_ids_);
    }
  }

  Ratings read() {
    read_lines();
    if (open_) number_users();
    skip_repeated();
    if (rows_.empty()) fail_file(file_, "has no ratings");
    Interactions interactions(user_ids_.size(), items_.size(), std::move(rows_),
                              {.ratings = true, .times = true});
    return {.user_ids = std::move(user_ids_), .interactions = std::move(interactions)};
  }

 private:
  void read_lines() {
    const std::string_view text = file_.content.text();
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    rows_.reserve(lines);
    lines_.reserve(lines);
    LineReader reader(text);
    for (bool first = true; reader.next(); first = false) {
      if (first && is_header(reader)) continue;
      const std::string reason = read_line(reader.line());
      if (reason.empty()) {
        lines_.push_back(static_cast<std::uint32_t>(reader.number()));
      } else {
        source_.skip(file_, reader.number(), reason);
      }
    }
  }

  bool is_header(const LineReader& first) const {
    if (!format_.header.empty()) {
      if (first.line() == format_.header) return true;
      throw Failure(ErrorKind::data, fmt::format("{}:{}: the first line must be \"{}\"", file_.path.string(),
                                                 first.number(), format_.header));
    }
    Fields fields;
    return split_fields(first.line(), format_.delimiter, fields) && !parse_number<double>(fields[0]) &&
           !parse_number<double>(fields[1]) && !parse_number<double>(fields[2]);
  }

  /// Adds the line's rating, or says why it is malformed.
  std::string read_line(std::string_view line) {
    Fields fields;
    if (!split_fields(line, format_.delimiter, fields)) return "not 4 fields: user, item, rating, time";
    const auto user = parse_number<std::uint32_t>(fields[0]);
    const auto item = parse_number<std::uint32_t>(fields[1]);
    const auto rating = parse_rating(fields[2]);
    const auto time = parse_number<std::int64_t>(fields[3]);
    if (!user) return fmt::format("the user id {} is not a number", excerpt(fields[0]));
    if (!item) return fmt::format("the item id {} is not a number", excerpt(fields[1]));
    if (!rating) return fmt::format("the rating {} is not a number from 0.5 to 5", excerpt(fields[2]));
    if (!time) return fmt::format("the time {} is not a number", excerpt(fields[3]));
    const auto item_position = items_.find(*item);
    if (!item_position) return fmt::format("there is no item {}", *item);
    auto user_position = users_.find(*user);
    if (!user_position) {
      if (!open_) return fmt::format("there is no user {}", *user);
      user_position = static_cast<std::uint32_t>(user_ids_.size());
      users_.add(*user, *user_position);
      user_ids_.push_back(*user);
    }
    rows_.push_back(
        {.user = UserId(*user_position), .item = ItemId(*item_position), .rating = *rating, .time = *time});
    return {};
  }

  /// Users were numbered as they came; from here on by id.
  void number_users() {
    std::sort(user_ids_.begin(), user_ids_.end());
    std::vector<std::uint32_t> by_id(user_ids_.size());
    for (std::size_t position = 0; position < user_ids_.size(); ++position) {
      by_id[*users_.find(user_ids_[position])] = static_cast<std::uint32_t>(position);
    }
    for (Interaction& row : rows_) row.user = UserId(by_id[index(row.user)]);
  }

  /// Brings the rows into the order of user and item.
  void skip_repeated() {
    const auto order = order_of_rows(rows_, user_ids_.size());
    for (const std::uint32_t position : repeated_rows(rows_, order)) {
      source_.skip(file_, lines_[position],
                   fmt::format("user {} has rated this item before", user_ids_[index(rows_[position].user)]));
    }
    std::vector<Interaction> distinct;
    distinct.reserve(rows_.size());
    for (const std::uint32_t position : order) {
      const Interaction& row = rows_[position];
      const bool repeated =
          !distinct.empty() && distinct.back().user == row.user && distinct.back().item == row.item;
      if (!repeated) distinct.push_back(row);
    }
    rows_ = std::move(distinct);
  }

  ImportSource& source_;
  const SourceFile& file_;
  const RatingFormat& format_;
  IdPositions items_;
  IdPositions users_;
  bool open_;  ///< are users added as they come?
  std::vector<std::uint32_t> user_ids_;
  std::vector<Interaction> rows_;
  std::vector<std::uint32_t> lines_;  ///< parallel to rows_
};

}  // namespace

Ratings read_ratings(ImportSource& source, const SourceFile& file, const RatingFormat& format,
                     const std::vector<std::uint32_t>& item_ids,
                     const std::optional<std::vector<std::uint32_t>>& user_ids) {
  return RatingReader(source, file, format, item_ids, user_ids).read();
}

}  // namespace throng
