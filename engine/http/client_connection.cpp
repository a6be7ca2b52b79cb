#include "engine/http/client_connection.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace throng::net {
namespace {

using Clock = std::chrono::steady_clock;
using ErrorCode = boost::system::error_code;
namespace http = boost::beast::http;

constexpr std::chrono::milliseconds next_look{500};  // at the latest, whether the call has stalled

HttpTimings::Span span(TimingWheel::TimePoint from, TimingWheel::TimePoint to) {
  return std::chrono::duration_cast<HttpTimings::Span>(to - from);
}

/// One contiguous block: one write, one TLS record if it is small.
void serialise(const HttpRequest& request, const std::string& fixed_headers, std::string& text) {
  text.clear();
  text.append(request.method)
      .append(" ")
      .append(request.target)
      .append(" HTTP/1.1\r\n")
      .append(fixed_headers);
  request.headers.append_to(text);
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT" ||
      request.method == "PATCH") {
    text.append("Content-Length: ");
    append_number(text, request.body.size());
    text.append("\r\n");
  }
  text.append("\r\n").append(request.body);
}

/// How long an unused connection may serve another request. `Keep-Alive: timeout=N` is the server's own word; the second
/// before its end is for a request on its way.
std::chrono::milliseconds kept_for(std::chrono::milliseconds most, const HttpHeaders& headers) {
  const std::string_view said = headers.find("keep-alive").value_or("");
  const std::size_t at = said.find("timeout=");
  if (at == std::string_view::npos) return most;
  std::uint32_t seconds = 0;
  const char* const digits = said.data() + at + std::string_view("timeout=").size();
  if (std::from_chars(digits, said.data() + said.size(), seconds).ec != std::errc()) return most;
  const std::chrono::milliseconds theirs = std::max(
      std::chrono::milliseconds(1'000) * seconds - std::chrono::seconds(1), std::chrono::milliseconds(1));
  return most.count() == 0 ? theirs : std::min(most, theirs);
}

}  // namespace

ClientConnection::ClientConnection(ConnectionKeeper& keeper, const ExchangeRules& rules, DeadlineTimer& timer,
                                   std::unique_ptr<Transport> transport)
    : keeper_(keeper),
      rules_(rules),
      timer_(timer),
      transport_(std::move(transport)),
      read_size_(first_read) {}

bool ClientConnection::is_fit(TimePoint now) {
  // The timer and the read under way would tell too, once this thread has time for them.
  return state_ == State::idle && now < fit_until_ && transport_->is_quiet();
}

void ClientConnection::exchange(Call& call, TimePoint now) {
  call_ = &call;
  call.connection = this;
  state_ = State::sent;
  sent_at_ = now;
  first_byte_ = {};
  start_parser();
  serialise(call.request, rules_.fixed_headers, out_);
  listen(now);
  writing_ = true;
  if (out_.size() > largest_read) read();  // the server may refuse before it has all
  transport_->async_write(boost::asio::buffer(out_),
                          [self = boost::intrusive_ptr<ClientConnection>(this)](
                              const ErrorCode& error, std::size_t /*bytes*/) { self->on_written(error); });
}

void ClientConnection::start_parser() {
  const std::uint64_t limit = call_->request.reply_limit;
  parser_.emplace(rules_.header_limit, limit > 0 ? std::min(limit, rules_.body_limit) : rules_.body_limit,
                  call_->chunk);
  if (call_->request.method == "HEAD") parser_->skip(true);
}

void ClientConnection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  if (parser_) parser_->mute();
  call_ = nullptr;
  TimingWheel::disarm(*this);
  transport_->close();
}

void ClientConnection::read() {
  if (reading_) return;
  reading_ = true;
  transport_->async_read_some(in_.prepare(read_size_), [self = boost::intrusive_ptr<ClientConnection>(this)](
                                                           const ErrorCode& error, std::size_t bytes) {
    self->on_read(error, bytes);
  });
}

void ClientConnection::on_written(const ErrorCode& error) {
  writing_ = false;
  // After a disconnect the read tells more: the server may have replied before it hung up.
  if (error && state_ != State::closed && state_ != State::idle && !is_disconnect(error))
    fail(HttpFailureKind::reset, "sending failed: " + error.message());
  if (state_ != State::closed) read();
}

void ClientConnection::on_read(const ErrorCode& error, std::size_t bytes) {
  reading_ = false;
  if (state_ == State::closed) return;
  if (error) {
    on_end(error);
    return;
  }
  if (state_ == State::idle) {  // nobody asked
    close();
    keeper_.lost(*this);
    return;
  }
  in_.commit(bytes);
  if (bytes == read_size_) read_size_ = std::min(2 * read_size_, largest_read);
  const auto now = Clock::now();
  if (state_ == State::sent) {
    state_ = State::replying;
    first_byte_ = span(sent_at_, now);
  }
  parse(now);
}

void ClientConnection::parse(TimePoint now) {
  ErrorCode error;
  in_.consume(feed(*parser_, in_.data(), error));
  if (state_ == State::closed) return;  // by the chunk handler
  if (error) {
    const bool limit = is_limit(error);
    fail(limit ? HttpFailureKind::too_large : HttpFailureKind::malformed,
         limit ? "the reply is too large: " + error.message() : "the reply is not HTTP: " + error.message());
  } else if (!parser_->is_done()) {
    listen(now);
    read();
  } else if (parser_->status / 100 == 1) {  // an interim reply: the real one follows
    start_parser();
    parse(now);
  } else {
    complete(now);
  }
}

void ClientConnection::complete(TimePoint now) {
  HttpResponse response;
  response.status = parser_->status;
  response.headers = std::move(parser_->headers);
  response.body = std::move(parser_->body);
  response.connection = reused_ ? Connection::reused : Connection::fresh;
  response.timings = timings(now);
  const bool keep_alive = parser_->keep_alive();
  parser_.reset();
  Call& call = *std::exchange(call_, nullptr);
  // A reply before the end of the request, or bytes after the reply, leave the connection in doubt.
  if (keep_alive && !writing_ && in_.size() == 0) {
    state_ = State::idle;
    reused_ = true;
    trim();
    fit_until_ = after(now, kept_for(rules_.keep_alive, response.headers));
    timer_.arm(*this, fit_until_);
  } else {
    close();
  }
  keeper_.replied(*this, call, std::move(response));
  // If the next exchange has begun, it reads once its request is written: not before there can be something.
  if (state_ == State::idle) read();
}

void ClientConnection::trim() {
  read_size_ = first_read;
  if (in_.capacity() > kept_buffer) in_.shrink_to_fit();
  if (out_.capacity() > kept_buffer) out_ = {};
}

void ClientConnection::on_end(const ErrorCode& error) {
  if (state_ == State::idle) {
    close();
    keeper_.lost(*this);
  } else if (state_ == State::sent) {
    if (reused_ && is_disconnect(error)) {
      fail(HttpFailureKind::dropped, "a kept connection ended before a reply: " + error.message());
    } else {
      fail(HttpFailureKind::reset, "the connection ended before a reply: " + error.message());
    }
  } else {
    ErrorCode ending = error;
    if (error == boost::asio::error::eof) {
      ending = {};
      parser_->put_eof(ending);
    }
    if (!ending && parser_->is_done()) {
      complete(Clock::now());
    } else {
      fail(HttpFailureKind::truncated, "the connection ended inside the reply");
    }
  }
}

void ClientConnection::fail(HttpFailureKind kind, const std::string& what) {
  HttpFailure failure;
  failure.kind = kind;
  failure.message = rules_.server + ": " + what;
  failure.reply_started = state_ == State::replying ? ReplyStarted::yes : ReplyStarted::no;
  failure.timings = timings(Clock::now());
  Call& call = *call_;
  close();
  keeper_.failed(*this, call, std::move(failure));
}

HttpTimings ClientConnection::timings(TimePoint now) const {
  HttpTimings timings = call_->timings;
  timings.first_byte = first_byte_;
  timings.total = span(call_->started_at, now);
  return timings;
}

/// From now on a byte is waited for.
void ClientConnection::listen(TimePoint now) {
  silent_since_ = now;
  arm(now + next_look);
}

/// `look`: when to see whether the call has stalled.
void ClientConnection::arm(TimePoint look) {
  const TimePoint at = std::min(silence_ends(), call_->total_by);
  timer_.arm(*this, call_->silence ? std::min(at, look) : at);
}

ClientConnection::TimePoint ClientConnection::silence_ends() const {
  const HttpDeadlines& deadlines = rules_.deadlines;
  return after(silent_since_, state_ == State::sent ? deadlines.first_byte : deadlines.between_bytes);
}

ClientConnection::TimePoint ClientConnection::stalled_at() const {
  const auto allowed = call_->silence ? call_->silence() : std::chrono::microseconds(0);
  return allowed.count() == 0 ? TimePoint::max() : silent_since_ + allowed;
}

void ClientConnection::expired(TimePoint now) {
  const boost::intrusive_ptr<ClientConnection> self(this);
  if (state_ == State::idle) {
    close();
    keeper_.lost(*this);
  } else if (now >= call_->total_by) {
    fail(HttpFailureKind::timeout_total, "the reply was not complete in time");
  } else if (transport_->has_unread()) {  // in time: it is this thread that is behind
    timer_.arm(*this, now + TimingWheel::tick);
  } else if (now >= silence_ends()) {
    const bool sent = state_ == State::sent;
    fail(sent ? HttpFailureKind::timeout_first_byte : HttpFailureKind::timeout_idle,
         sent ? "no reply in time" : "the reply stopped for too long");
  } else if (const TimePoint stalled = stalled_at(); now < stalled) {
    arm(std::min(now + next_look, stalled));
  } else {
    fail(HttpFailureKind::stalled, fmt::format("silent for {:.1f} s, far longer than other calls",
                                               std::chrono::duration<double>(now - silent_since_).count()));
  }
}

}  // namespace throng::net
