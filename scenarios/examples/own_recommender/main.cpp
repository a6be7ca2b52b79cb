// Throng with one recommender more.
#include <algorithm>
#include <memory>
#include <vector>

#include "engine/base/options_reader.h"
#include "recsys/linalg/score_block.h"
#include "recsys/models/registry.h"
#include "scenarios/cli/command_line.h"

namespace {

using namespace throng;

/// Scores items by how many users have them, the rarest first.
class Niche final : public ScoringRecommender {
 public:
  static Result<std::unique_ptr<Recommender>> make(const Json& options) {
    auto niche = std::make_unique<Niche>();
    OptionsReader reader(options);
    reader.ignore("kind");
    reader.integer("at_least", niche->at_least_, {0, 1'000'000});
    if (const Result<void> read = reader.finish(); !read) return read.error();
    return niche;
  }

  std::string_view name() const override { return "niche"; }
  Json options() const override { return {{"kind", "niche"}, {"at_least", at_least_}}; }
  std::size_t num_items() const override { return scores_.size(); }

  void fit(const FitInput& input, FitObserver& /*observer*/) override {
    scores_.clear();
    for (const std::uint32_t users : input.train.item_counts()) {
      const bool is_known = users >= static_cast<std::uint32_t>(at_least_);
      scores_.push_back(is_known ? -static_cast<float>(users) : -1e9F);
    }
  }

  void score(std::span<const Query> queries, ScoreBlock& scores) const override {
    for (std::size_t n = 0; n < queries.size(); ++n) std::ranges::copy(scores_, scores.of(n).begin());
  }

 private:
  int at_least_ = 1;  ///< rarer items come last
  std::vector<float> scores_;
};

}  // namespace

int main(int argc, char** argv) {
  register_recommender("niche", Niche::make);
  return run_command_line(argc, argv);
}
