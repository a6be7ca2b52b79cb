#pragma once

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

namespace throng::net {

/// A proxy for tests: keeps what it was asked, gives `answer`, and if that begins with success, tunnels to `target`.
class TunnelProxy {
 public:
  using Tcp = boost::asio::ip::tcp;

  TunnelProxy(boost::asio::io_context& io, Tcp::endpoint target, std::string answer)
      : io_(io),
        target_(std::move(target)),
        answer_(std::move(answer)),
        acceptor_(io, {boost::asio::ip::make_address("127.0.0.1"), 0}) {
    accept();
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()); }
  const std::vector<std::string>& asked() const { return asked_; }

 private:
  struct Tunnel {
    explicit Tunnel(boost::asio::io_context& io) : client(io), server(io) {}
    Tcp::socket client;
    Tcp::socket server;
    std::string request;
    std::array<std::array<char, 4096>, 2> buffers;
  };
  using Shared = std::shared_ptr<Tunnel>;
  using ErrorCode = boost::system::error_code;

  void accept() {
    const auto tunnel = std::make_shared<Tunnel>(io_);
    acceptor_.async_accept(tunnel->client, [this, tunnel](ErrorCode error) {
      if (error) return;
      boost::asio::async_read_until(tunnel->client, boost::asio::dynamic_buffer(tunnel->request), "\r\n\r\n",
                                    [this, tunnel](ErrorCode failed, std::size_t /*bytes*/) {
                                      if (!failed) connect(tunnel);
                                    });
      accept();
    });
  }

  void connect(const Shared& tunnel) {
    asked_.push_back(tunnel->request);
    tunnels_.push_back(tunnel);
    boost::asio::write(tunnel->client, boost::asio::buffer(answer_));
    if (!answer_.starts_with("HTTP/1.1 200")) return;
    tunnel->server.connect(target_);
    pump(tunnel, tunnel->client, tunnel->server, 0);
    pump(tunnel, tunnel->server, tunnel->client, 1);
  }

  static void pump(const Shared& tunnel, Tcp::socket& from, Tcp::socket& to, std::size_t buffer) {
    from.async_read_some(boost::asio::buffer(tunnel->buffers[buffer]),
                         [tunnel, &from, &to, buffer](ErrorCode error, std::size_t bytes) {
                           if (!error)
                             boost::asio::write(
                                 to, boost::asio::buffer(tunnel->buffers[buffer].data(), bytes), error);
                           if (!error) {
                             pump(tunnel, from, to, buffer);
                           } else {
                             to.close(error);
                           }
                         });
  }

  boost::asio::io_context& io_;
  Tcp::endpoint target_;
  std::string answer_;
  Tcp::acceptor acceptor_;
  std::vector<std::string> asked_;
  std::vector<Shared> tunnels_;  ///< so that one without success stays open
};

}  // namespace throng::net
