#include "recsys/data/described_items.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "recsys/data/text.h"

namespace throng {

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
