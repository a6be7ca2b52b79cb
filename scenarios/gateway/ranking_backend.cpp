#include "engine/http/url.h"
#include "scenarios/gateway/backends.h"

namespace throng {

RankingBackend::RankingBackend(boost::asio::io_context& io, const remote::RemoteOptions& options,
                               const remote::Names& names, Delay patience, const remote::Client::Log& log)
    : origin_(net::parse_url(options.url).value().origin()), client_(io, options, names, patience, log) {}

void RankingBackend::ask(std::span<const std::string> parts, std::uint32_t /*chain*/, Done done) {
  client_.ask(parts[0], parts[1], [this, done = std::move(done)](Result<remote::Ranking> ranking) {
    if (!ranking) return done(ranking.error());
    done(JournaledReply{
        .reply = std::move(ranking->items), .endpoint = origin_, .attempts = ranking->attempts});
  });
}

void RankingBackend::tell(const std::vector<std::string>& parts) {
  client_.teach({.target = parts[0], .body = parts[1]});
}

Json RankingBackend::account() const {
  const remote::ClientStats& stats = client_.stats();
  return {{"rankings",
           {{"requests", stats.requests},
            {"rankings", stats.rankings},
            {"retries", stats.retries},
            {"lessons", stats.lessons}}}};
}

}  // namespace throng
