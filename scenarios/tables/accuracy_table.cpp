#include <fmt/format.h>

#include "scenarios/report/table.h"
#include "scenarios/tables/tables.h"

namespace throng {
namespace {

Estimate estimate(std::span<const RankingMetrics> of_users, double RankingMetrics::*metric) {
  if (of_users.empty()) return {};
  std::vector<double> values;
  values.reserve(of_users.size());
  double sum = 0;
  for (const RankingMetrics& of_user : of_users) {
    values.push_back(of_user.*metric);
    sum += of_user.*metric;
  }
  return {.mean = sum / static_cast<double>(values.size()), .interval = bootstrap_mean(values)};
}

std::string digits(double value) { return fmt::format("{:.4f}", value); }

std::string interval(const Estimate& estimate) {
  return fmt::format("{:.3f} to {:.3f}", estimate.interval.low, estimate.interval.high);
}

/// The parts in which somebody has held-out items.
template <class Add>
void for_each_part(std::span<const EvaluatedModel> models, const Add& add) {
  for (const EvaluatedModel& model : models) {
    if (model.validation.users > 0) add(model, "validation", model.validation);
    if (model.test.users > 0) add(model, "test", model.test);
  }
}

}  // namespace

PartEvaluation evaluate_part(const Recommender& recommender, const Split& split, SplitPart part,
                             std::size_t k, const Catalogue& catalogue) {
  const std::array parts{&split.train, &split.validation, &split.test};
  const HeldOutRankings ranked = rank_for_held_out(recommender, split, part, k);
  const std::vector<RankingMetrics> of_users =
      accuracy_of_users(ranked, *parts[static_cast<std::size_t>(part)], k);
  std::vector<std::span<const ItemId>> lists;
  for (std::size_t n = 0; n < ranked.users.size(); ++n) lists.push_back(ranked.rankings.of(n));
  return {.users = of_users.size(),
          .recall = estimate(of_users, &RankingMetrics::recall),
          .ndcg = estimate(of_users, &RankingMetrics::ndcg),
          .hit_rate = estimate(of_users, &RankingMetrics::hit_rate),
          .precision = estimate(of_users, &RankingMetrics::precision),
          .mrr = estimate(of_users, &RankingMetrics::reciprocal_rank),
          .lists = list_metrics(lists, split.train.item_counts(), catalogue)};
}

std::string accuracy_tables(std::span<const EvaluatedModel> models, std::size_t k) {
  Table accuracy({"model", "split", fmt::format("Recall@{}", k), "95 %", fmt::format("NDCG@{}", k), "95 %",
                  "HitRate", "Precision", "MRR", "users", "fit"});
  Table lists({"model", "split", "coverage", "Gini", "popularity", "genre distance"});
  for_each_part(models, [&](const EvaluatedModel& model, const char* split, const PartEvaluation& part) {
    accuracy.add_row({model.model, split, digits(part.recall.mean), interval(part.recall),
                      digits(part.ndcg.mean), interval(part.ndcg), digits(part.hit_rate.mean),
                      digits(part.precision.mean), digits(part.mrr.mean), std::to_string(part.users),
                      fmt::format("{:.2f} s", model.fit_seconds)});
    const std::optional<double> distance = part.lists.genre_distance;
    lists.add_row({model.model, split, digits(part.lists.coverage), digits(part.lists.gini),
                   fmt::format("{:.1f}", part.lists.mean_popularity), distance ? digits(*distance) : "-"});
  });
  return accuracy.text() + "\n" + lists.text();
}

Json accuracy_json(std::span<const EvaluatedModel> models, std::size_t k) {
  Json rows = Json::array();
  for_each_part(models, [&](const EvaluatedModel& model, const char* split, const PartEvaluation& part) {
    Json row{{"model", model.model}, {"split", split}};
    const auto key = [&](const char* metric) { return fmt::format("{}_at_{}", metric, k); };
    const auto add = [&](const char* metric, const Estimate& estimate) {
      row[key(metric)] = estimate.mean;
      row[key(metric) + "_interval"] = {estimate.interval.low, estimate.interval.high};
    };
    add("recall", part.recall);
    add("ndcg", part.ndcg);
    add("hit_rate", part.hit_rate);
    add("precision", part.precision);
    add("mrr", part.mrr);
    row[key("coverage")] = part.lists.coverage;
    row[key("gini")] = part.lists.gini;
    row[key("mean_popularity")] = part.lists.mean_popularity;
    const std::optional<double> distance = part.lists.genre_distance;
    row[key("genre_distance")] = distance ? Json(*distance) : Json(nullptr);
    row["users"] = part.users;
    row["fit_seconds"] = model.fit_seconds;
    rows.push_back(std::move(row));
  });
  return rows;
}

}  // namespace throng
