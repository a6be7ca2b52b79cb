#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/system/result.hpp>

namespace throng::net {

struct HttpField {
  std::string_view name;
  std::string_view value;
};

/// Header fields in the order they were added, kept in one block of text. A field's views are valid until the
/// next change.
class HttpHeaders {
 public:
  class Iterator;

  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<HttpField> fields);

  void add(std::string_view name, std::string_view value);
  void reserve(std::size_t fields, std::size_t bytes);
  /// Keeps the memory.
  void clear();

  /// The value of the first field of this name; the case of ASCII letters does not count.
  std::optional<std::string_view> find(std::string_view name) const;
  /// Whether each field can be sent as it is: a name of token characters and a value without line breaks or
  /// other control characters. A key read from a file often ends in a line feed.
  bool well_formed() const;
  /// "Name: value\r\n" for each field.
  void append_to(std::string& text) const;

  std::size_t size() const { return spans_.size(); }
  bool empty() const { return spans_.empty(); }
  HttpField operator[](std::size_t index) const;
  Iterator begin() const;
  Iterator end() const;

 private:
  struct Span {
    std::uint32_t begin;
    std::uint32_t name_size;
    std::uint32_t value_size;
  };
  std::string text_;
  std::vector<Span> spans_;
};

class HttpHeaders::Iterator {
 public:
  Iterator(const HttpHeaders& headers, std::size_t index) : headers_(&headers), index_(index) {}
  HttpField operator*() const { return (*headers_)[index_]; }
  Iterator& operator++() {
    ++index_;
    return *this;
  }
  bool operator==(const Iterator& other) const { return index_ == other.index_; }

 private:
  const HttpHeaders* headers_;
  std::size_t index_;
};

inline HttpHeaders::Iterator HttpHeaders::begin() const { return {*this, 0}; }
inline HttpHeaders::Iterator HttpHeaders::end() const { return {*this, size()}; }

/// For messages that are written by hand.
void append_number(std::string& text, std::size_t number, int base = 10);

struct HttpRequest {
  std::string method = "POST";
  std::string target = "/";
  HttpHeaders
      headers;  ///< without Host, Content-Length, Transfer-Encoding and Connection, which the client adds
  std::string body;
  std::uint64_t reply_limit = 0;  ///< bytes of the reply's body; 0: what the client's options allow
};

/// Where the time of one exchange went. `total` runs from leaving the queue to the last byte.
struct HttpTimings {
  using Span = std::chrono::microseconds;
  Span queued{};      ///< waiting for a free connection
  Span connect{};     ///< resolving, TCP and proxy; 0 on a reused connection
  Span tls{};         ///< 0 on a reused connection
  Span first_byte{};  ///< from sending the request
  Span total{};
};

enum class Connection { fresh, reused };

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;  ///< empty if it went to a chunk handler
  HttpTimings timings;
  Connection connection = Connection::fresh;
};

enum class HttpFailureKind {
  invalid_request,  ///< a header, target or method that cannot be sent; nothing was sent
  resolve,          ///< the host has no address
  connect,          ///< no address accepted a connection
  proxy,            ///< the proxy refused or spoke nonsense
  tls,              ///< the handshake failed
  certificate,      ///< the server's certificate is not trusted or is for another host
  timeout_connect,
  timeout_tls,
  timeout_first_byte,
  timeout_idle,  ///< too long between two bytes
  timeout_total,
  stalled,  ///< silent for longer than the caller allows, see HttpClient::Silence
  reset,    ///< the connection ended before the first byte of a reply
  dropped,  ///< the same on a kept connection: the server may have ended it before the request came, or after it did the work
  truncated,  ///< the connection ended inside a reply
  malformed,  ///< not HTTP
  too_large,  ///< headers or body beyond their limits
  canceled,
};

std::string_view to_string(HttpFailureKind kind);

/// Whether the server may have begun to answer: then the request may have had its effect (and its price).
enum class ReplyStarted { no, yes };

struct HttpFailure {
  HttpFailureKind kind = HttpFailureKind::reset;
  /// One sentence that names the server. Never holds anything of the request: no header, no target, no body.
  std::string message;
  ReplyStarted reply_started = ReplyStarted::no;
  HttpTimings timings;
};

/// Every complete reply is a value, whatever its status.
using HttpResult = boost::system::result<HttpResponse, HttpFailure>;

/// Found by argument-dependent lookup from `HttpResult::value()`: throws Failure(unexpected).
BOOST_NORETURN void throw_exception_from_error(const HttpFailure& failure,
                                               const boost::source_location& where);

/// "Not Found" for 404; "Unknown" for numbers without a phrase.
std::string_view reason_phrase(int status);

}  // namespace throng::net
