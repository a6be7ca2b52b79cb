#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/base/hash.h"
#include "engine/base/json.h"
#include "recsys/data/interactions.h"

namespace throng {

/// One item of a catalogue. All texts are valid UTF-8 and untrusted.
struct Item {
  std::string external_id;  ///< the id in the source; unique
  std::string title{};      ///< may be empty
  int year = 0;             ///< 0: unknown
  std::vector<GenreId> genres{};
  std::string summary{};               ///< may be empty
  std::optional<float> mean_rating{};  ///< what the source says; see Dataset::mean_ratings

  bool operator==(const Item&) const = default;
};

struct Catalogue {
  std::vector<std::string> genre_names;
  std::vector<Item> items;

  std::size_t size() const { return items.size(); }
  const Item& operator[](ItemId id) const { return items[index(id)]; }
  bool has_titles() const;
  bool has_genres() const { return !genre_names.empty(); }
  bool has_summaries() const;
};

/// The three traits as groups 1 (low) to 3 (high); see agents/population.h for their meaning.
struct TraitGroups {
  std::uint8_t activity = 2;
  std::uint8_t conformity = 2;
  std::uint8_t diversity = 2;
  bool operator==(const TraitGroups&) const = default;
};

/// A description of a user's taste in words, written by a language model or a person. Untrusted.
struct Persona {
  std::string taste;
  std::string reason;
  std::string high_rating;  ///< what the user tends to rate high
  std::string low_rating;   ///< what the user tends to rate low

  bool operator==(const Persona&) const = default;
};

struct User {
  std::string external_id;                    ///< the id in the source; unique
  std::optional<TraitGroups> trait_groups{};  ///< what the source says; wins over computed groups
  std::optional<Persona> persona{};           ///< at least one of its texts is not empty
  /// Parallel to Dataset::user_attributes; empty texts are unknown. Untrusted. May be shorter: the rest is unknown.
  std::vector<std::string> attributes{};

  bool operator==(const User&) const = default;
};

enum class SplitPart : std::uint8_t { train, validation, test };

/// A dataset in memory. On disk it is a canonical dataset folder (docs/dataset-folder.md).
struct Dataset {
  std::string name;                ///< such as "MovieLens 100K"
  std::string item_name = "item";  ///< what one item is, in the singular, such as "movie"
  std::string
      ratings_are{};  ///< what stands in place of ratings, such as "play time"; empty: ratings they are
  std::vector<std::string> user_attributes{};  ///< what is known of users, such as "age", "gender"
  Json provenance;  ///< an object: what was imported, from which files, with which options
  Catalogue catalogue;
  std::vector<User> users;
  Interactions interactions;           ///< users.size() x catalogue.size()
  std::vector<SplitPart> given_split;  ///< parallel to interactions.rows(); empty if the source has no split

  /// Whether users have rated items, and nothing else stands in place of it.
  bool has_ratings() const { return interactions.columns().ratings && ratings_are.empty(); }

  /// The historical rating displayed for every item, in 1 .. 5: what the source says, else the mean of the
  /// item's ratings, else 0: nobody has rated it.
  std::vector<float> mean_ratings() const;
};

/// Of the name of an item: "movies", "stories", "boxes"; "series" stays.
std::string plural_of(const std::string& item_name);

/// The digest of all that can reach a result: items and what they are, users, interactions and the given split, in their
/// order. Not of the name, the provenance or the place on disk. What a dataset does not state leaves no trace.
Hash128 dataset_digest(const Dataset& dataset);

}  // namespace throng
