#pragma once

#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/hash.h"
#include "engine/base/random.h"
#include "llm/wire/structured_output.h"
#include "recsys/data/dataset.h"

namespace throng {

/// What a language model knows of an item.
struct ItemProfile {
  bool known = false;
  std::string summary;  ///< one sentence; may be empty if the item is not known
};

/// Asks language models who a user is, from its training history, and what an item is: as Agent4Rec had its profiles written, in
/// wording of our own (agents/profile/prompts). Everything referred to outlives it. Immutable.
class ProfileQuestions {
 public:
  /// `history`: of a user with more interactions so many are told of, drawn at random and addressed by the user; the highest rated
  /// first. `item_name`: what one item is.
  ProfileQuestions(const Dataset& dataset, const Interactions& train, std::string item_name,
                   std::size_t history, const Draws& draws);

  std::string about_user(UserId user) const;
  std::string about_item(ItemId item) const;
  /// What tells questions apart that would be put in other words: of the templates.
  static Hash128 templates_digest();

 private:
  std::vector<std::size_t> told_of(UserId user) const;

  const Dataset& dataset_;
  const Interactions& train_;
  std::string item_name_;
  std::size_t history_;
  Draws draws_;
};

/// How a reply about a user, or an item, has to look.
std::shared_ptr<const llm::OutputSchema> persona_schema();
std::shared_ptr<const llm::OutputSchema> item_profile_schema();

/// What a reply that fits the schema says, or what is wrong with it, fit to be told to the model.
std::variant<Persona, std::string> read_persona(const Json& reply);
std::variant<ItemProfile, std::string> read_item_profile(const Json& reply);

}  // namespace throng
