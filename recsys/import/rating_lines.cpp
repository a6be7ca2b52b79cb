#include "recsys/import/rating_lines.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/external_ids.h"
#include "recsys/data/interactions.h"
#include "recsys/import/field_rows.h"
#include "recsys/import/interaction_log.h"
#include "recsys/text/text.h"
#include "recsys/text/text_blocks.h"

namespace throng {
namespace {

enum Field : std::size_t { user_field, item_field, rating_field, time_field };
using Fields = std::array<std::string_view, 4>;

/// As GroupLens writes it: lines that need no search for columns, which makes them fast.
constexpr std::string_view kPlainHeader = "userId,movieId,rating,timestamp";

/// The columns of HetRec's dates, in the order of a date.
constexpr std::array<std::string_view, 6> kDateParts{"dateyear", "datemonth",  "dateday",
                                                     "datehour", "dateminute", "datesecond"};

/// Where the fields of a file with a header stand.
struct FieldColumns {
  std::array<std::optional<std::size_t>, 4> of;
  std::vector<std::size_t> date;  ///< the time in parts; empty: it is in one, or there is none
  std::string composed;           ///< a time put together of parts

  explicit FieldColumns(std::span<const std::string_view> header) {
    const std::vector<std::string> keys = column_keys(header);
    const auto find = [&](auto... names) -> std::optional<std::size_t> {
      const auto at =
          std::ranges::find_if(keys, [&](const std::string& key) { return ((key == names) || ...); });
      return at == keys.end() ? std::nullopt : std::optional(static_cast<std::size_t>(at - keys.begin()));
    };
    of = {find("userid", "user", "uid"), find("movieid", "movie", "itemid", "item", "mid"),
          find("rating", "score"), find("timestamp", "time", "datetime", "date", "unixtime")};
    if (of[time_field]) return;
    for (const std::string_view part : kDateParts) {
      if (const auto column = find(part)) date.push_back(*column);
    }
    if (date.size() != kDateParts.size()) date.clear();
  }

  bool has_times() const { return of[time_field] || !date.empty(); }
  bool is_complete() const { return of[user_field] && of[item_field] && of[rating_field]; }

  /// False if the row is too short. The fields live as long as the row and until the next call.
  bool take(std::span<const std::string_view> row, Fields& fields) {
    fields = {};
    for (std::size_t field = 0; field < fields.size(); ++field) {
      if (!of[field]) continue;
      if (*of[field] >= row.size()) return false;
      fields[field] = trimmed(row[*of[field]]);
    }
    if (date.empty()) return true;
    if (*std::ranges::max_element(date) >= row.size()) return false;
    const auto part = [&](std::size_t n) { return trimmed(row[date[n]]); };
    composed = fmt::format("{}-{}-{} {}:{:0>2}:{:0>2}", part(0), part(1), part(2), part(3), part(4), part(5));
    fields[time_field] = composed;
    return true;
  }
};

class RatingReader {
 public:
  RatingReader(ImportSource& source, const SourceFile& file, const RatingFormat& format,
               const std::vector<std::uint32_t>& item_ids,
               const std::optional<std::vector<std::uint32_t>>& user_ids)
      : source_(source),
        file_(file),
        read_(source.read_of(file)),
        format_(format),
        items_(item_ids),
        open_(!user_ids) {
    if (user_ids) {
      user_ids_ = *user_ids;
      users_ = IdPositions(user_ids_);
    }
  }

  Ratings read() {
    if (format_.has_header && !has_plain_header()) {
      read_rows();
    } else {
      read_lines();
    }
    if (open_) number_users();
    skip_repeated();
    if (rows_.empty()) fail_file(file_, "has no ratings");
    Interactions interactions(user_ids_.size(), items_.size(), std::move(rows_),
                              {.ratings = true, .times = has_times_});
    return {.user_ids = std::move(user_ids_), .interactions = std::move(interactions)};
  }

 private:
  bool has_plain_header() const {
    TextBlocks blocks = file_.blocks(BlockEnds::lines);
    if (!blocks.next()) return false;
    LineReader lines(blocks.text());
    return lines.next() && lines.line() == kPlainHeader;
  }

  void read_lines() {
    const std::string_view text = file_.content.text();
    if (!is_gzip(text)) {
      const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
      rows_.reserve(lines);
      lines_.reserve(lines);
    }
    for_each_line(source_, file_, [&](std::string_view line, bool first) -> std::string {
      if (first && (format_.has_header || is_header(line))) {
        read_.rows = 0;
        return {};
      }
      Fields fields;
      if (!split_fields(line, format_.delimiter, fields)) return "not 4 fields: user, item, rating, time";
      return add(fields);
    });
  }

  /// The same for files whose columns have to be searched for.
  void read_rows() {
    FieldRows rows(file_, std::string(format_.delimiter));
    if (!rows.next()) return;
    FieldColumns columns(rows.fields());
    if (!columns.is_complete()) {
      throw Failure(ErrorKind::data,
                    fmt::format("{}:{}: the first line must name the columns userId, movieId and rating",
                                file_.path.string(), rows.line()));
    }
    has_times_ = columns.has_times();
    while (rows.next()) {
      ++read_.rows;
      read_.line = rows.line();
      Fields fields;
      std::string reason(rows.error());
      if (reason.empty() && !columns.take(rows.fields(), fields)) reason = "fewer fields than columns";
      if (reason.empty()) reason = add(fields);
      if (!reason.empty()) source_.skip(file_, rows.line(), reason);
    }
  }

  bool is_header(std::string_view first) const {
    Fields fields;
    return split_fields(first, format_.delimiter, fields) && !parse_number<double>(fields[0]) &&
           !parse_number<double>(fields[1]) && !parse_number<double>(fields[2]);
  }

  /// "10", or "10.0" as pandas may write it.
  std::optional<std::uint32_t> read_id(std::string_view field) {
    if (const auto id = parse_number<std::uint32_t>(field)) return id;
    return parse_number<std::uint32_t>(plain_id(field, read_, scratch_));
  }

  /// Adds a rating, or says why it is malformed.
  std::string add(const Fields& fields) {
    const auto user = read_id(fields[user_field]);
    const auto item = read_id(fields[item_field]);
    const auto rating = parse_rating(fields[rating_field]);
    const auto time = has_times_ ? parse_time(fields[time_field]) : std::optional<std::int64_t>(0);
    if (!user) return fmt::format("the user id {} is not a number", excerpt(fields[user_field]));
    if (!item) return fmt::format("the item id {} is not a number", excerpt(fields[item_field]));
    if (!rating)
      return fmt::format("the rating {} is not a number from 0.5 to 5", excerpt(fields[rating_field]));
    if (!time) return fmt::format("the time {} is neither a number nor a date", excerpt(fields[time_field]));
    const auto item_position = items_.find(*item);
    if (!item_position) return fmt::format("there is no item {}", *item);
    auto user_position = users_.find(*user);
    if (!user_position) {
      if (!open_) return fmt::format("there is no user {}", *user);
      user_position = static_cast<std::uint32_t>(user_ids_.size());
      users_.add(*user, *user_position);
      user_ids_.push_back(*user);
    }
    source_.check_time(*time, read_);
    rows_.push_back(
        {.user = UserId(*user_position), .item = ItemId(*item_position), .rating = *rating, .time = *time});
    lines_.push_back(static_cast<std::uint32_t>(read_.line));
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
  FileRead& read_;
  const RatingFormat& format_;
  IdPositions items_;
  IdPositions users_;
  bool open_;  ///< are users added as they come?
  std::vector<std::uint32_t> user_ids_;
  std::vector<Interaction> rows_;
  std::vector<std::uint32_t> lines_;  ///< parallel to rows_
  bool has_times_ = true;
  std::string scratch_;
};

}  // namespace

Ratings read_ratings(ImportSource& source, const SourceFile& file, const RatingFormat& format,
                     const std::vector<std::uint32_t>& item_ids,
                     const std::optional<std::vector<std::uint32_t>>& user_ids) {
  return RatingReader(source, file, format, item_ids, user_ids).read();
}

}  // namespace throng
