#pragma once

#include <memory>

#include "scenarios/run/line.h"
#include "scenarios/run/llm_line.h"
#include "scenarios/run/remote_line.h"

namespace throng {

/// The lines of a run as one: to language models, to a remote recommender, or to both.
class Lines : public Line {
 public:
  /// Whose requests are not made may be null. They share one io_context.
  Lines(std::unique_ptr<LlmLine> models, std::unique_ptr<RemoteLine> recommender)
      : models_(std::move(models)), recommender_(std::move(recommender)) {}

  /// Null if there is none.
  RemoteLine* recommender() { return recommender_.get(); }

  void ask(std::span<const std::string> parts, std::uint32_t chain, Done done) override;
  void pump(std::chrono::milliseconds most) override;
  void wind_down() override;
  /// What each has to tell, in one object.
  Json account() const override;

 private:
  std::unique_ptr<LlmLine> models_;
  std::unique_ptr<RemoteLine> recommender_;
};

}  // namespace throng
