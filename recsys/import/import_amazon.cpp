#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/import/import_report.h"
#include "recsys/import/importers.h"
#include "recsys/import/interaction_log.h"
#include "recsys/import/record_lines.h"

namespace throng {
namespace {

constexpr std::string_view kMeta = "meta";

/// The shop's department a file is about: "Books" of "reviews_Books_5.json.gz", "meta_Books.jsonl", "Books.csv".
std::string department(const std::filesystem::path& path) {
  std::string name = stem(path);
  for (const std::string_view prefix : {"meta_", "reviews_", "ratings_"}) {
    if (name.starts_with(prefix)) name.erase(0, prefix.size());
  }
  for (const std::string_view core : {"_5", "_10"}) {
    if (name.ends_with(core)) name.erase(name.size() - core.size());
  }
  return name;
}

// --- reviews ---

std::string add_review(const Record& review, InteractionLog& log) {
  auto user = review.id("reviewerID");
  if (!user) user = review.id("user_id");
  auto item = review.id("parent_asin");
  if (!item) item = review.id("asin");
  auto rating = review.number("overall");
  if (!rating) rating = review.number("rating");
  auto time = review.number("unixReviewTime");
  if (!time) time = review.number("timestamp");
  if (!user) return "there is no \"reviewerID\" or \"user_id\"";
  if (!item) return "there is no \"asin\" or \"parent_asin\"";
  if (!rating) return "there is no number \"overall\" or \"rating\"";
  if (!(*rating >= 0.5 && *rating <= 5)) return fmt::format("the rating {} is not from 0.5 to 5", *rating);
  if (!time) return "there is no number \"unixReviewTime\" or \"timestamp\"";
  const auto seconds = unix_seconds(*time);
  if (!seconds) return fmt::format("the time {} is out of range", *time);
  return log.add(*user, *item, static_cast<float>(*rating), *seconds);
}

// --- ratings only ---

/// Ids of products have 10 characters; those of users have more and begin with an A.
bool is_product(std::string_view id) {
  return id.size() == 10 && std::all_of(id.begin(), id.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
         });
}

/// In the files of 2018 the item comes first. The first rows decide, by which of their ids look like those of products.
bool has_items_first(const SourceFile& file) {
  constexpr int most = 100;
  FieldRows rows(file, ",");
  int votes = 0;
  for (int n = 0; n < most && rows.next(); ++n) {
    const auto fields = rows.fields();
    if (fields.size() < 4) continue;
    votes += static_cast<int>(is_product(fields[0])) - static_cast<int>(is_product(fields[1]));
  }
  return votes > 0;
}

void read_ratings_only(ImportSource& source, const SourceFile& file, InteractionLog& log) {
  RatingColumns columns{.user = 0, .item = 1, .rating = 2, .time = 3};
  if (has_items_first(file)) std::swap(columns.user, columns.item);
  FieldRows rows(file, ",");
  FileRead& read = source.read_of(file);
  constexpr RatingRange stars;
  RowAdder adder(columns, stars, log, read);
  for (bool first = true; rows.next(); first = false) {
    std::string reason(rows.error());
    const auto fields = rows.fields();
    if (first && fields.size() >= 4 && !parse_number<double>(fields[2]) && !parse_number<double>(fields[3])) {
      continue;  // a header line
    }
    ++read.rows;
    read.line = rows.line();
    if (reason.empty()) reason = adder.add(fields);
    if (!reason.empty()) source.skip(file, rows.line(), reason);
  }
}

// --- metadata ---

/// The names of a path of categories, such as ["Electronics", "Audio", "Headphones"].
void add_path(simdjson::dom::array path, DescribedItems& items, std::uint32_t id) {
  std::size_t level = 0;
  for (const auto element : path) {
    std::string_view name;
    if (element.get(name) != simdjson::SUCCESS) continue;
    if (level++ > 0 || path.size() == 1) items.add_genre(id, unescape_html(name));
  }
}

/// One path (2018, 2023) or a list of paths (2014).
void add_categories(simdjson::dom::array categories, DescribedItems& items, std::uint32_t id) {
  bool is_path = true;
  for (const auto element : categories) {
    simdjson::dom::array path;
    if (element.get(path) != simdjson::SUCCESS) continue;
    add_path(path, items, id);
    is_path = false;
  }
  if (is_path) add_path(categories, items, id);
}

void read_metadata(ImportSource& source, const SourceFile& file, const ExternalIds& ids,
                   DescribedItems& items) {
  IdMatching matching(ids, file.name());
  for_each_record(source, file, [&](const Record& product) -> std::string {
    auto asin = product.id("parent_asin");
    if (!asin) asin = product.id("asin");
    if (!asin) return "there is no \"asin\" or \"parent_asin\"";
    const auto id = matching.find(*asin);
    if (!id) return {};  // nobody has reviewed it
    Item& item = items[*id];
    item.title = unescape_html(trimmed(product.text("title").value_or("")));
    const auto mean = product.number("average_rating");
    if (mean && *mean >= 0.5 && *mean <= 5) item.mean_rating = static_cast<float>(*mean);
    auto categories = product.list("categories");
    if (!categories) categories = product.list("category");
    if (categories) add_categories(*categories, items, *id);
    return {};
  });
  source.add(matching.result());
}

}  // namespace

Dataset import_amazon(ImportSource& source) {
  const SourceFile& file =
      open_main_file(source, [](std::string_view name) { return name.starts_with(kMeta); });
  InteractionLog log(source, file);
  const bool reviews = has_records(file);
  if (reviews) {
    for_each_record(source, file, [&](const Record& review) { return add_review(review, log); });
  } else {
    read_ratings_only(source, file, log);
  }
  DescribedItems items(log.items());
  const SourceFile* metadata = open_items_file(source, [&](std::string_view name) {
    return name.starts_with(kMeta) && department(name) == department(file.path);
  });
  if (metadata != nullptr) read_metadata(source, *metadata, log.items(), items);
  auto rows = log.take_rows(Repeats::latest);
  Dataset dataset =
      gathered_dataset(file, log, std::move(rows), {.ratings = true, .times = true}, std::move(items));
  dataset.item_name = item_name_in(department(file.path)).value_or("product");
  dataset.provenance = source.provenance("amazon", reviews ? "reviews" : "ratings only");
  dataset.provenance["repeated"] = log.repeated();
  return dataset;
}

}  // namespace throng
