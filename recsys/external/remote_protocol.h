#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recsys/data/dataset.h"
#include "recsys/data/external_ids.h"
#include "recsys/recommender/recommender.h"

/// The texts that Throng and a remote recommender exchange, docs/remote-recommender.md. No sockets.
namespace throng::remote {

inline constexpr int kProtocol = 1;

/// What rows of the training data and items are called on the wire: by the dataset's own ids.
class Names {
 public:
  explicit Names(const Dataset& dataset);

  /// A further row of the training data. False: another row has this name.
  [[nodiscard]] bool add_user(std::string_view name) { return users_.add(name); }

  const std::string& user(UserId row) const { return users_[index(row)]; }
  const std::string& item(ItemId item) const { return items_[index(item)]; }
  std::optional<ItemId> find_item(std::string_view name) const;
  std::size_t num_items() const { return items_.size(); }

 private:
  ExternalIds users_;
  ExternalIds items_;
};

/// Something the recommender is told, which changes what it knows.
struct Lesson {
  std::string target;  ///< "/fit" or "/feedback"
  std::string body;    ///< a JSON object, with `state`
  std::string state;   ///< names what the server knows afterwards, by a hash of all lessons up to this one
};

/// `content`: an object without "state". `before`: the state so far, "" before the first lesson.
Lesson make_lesson(std::string target, std::string_view before, const Json& content);

/// The training data, and that it is to be learned from.
struct FitRequest {
  int round = 0;
  std::uint64_t seed = 0;
  FitStart start = FitStart::cold;
};
Json fit_content(const FitRequest& request, const Interactions& train, const Names& names);

/// What the questions of one batch have in common, as a JSON object.
struct RankContext {
  std::string model;  ///< for servers that have several; may be empty
  std::string state;
  int round = 0;
  std::size_t k = 0;
};
std::string context_text(const RankContext& context);

/// One question, a JSON object: whom to rank for. `history`: what the recommender may know of the user.
std::string question_text(const Names& names, const RankingRequest& request, std::span<const ItemId> history,
                          std::optional<std::uint32_t> agent);

/// The body of a POST to /rank.
std::string rank_body(std::string_view context, std::span<const std::string> questions);

/// Reads the answer to `rank_body(context, questions)`: for each question the ranking, as a JSON array of item
/// names. The Error (stopped) names the field, what it holds and what was expected: every ranking has exactly k
/// items (all that are left, if exclusions leave fewer), each an item of the catalogue, none excluded, none twice, in the
/// order of the questions.
Result<std::vector<std::string>> read_rankings(std::string_view body, std::string_view context,
                                               std::span<const std::string> questions, const Names& names);

/// The items of a ranking that `read_rankings` has let pass. Throws Failure(data) for any other text.
std::vector<ItemId> items_of_ranking(std::string_view ranking, const Names& names);

/// Whether the answer to GET /health is that of a server that speaks this protocol.
Result<void> check_health(std::string_view body);

}  // namespace throng::remote
