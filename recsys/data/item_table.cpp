#include "recsys/data/item_table.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "recsys/text/text.h"

namespace throng {
namespace {

/// The names in a genre field, without empty ones.
std::vector<std::string> genres_in(std::string_view field) {
  std::vector<std::string> names;
  for (const std::string_view name : all_fields(field, '|')) {
    if (!trimmed(name).empty()) names.push_back(to_valid_utf8(trimmed(name)));
  }
  return names;
}

}  // namespace

bool ItemTable::add(std::uint32_t id, Item item, std::string_view genres) {
  if (!known_.insert(id).second) return false;
  item.external_id = std::to_string(id);
  rows_.push_back({.id = id, .item = std::move(item), .genres = std::string(genres)});
  return true;
}

Catalogue ItemTable::make_catalogue(std::vector<std::uint32_t>& ids) && {
  std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) { return a.id < b.id; });
  std::map<std::string, GenreId> genres;
  for (const Row& row : rows_) {
    for (std::string& name : genres_in(row.genres)) genres.emplace(std::move(name), GenreId{});
  }
  Catalogue catalogue;
  for (auto& [name, id] : genres) {
    id = GenreId(static_cast<std::uint32_t>(catalogue.genre_names.size()));
    catalogue.genre_names.push_back(name);
  }
  ids.clear();
  for (Row& row : rows_) {
    for (const std::string& name : genres_in(row.genres)) row.item.genres.push_back(genres.at(name));
    auto& own = row.item.genres;
    std::sort(own.begin(), own.end());
    own.erase(std::unique(own.begin(), own.end()), own.end());
    catalogue.items.push_back(std::move(row.item));
    ids.push_back(row.id);
  }
  return catalogue;
}

int year_in_title(std::string_view title) {
  for (std::size_t open = title.rfind('('); open != std::string_view::npos;
       open = title.rfind('(', open - 1)) {
    const auto year = parse_number<int>(title.substr(open + 1).substr(0, 4));
    if (year && *year >= 1000 && title.substr(open).substr(0, 6).ends_with(')') && title.size() - open >= 6) {
      return *year;
    }
    if (open == 0) break;
  }
  return 0;
}

DescribedItems::DescribedItems(const ExternalIds& ids) : items_(ids.size()) {
  for (std::uint32_t id = 0; id < ids.size(); ++id) items_[id].external_id = ids[id];
}

void DescribedItems::add_genre(std::uint32_t id, std::string_view name) {
  std::string text = to_valid_utf8(trimmed(name));
  std::replace(text.begin(), text.end(), '|', '/');
  if (text.empty()) return;
  const GenreId genre{names_.position_of(text)};
  std::vector<GenreId>& genres = items_[id].genres;
  if (std::find(genres.begin(), genres.end(), genre) == genres.end()) genres.push_back(genre);
}

Catalogue DescribedItems::make_catalogue() && {
  std::vector<std::size_t> counts(names_.size(), 0);
  for (const Item& item : items_) {
    for (const GenreId genre : item.genres) ++counts[index(genre)];
  }
  std::vector<std::uint32_t> kept(names_.size());
  std::iota(kept.begin(), kept.end(), 0U);
  std::sort(kept.begin(), kept.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(counts[b], names_[a]) < std::tie(counts[a], names_[b]);
  });
  kept.resize(std::min(kept.size(), most_genres));
  std::sort(kept.begin(), kept.end(), [&](auto a, auto b) { return names_[a] < names_[b]; });

  Catalogue catalogue;
  std::vector<std::optional<GenreId>> new_id(names_.size());
  for (const std::uint32_t name : kept) {
    new_id[name] = GenreId(static_cast<std::uint32_t>(catalogue.genre_names.size()));
    catalogue.genre_names.push_back(names_[name]);
  }
  for (Item& item : items_) {
    std::vector<GenreId> genres;
    for (const GenreId genre : item.genres) {
      if (const auto id = new_id[index(genre)]) genres.push_back(*id);
    }
    std::sort(genres.begin(), genres.end());
    item.genres = std::move(genres);
  }
  catalogue.items = std::move(items_);
  return catalogue;
}

}  // namespace throng
