#include "recsys/external/remote_recommender.h"

#include <future>
#include <optional>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "recsys/external/remote_client.h"
#include "recsys/linalg/sparse_rows.h"

namespace throng {

/// The client on a thread of its own.
class RemoteRecommender::Connection {
 public:
  Connection(const remote::RemoteOptions& options, const Dataset& dataset)
      : options_(options), names_(dataset), client_(io_, options, names_), thread_([this] { io_.run(); }) {}

  ~Connection() {
    io_.stop();
    thread_.join();
  }

  std::size_t num_items() const { return names_.num_items(); }

  void fit(const FitInput& input) {
    remote::Lesson lesson = remote::make_lesson(
        "/fit", state_, remote::fit_content({.seed = input.seed, .start = input.start}, input.train, names_));
    state_ = lesson.state;
    histories_ = items_by_user(input.train);
    std::promise<Result<void>> done;
    boost::asio::post(io_, [&] {
      client_.teach(std::move(lesson));
      client_.catch_up([&](Result<void> result) { done.set_value(std::move(result)); });
    });
    done.get_future().get().value();
  }

  Rankings rank(std::span<const RankingRequest> requests, std::size_t k) {
    const std::string context = remote::context_text({.model = options_.model, .state = state_, .k = k});
    std::vector<std::string> questions;
    questions.reserve(requests.size());
    for (const RankingRequest& request : requests) {
      const std::span<const ItemId> history =
          request.query.user ? histories_.row(index(*request.query.user)) : request.query.history;
      questions.push_back(remote::question_text(names_, request, history, std::nullopt));
    }
    Rankings rankings(requests.size(), k);
    for (std::size_t n = 0; const std::string& ranking : ask(context, std::move(questions))) {
      const std::vector<ItemId> items = remote::items_of_ranking(ranking, names_);
      std::ranges::copy(items, rankings.slots(n).begin());
      rankings.assign_length(n++, items.size());
    }
    return rankings;
  }

 private:
  std::vector<std::string> ask(const std::string& context, std::vector<std::string> questions) {
    std::vector<std::string> answers(questions.size());
    if (answers.empty()) return answers;
    std::promise<Result<void>> done;
    std::size_t open = questions.size();
    std::optional<Error> failure;
    boost::asio::post(io_, [&] {
      for (std::size_t n = 0; n < questions.size(); ++n) {
        client_.ask(context, std::move(questions[n]), [&, n](Result<remote::Ranking> ranking) {
          if (ranking) {
            answers[n] = std::move(ranking->items);
          } else {
            failure = ranking.error();
          }
          if (--open == 0) done.set_value(failure ? Result<void>(*failure) : Result<void>());
        });
      }
      client_.flush();
    });
    done.get_future().get().value();
    return answers;
  }

  remote::RemoteOptions options_;
  remote::Names names_;
  std::string state_;
  SparseRows<ItemId> histories_;
  boost::asio::io_context io_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ = make_work_guard(io_);
  remote::Client client_;
  std::thread thread_;
};

RemoteRecommender::RemoteRecommender(remote::RemoteOptions options) : options_(std::move(options)) {}

RemoteRecommender::~RemoteRecommender() = default;

Result<std::unique_ptr<Recommender>> RemoteRecommender::make(const Json& options) {
  Result<remote::RemoteOptions> read = remote::read_remote_options(options);
  if (!read) return read.error();
  return std::make_unique<RemoteRecommender>(*std::move(read));
}

void RemoteRecommender::fit(const FitInput& input, FitObserver& /*observer*/) {
  if (input.dataset == nullptr)
    throw Failure(ErrorKind::unexpected, "a remote recommender needs the names of items");
  if (!connection_) connection_ = std::make_unique<Connection>(options_, *input.dataset);
  connection_->fit(input);
}

std::size_t RemoteRecommender::num_items() const { return connection_ ? connection_->num_items() : 0; }

Rankings RemoteRecommender::rank(std::span<const RankingRequest> requests, std::size_t k) const {
  return connection_->rank(requests, k);
}

}  // namespace throng
