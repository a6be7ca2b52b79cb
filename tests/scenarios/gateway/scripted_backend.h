#pragma once

#include <algorithm>
#include <random>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "scenarios/gateway/backends.h"
#include "tests/support/language_model.h"

namespace throng::testing {

/// The toy model behind an io_context of its own, whose replies come in an order drawn from `shuffle`, a few at a time.
class ScriptedBackend : public Backend {
 public:
  explicit ScriptedBackend(unsigned shuffle) : random_(shuffle) {}

  void ask(std::span<const std::string> parts, std::uint32_t /*chain*/, Done done) override {
    waiting_.push_back({{parts.begin(), parts.end()}, std::move(done)});
    most_waiting = std::max(most_waiting, waiting_.size());
  }
  void flush() override {
    boost::asio::post(io, [this] { answer_some(); });
  }
  void wind_down() override { winding_down_ = true; }
  Json account() const override { return {{"total", {{"failed_attempts", {{"http 503", asked_}}}}}}; }

  std::size_t asked() const { return asked_; }
  std::size_t fails_after = ~std::size_t{0};  ///< so many calls are answered
  std::size_t most_waiting = 0;
  boost::asio::io_context io{1};

 private:
  struct Waiting {
    std::vector<std::string> parts;
    Done done;
  };

  void answer_some() {
    for (std::size_t n = 1 + random_() % 40; n > 0 && !waiting_.empty(); --n) {
      std::swap(waiting_[random_() % waiting_.size()], waiting_.back());
      auto [parts, done] = std::move(waiting_.back());
      waiting_.pop_back();
      if (winding_down_ || asked_ == fails_after) {
        done(Error{ErrorKind::stopped, "the budget is reached"});
      } else {
        ++asked_;
        done(JournaledReply{.reply = model_.reply(parts),
                            .endpoint = "http://toy",
                            .model = "toy",
                            .attempts = 2,
                            .usd = 0.5});
      }
    }
  }

  ToyLanguageModel model_;
  std::mt19937 random_;  // NOLINT: reproducible on purpose
  std::vector<Waiting> waiting_;
  std::size_t asked_ = 0;
  bool winding_down_ = false;
};

}  // namespace throng::testing
