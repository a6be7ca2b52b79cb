#include "recsys/data/dataset.h"

#include <algorithm>
#include <initializer_list>

#include "engine/base/hash.h"

namespace throng {

bool Catalogue::has_titles() const {
  return std::any_of(items.begin(), items.end(), [](const Item& item) { return !item.title.empty(); });
}

bool Catalogue::has_summaries() const {
  return std::any_of(items.begin(), items.end(), [](const Item& item) { return !item.summary.empty(); });
}

std::vector<float> Dataset::mean_ratings() const {
  std::vector<double> sums(catalogue.size(), 0);
  const auto counts = interactions.item_counts();
  if (interactions.columns().ratings) {
    for (const Interaction& row : interactions.rows()) {
      sums[index(row.item)] += row.rating;
    }
  }
  std::vector<float> means(catalogue.size(), 0);
  for (std::size_t item = 0; item < means.size(); ++item) {
    std::optional<float> shown = catalogue.items[item].mean_rating;
    if (!shown && interactions.columns().ratings && counts[item] > 0)
      shown = static_cast<float>(sums[item] / counts[item]);
    if (shown) means[item] = std::clamp(*shown, 1.0F, 5.0F);
  }
  return means;
}

std::string plural_of(const std::string& item_name) {
  const auto ends = [&](std::initializer_list<const char*> endings) {
    return std::ranges::any_of(endings, [&](const char* ending) { return item_name.ends_with(ending); });
  };
  if (ends({"series", "news"})) return item_name;
  if (ends({"s", "x", "ch", "sh"})) return item_name + "es";
  if (ends({"y"}) && !ends({"ay", "ey", "oy", "uy"}))
    return item_name.substr(0, item_name.size() - 1) + "ies";
  return item_name + "s";
}

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
  if (dataset.item_name != Dataset().item_name) chain.add(std::string_view(dataset.item_name));
  for (const std::string& name : dataset.user_attributes) chain.add(std::string_view(name));
  for (const User& user : dataset.users) {
    for (const std::string& value : user.attributes) chain.add(std::string_view(value));
  }
  if (!dataset.ratings_are.empty()) chain.add(std::string_view(dataset.ratings_are));
  return chain.value();
}

}  // namespace throng
