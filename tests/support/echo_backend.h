#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include "scenarios/gateway/backends.h"

namespace throng::testing {

/// Answers at once, with the last part of what it is asked.
class EchoBackend : public Backend {
 public:
  static std::string reply_to(std::span<const std::string> parts) { return "echo of " + parts.back(); }

  void ask(std::span<const std::string> parts, std::uint32_t /*chain*/, Done done) override {
    if (asked == fails_after || winding_down_) {
      boost::asio::post(io, [done = std::move(done)] {
        done(Error{ErrorKind::stopped, "the budget is reached"});
      });
      return;
    }
    ++asked;
    boost::asio::post(io, [reply = reply_to(parts), done = std::move(done)] {
      done(JournaledReply{.reply = reply, .endpoint = "http://echo", .model = "echo"});
    });
  }
  void wind_down() override { winding_down_ = true; }
  Json account() const override { return Json::object(); }

  std::size_t asked = 0;
  std::size_t fails_after = ~std::size_t{0};  ///< so many calls are answered
  boost::asio::io_context io{1};

 private:
  bool winding_down_ = false;
};

}  // namespace throng::testing
