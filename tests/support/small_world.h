#pragma once

#include <string>
#include <vector>

#include "recsys/data/dataset.h"

namespace throng::testing {

/// One row of a dataset under test.
struct Rated {
  unsigned user;
  unsigned item;
  float rating;
};

/// A dataset of `users` users whose item n has the genres `item_genres[n]` of `genres` genres.
inline Dataset dataset_of(unsigned users, unsigned genres,
                          const std::vector<std::vector<unsigned>>& item_genres,
                          const std::vector<Rated>& rated) {
  Dataset dataset;
  dataset.name = "small world";
  for (unsigned g = 0; g < genres; ++g) dataset.catalogue.genre_names.push_back("genre " + std::to_string(g));
  for (unsigned i = 0; i < item_genres.size(); ++i) {
    Item item{.external_id = std::to_string(i), .title = "item " + std::to_string(i)};
    for (const unsigned genre : item_genres[i]) item.genres.push_back(GenreId(genre));
    dataset.catalogue.items.push_back(item);
  }
  for (unsigned u = 0; u < users; ++u) dataset.users.push_back({.external_id = std::to_string(u)});
  std::vector<Interaction> rows;
  for (const Rated& row : rated) {
    rows.push_back({.user = UserId(row.user), .item = ItemId(row.item), .rating = row.rating});
  }
  dataset.interactions = Interactions(users, item_genres.size(), std::move(rows), {.ratings = true});
  return dataset;
}

/// A world of two camps: even users have met even items (genre 0), odd users odd items (genre 1), each about
/// half of their camp's.
inline Dataset two_camps(unsigned users, unsigned items) {
  std::vector<std::vector<unsigned>> genres(items);
  std::vector<Rated> rated;
  for (unsigned i = 0; i < items; ++i) genres[i] = {i % 2};
  for (unsigned u = 0; u < users; ++u) {
    for (unsigned i = u % 2; i < items; i += 2) {
      if ((i / 2 + 3 * (u / 2)) % 5 < 3) rated.push_back({u, i, static_cast<float>(3 + (u + i) % 3)});
    }
  }
  return dataset_of(users, 2, genres, rated);
}

}  // namespace throng::testing
