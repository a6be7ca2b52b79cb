#include "recsys/data/dataset_digest.h"

#include "engine/sim/digest.h"

namespace throng {
Hash128 dataset_digest(const Dataset& dataset) {
  DigestChain chain;
  for (const std::string& genre : dataset.catalogue.genre_names) chain.add(std::string_view(genre));
  for (const Item& item : dataset.catalogue.items) {
    chain.add(std::string_view(item.external_id));
    chain.add(std::string_view(item.title));
    chain.add(std::string_view(item.summary));
    chain.add(item.year, item.mean_rating.value_or(0), item.genres.size());
    for (const GenreId genre : item.genres) chain.add(genre);
  }
  for (const User& user : dataset.users) {
    chain.add(std::string_view(user.external_id));
    const TraitGroups groups = user.trait_groups.value_or(TraitGroups{0, 0, 0});
    chain.add(groups.activity, groups.conformity, groups.diversity);
    const Persona persona = user.persona.value_or(Persona{});
    for (const std::string* text :
         {&persona.taste, &persona.reason, &persona.high_rating, &persona.low_rating}) {
      chain.add(std::string_view(*text));
    }
  }
  for (const Interaction& row : dataset.interactions.rows())
    chain.add(row.user, row.item, row.rating, row.time);
  for (const SplitPart part : dataset.given_split) chain.add(part);
  return chain.value();
}

}  // namespace throng
