#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/beast/http/basic_parser.hpp>

#include "engine/http/http_message.h"

namespace throng::net {

/// Beast's parser with a place for what it finds: start line, fields (one block of text instead of a node per
/// field) and body. One message per object.
template <bool isRequest>
class MessageParser : public boost::beast::http::basic_parser<isRequest> {
 public:
  using Base = boost::beast::http::basic_parser<isRequest>;
  using Error = boost::system::error_code;

  MessageParser(std::uint32_t header_limit, std::uint64_t body_limit) {
    this->eager(true);
    this->header_limit(header_limit);
    this->body_limit(body_limit);
  }

  HttpHeaders headers;
  std::string body;

 protected:
  using View = boost::beast::string_view;
  static std::string_view plain(View view) { return {view.data(), view.size()}; }

  virtual void take_body(std::string_view bytes) { body.append(bytes); }

 private:
  // Beyond this, memory follows what has arrived and not what a peer announces.
  static constexpr std::uint64_t most_reserved = 64UL * 1024;

  void on_field_impl(boost::beast::http::field /*name*/, View name, View value, Error& /*error*/) final {
    if (headers.empty()) headers.reserve(16, 512);
    headers.add(plain(name), plain(value));
  }
  void on_header_impl(Error& /*error*/) final {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Error& /*error*/) final {
    if (length) body.reserve(std::min(*length, most_reserved));
  }
  std::size_t on_body_impl(View bytes, Error& /*error*/) final {
    take_body(plain(bytes));
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t /*size*/, View /*extensions*/, Error& /*error*/) final {}
  std::size_t on_chunk_body_impl(std::uint64_t /*remain*/, View bytes, Error& /*error*/) final {
    take_body(plain(bytes));
    return bytes.size();
  }
  void on_finish_impl(Error& /*error*/) final {}
};

using ChunkHandler = std::function<void(std::string_view)>;

class ResponseParser final : public MessageParser<false> {
 public:
  /// `chunk`, if there is one, gets the body of a 2xx reply instead of `body`.
  ResponseParser(std::uint32_t header_limit, std::uint64_t body_limit,
                 std::shared_ptr<const ChunkHandler> chunk)
      : MessageParser(header_limit, body_limit), chunk_(std::move(chunk)) {}

  /// From now on the body is thrown away. Also from within the chunk handler, which lives as long as the parser.
  void mute() { muted_ = true; }

  int status = 0;

 private:
  void on_request_impl(boost::beast::http::verb /*method*/, View /*text*/, View /*target*/, int /*version*/,
                       Error& /*error*/) override {}
  void on_response_impl(int code, View /*reason*/, int /*version*/, Error& /*error*/) override {
    status = code;
  }
  void take_body(std::string_view bytes) override {
    if (muted_) return;
    if (chunk_ && status / 100 == 2) {
      (*chunk_)(bytes);
    } else {
      body.append(bytes);
    }
  }

  std::shared_ptr<const ChunkHandler> chunk_;
  bool muted_ = false;
};

class RequestParser final : public MessageParser<true> {
 public:
  using MessageParser::MessageParser;

  std::string method;
  std::string target;
  int version = 11;  ///< 10 or 11

 private:
  void on_request_impl(boost::beast::http::verb /*method*/, View text, View target_text, int number,
                       Error& /*error*/) override {
    version = number;
    method.assign(text.data(), text.size());
    target.assign(target_text.data(), target_text.size());
  }
  void on_response_impl(int /*code*/, View /*reason*/, int /*version*/, Error& /*error*/) override {}
};

/// Gives the parser what has arrived. Returns the number of bytes used; `error` is clear if it wants more.
template <bool isRequest>
std::size_t feed(MessageParser<isRequest>& parser, boost::asio::const_buffer bytes,
                 boost::system::error_code& error) {
  std::size_t used = 0;
  while (used < bytes.size() && !parser.is_done()) {
    const std::size_t taken = parser.put(bytes + used, error);
    used += taken;
    if (error == boost::beast::http::error::need_more) {
      error = {};
      break;
    }
    if (error || taken == 0) break;
  }
  return used;
}

/// Whether the message was beyond a limit, rather than not HTTP.
inline bool is_limit(const boost::system::error_code& error) {
  namespace http = boost::beast::http;
  return error == http::error::header_limit || error == http::error::body_limit ||
         error == http::error::buffer_overflow;
}

}  // namespace throng::net
