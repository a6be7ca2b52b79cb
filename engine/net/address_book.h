#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

namespace throng::net {

/// The addresses of one host, looked up once a minute at most, however many connections ask. A failed look-up
/// is not remembered.
class AddressBook {
 public:
  using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;
  /// Empty if the host has no address.
  using Ready = std::function<void(const Endpoints&)>;

  AddressBook(boost::asio::io_context& io, std::string host, std::uint16_t port);
  /// Forgets who asked.
  ~AddressBook();
  AddressBook(const AddressBook&) = delete;
  AddressBook& operator=(const AddressBook&) = delete;

  /// Calls `ready` later or at once.
  void look_up(Ready ready);
  /// The next look-ups try this address first.
  void prefer(const boost::asio::ip::tcp::endpoint& endpoint);
  /// The addresses did not work: the next look-up asks again.
  void forget();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace throng::net
