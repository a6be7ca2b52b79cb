#include "engine/net/http_client.h"

#include <utility>

#include "engine/net/client_pool.h"

namespace throng::net {

HttpClient::HttpClient(boost::asio::io_context& io, const Url& origin, HttpClientOptions options)
    : pool_(new ClientPool(io, origin, std::move(options))) {}

HttpClient::~HttpClient() { pool_->shut(); }

CallId HttpClient::send(HttpRequest request, Done done, Chunk chunk, Silence silence) {
  return pool_->send(std::move(request), std::move(done), std::move(chunk), std::move(silence));
}

bool HttpClient::cancel(CallId call) { return pool_->cancel(call); }

HttpClientStats HttpClient::stats() const { return pool_->stats(); }

}  // namespace throng::net
