#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.h"
#include "recsys/data/external_ids.h"
#include "recsys/data/import_source.h"

namespace throng {

/// What a source means by several rows of one user and item.
enum class Repeats {
  latest,  ///< the one with the greatest time counts, the last of those in the file
  sum,     ///< their ratings are amounts, which add up; the time is the latest
};

/// Gathers interactions of a source that names users and items by texts. Both are numbered as they first occur.
class InteractionLog {
 public:
  /// The rows are those of `file`, which must outlive this object.
  InteractionLog(ImportSource& source, const SourceFile& file)
      : source_(source), read_(source.read_of(file)) {}

  /// Adds the current row of the file. Returns why it is malformed, or an empty string: ids must not be blank. Those that
  /// are not valid UTF-8 are taken as FileRead::text takes them.
  std::string add(std::string_view user, std::string_view item, float rating, std::int64_t time);
  /// Adds the user and the item, but no interaction. Returns as add().
  std::string name(std::string_view user, std::string_view item) {
    std::uint32_t unused = 0;
    std::string reason = find_or_append(users_, user, "user", unused);
    return reason.empty() ? find_or_append(items_, item, "item", unused) : reason;
  }

  const ExternalIds& users() const { return users_; }
  const ExternalIds& items() const { return items_; }
  std::size_t size() const { return rows_.size(); }

  /// The rows by user and item, every pair once.
  std::vector<Interaction> take_rows(Repeats repeats);
  /// How many rows take_rows() has left out or added to others.
  std::size_t repeated() const { return read_.of(Oddity::repeat).count + read_.of(Oddity::sum).count; }

 private:
  std::string find_or_append(ExternalIds& ids, std::string_view id, const char* noun,
                             std::uint32_t& position);

  ImportSource& source_;
  FileRead& read_;
  ExternalIds users_;
  ExternalIds items_;
  std::vector<Interaction> rows_;
  std::vector<std::uint32_t> lines_;  ///< parallel to rows_
};

}  // namespace throng
