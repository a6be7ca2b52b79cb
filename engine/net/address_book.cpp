#include "engine/net/address_book.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/net/url.h"

namespace throng::net {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kept{60};

}  // namespace

struct AddressBook::State {
  State(boost::asio::io_context& io, std::string host_name, std::uint16_t port_number)
      : resolver(io), host(std::move(host_name)), port(port_number) {}

  bool fresh() const { return !endpoints.empty() && (is_literal || Clock::now() < valid_until); }

  boost::asio::ip::tcp::resolver resolver;
  std::string host;
  std::uint16_t port;
  Endpoints endpoints;
  Clock::time_point valid_until;
  bool is_literal = false;  ///< an address, which no look-up changes
  std::vector<Ready> asking;
};

AddressBook::AddressBook(boost::asio::io_context& io, std::string host, std::uint16_t port)
    : state_(std::make_shared<State>(io, std::move(host), port)) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(state_->host, error);
  if (error) return;
  state_->endpoints = {{address, port}};
  state_->is_literal = true;
}

AddressBook::~AddressBook() { state_->resolver.cancel(); }

void AddressBook::look_up(Ready ready) {
  if (state_->fresh()) {
    ready(state_->endpoints);
    return;
  }
  state_->asking.push_back(std::move(ready));
  if (state_->asking.size() > 1) return;
  state_->resolver.async_resolve(
      state_->host, std::to_string(state_->port),
      [weak = std::weak_ptr(state_)](const boost::system::error_code& error, const auto& results) {
        const auto state = weak.lock();
        if (!state) return;
        state->endpoints.clear();
        if (!error) {
          for (const auto& result : results) state->endpoints.push_back(result.endpoint());
        }
        state->valid_until = Clock::now() + kept;
        // A callee may ask again.
        for (const Ready& callee : std::exchange(state->asking, {})) callee(state->endpoints);
      });
}

void AddressBook::prefer(const boost::asio::ip::tcp::endpoint& endpoint) {
  const auto found = std::find(state_->endpoints.begin(), state_->endpoints.end(), endpoint);
  if (found != state_->endpoints.end()) std::rotate(state_->endpoints.begin(), found, found + 1);
}

void AddressBook::forget() {
  if (!state_->is_literal) state_->endpoints.clear();
}

}  // namespace throng::net
