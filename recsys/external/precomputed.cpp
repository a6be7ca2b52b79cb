#include "recsys/external/precomputed.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "engine/base/files.h"
#include "engine/base/hash.h"
#include "engine/base/options_reader.h"
#include "engine/base/text.h"
#include "recsys/data/external_ids.h"
#include "recsys/text/csv.h"
#include "recsys/text/python_literal.h"

namespace throng {
namespace {

namespace fs = std::filesystem;

struct Entry {
  std::uint32_t user = 0;
  double key = 0;  ///< smaller is better
  ItemId item{};
};

[[noreturn]] void fail(const fs::path& file, const std::string& problem) {
  throw Failure(ErrorKind::data, fmt::format("{}: {}", file.string(), problem));
}

void refuse_repeats(const std::vector<std::vector<ItemId>>& rankings, const fs::path& file,
                    const Dataset& dataset) {
  std::vector<std::uint32_t> seen_by(dataset.catalogue.size(), 0);  // user + 1
  for (std::uint32_t user = 0; user < rankings.size(); ++user) {
    for (const ItemId item : rankings[user]) {
      if (std::exchange(seen_by[index(item)], user + 1) != user + 1) continue;
      fail(file,
           fmt::format("the ranking of user {} has item {} twice", printable(dataset.users[user].external_id),
                       printable(dataset.catalogue[item].external_id)));
    }
  }
}

std::vector<std::vector<ItemId>> rows_of(const std::vector<Entry>& entries, std::size_t users) {
  std::vector<std::vector<ItemId>> rows(users);
  for (const Entry& entry : entries) rows[entry.user].push_back(entry.item);
  return rows;
}

template <class Described>
ExternalIds ids_of(const std::vector<Described>& described) {
  ExternalIds ids;
  for (const Described& each : described) ids.add(each.external_id);
  return ids;
}

std::vector<std::vector<ItemId>> read_csv(const fs::path& file, const Dataset& dataset) {
  enum Column { user, item, rank, score };
  const MappedFile mapped(file);
  const ExternalIds users = ids_of(dataset.users);
  const ExternalIds items = ids_of(dataset.catalogue.items);
  CsvTable table(mapped.text(), file.string(), {"user", "item"}, {"rank", "score"});
  const auto number = [&](Column column) {
    const std::string_view text = table.field(column);
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) {
      table.fail(
          fmt::format("{} \"{}\", expected a number", column == rank ? "rank" : "score", printable(text)));
    }
    return value;
  };
  std::vector<Entry> entries;
  while (table.next()) {
    if (!table.error().empty()) table.fail(table.error());
    const auto user_found = users.find(table.field(user));
    if (!user_found)
      table.fail(fmt::format("user \"{}\" is not in the dataset", printable(table.field(user))));
    const auto item_found = items.find(table.field(item));
    if (!item_found)
      table.fail(fmt::format("item \"{}\" is not in the dataset", printable(table.field(item))));
    const double key = table.has(rank)    ? number(rank)
                       : table.has(score) ? -number(score)
                                          : static_cast<double>(entries.size());
    entries.push_back({.user = *user_found, .key = key, .item = ItemId{*item_found}});
  }
  std::ranges::sort(entries, {}, [](const Entry& e) { return std::tuple(e.user, e.key, e.item); });
  return rows_of(entries, dataset.users.size());
}

/// A two-dimensional array of integers in a file.
class NpyFile {
 public:
  explicit NpyFile(const fs::path& file) : file_(file), mapped_(file) {
    // The format: numpy.lib.format, versions 1.0 to 3.0.
    const std::string_view text = mapped_.text();
    if (!text.starts_with("\x93NUMPY") || text.size() < 12) fail(file_, "not an NPY file");
    const bool is_first_version = text[6] == 1;
    const std::size_t begin = is_first_version ? 10 : 12;
    const std::size_t length = little_endian(text.substr(8, begin - 8));
    if (length > text.size() - begin) fail(file_, "the file is cut short");
    const Result<Json> header = parse_python_literal(
        text.substr(begin, text.find_last_not_of(" \n", begin + length - 1) + 1 - begin));
    if (!header || !header->is_object()) fail(file_, "its header is not a Python dict");
    read_header(*header);
    data_ = text.substr(begin + length);
    // Without a product, which a hostile header could make overflow.
    const std::size_t values = data_.size() / width_;
    const bool fits = rows_ == 0 || columns_ == 0
                          ? data_.empty()
                          : values / rows_ == columns_ && values % rows_ == 0 && data_.size() % width_ == 0;
    if (!fits) {
      fail(file_,
           fmt::format("{} bytes of data, expected {} x {} x {}", data_.size(), rows_, columns_, width_));
    }
  }

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return columns_; }
  std::int64_t at(std::size_t row, std::size_t column) const {
    const std::string_view bytes = data_.substr((row * columns_ + column) * width_, width_);
    if (width_ == 8) return as<std::int64_t>(bytes);
    if (width_ == 4) return is_signed_ ? as<std::int32_t>(bytes) : as<std::uint32_t>(bytes);
    return is_signed_ ? as<std::int16_t>(bytes) : as<std::uint16_t>(bytes);
  }

 private:
  static std::size_t little_endian(std::string_view bytes) {
    std::size_t value = 0;
    for (std::size_t n = bytes.size(); n-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[n]);
    return value;
  }
  template <class Integer>
  static std::int64_t as(std::string_view bytes) {
    Integer value;
    std::memcpy(&value, bytes.data(), sizeof(value));
    return static_cast<std::int64_t>(value);
  }
  void read_header(const Json& header) {
    const auto type = header.value("descr", Json()).dump();
    const Json shape = header.value("shape", Json());
    const bool is_known = type == "\"<i2\"" || type == "\"<i4\"" || type == "\"<i8\"" || type == "\"<u2\"" ||
                          type == "\"<u4\"" || type == "\"<u8\"";
    const bool is_table = shape.is_array() && shape.size() == 2 && shape[0].is_number_unsigned() &&
                          shape[1].is_number_unsigned();
    if (!is_known || !is_table || header.value("fortran_order", Json()) != false) {
      fail(file_, fmt::format("{}, expected a two-dimensional array of little-endian integers in C order",
                              printable(header.dump())));
    }
    width_ = static_cast<std::size_t>(type[3] - '0');
    is_signed_ = type[2] == 'i';
    rows_ = shape[0].get<std::size_t>();
    columns_ = shape[1].get<std::size_t>();
  }

  fs::path file_;
  MappedFile mapped_;
  std::string_view data_;
  std::size_t width_ = 0;
  bool is_signed_ = true;
  std::size_t rows_ = 0;
  std::size_t columns_ = 0;
};

std::vector<std::vector<ItemId>> read_npy(const fs::path& file, const Dataset& dataset) {
  const NpyFile array(file);
  if (array.rows() != dataset.users.size()) {
    fail(file,
         fmt::format("{} rows, expected one for each of the {} users", array.rows(), dataset.users.size()));
  }
  std::vector<Entry> entries;
  for (std::uint32_t row = 0; row < array.rows(); ++row) {
    for (std::size_t column = 0; column < array.columns(); ++column) {
      const std::int64_t place = array.at(row, column);
      if (place == -1) break;
      if (place < 0 || static_cast<std::size_t>(place) >= dataset.catalogue.size()) {
        fail(file, fmt::format("[{}, {}] is {}, expected the place of one of the {} items", row, column,
                               place, dataset.catalogue.size()));
      }
      entries.push_back({.user = row, .item = ItemId(static_cast<std::uint32_t>(place))});
    }
  }
  return rows_of(entries, dataset.users.size());
}

}  // namespace

std::vector<std::vector<ItemId>> read_rankings_file(const fs::path& file, const Dataset& dataset) {
  std::vector<std::vector<ItemId>> rankings =
      file.extension() == ".npy" ? read_npy(file, dataset) : read_csv(file, dataset);
  refuse_repeats(rankings, file, dataset);
  return rankings;
}

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
