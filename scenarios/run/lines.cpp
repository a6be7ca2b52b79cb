#include "scenarios/run/lines.h"

namespace throng {

void Lines::ask(std::span<const std::string> parts, std::uint32_t chain, Done done) {
  if (remote::is_rank_context(parts[0])) {
    recommender_->ask(parts, chain, std::move(done));
  } else {
    models_->ask(parts, chain, std::move(done));
  }
}

void Lines::pump(std::chrono::milliseconds most) {
  // Either runs the io_context of both.
  if (recommender_) {
    recommender_->pump(most);
  } else {
    models_->pump(most);
  }
}

void Lines::wind_down() {
  if (recommender_) recommender_->wind_down();
  if (models_) models_->wind_down();
}

Json Lines::account() const {
  Json account = Json::object();
  if (models_) account.update(models_->account());
  if (recommender_) account.update(recommender_->account());
  return account;
}

}  // namespace throng
