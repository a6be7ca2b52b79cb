#include "scenarios/report/accuracy_table.h"

#include <fmt/format.h>

#include "scenarios/report/table.h"

namespace throng {

std::string accuracy_table(std::span<const EvaluatedModel> models, std::size_t k) {
  Table table({"model", "split", fmt::format("Recall@{}", k), fmt::format("NDCG@{}", k),
               fmt::format("HitRate@{}", k), fmt::format("Precision@{}", k), "users", "fit"});
  for (const EvaluatedModel& model : models) {
    const auto add = [&](const std::string& part, const Accuracy& accuracy) {
      table.add_row({model.model, part, fmt::format("{:.4f}", accuracy.metrics.recall),
                     fmt::format("{:.4f}", accuracy.metrics.ndcg),
                     fmt::format("{:.4f}", accuracy.metrics.hit_rate),
                     fmt::format("{:.4f}", accuracy.metrics.precision), std::to_string(accuracy.users),
                     fmt::format("{:.2f} s", model.fit_seconds)});
    };
    add("validation", model.validation);
    add("test", model.test);
  }
  return table.text();
}

}  // namespace throng
