#include "engine/http/http_message.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include <boost/beast/http/status.hpp>

#include "engine/base/error.h"

namespace throng::net {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool same_name(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

bool is_token(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_value(char c) { return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != 127); }

}  // namespace

HttpHeaders::HttpHeaders(std::initializer_list<HttpField> fields) {
  for (const HttpField& field : fields) add(field.name, field.value);
}

void HttpHeaders::add(std::string_view name, std::string_view value) {
  spans_.push_back({static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(name.size()),
                    static_cast<std::uint32_t>(value.size())});
  text_.append(name).append(value);
}

void HttpHeaders::reserve(std::size_t fields, std::size_t bytes) {
  spans_.reserve(fields);
  text_.reserve(bytes);
}

void HttpHeaders::clear() {
  spans_.clear();
  text_.clear();
}

std::optional<std::string_view> HttpHeaders::find(std::string_view name) const {
  for (const HttpField field : *this) {
    if (same_name(field.name, name)) return field.value;
  }
  return std::nullopt;
}

bool HttpHeaders::well_formed() const {
  return std::all_of(spans_.begin(), spans_.end(), [this](const Span& span) {
    const std::string_view name(text_.data() + span.begin, span.name_size);
    const std::string_view value(name.data() + name.size(), span.value_size);
    return !name.empty() && std::all_of(name.begin(), name.end(), is_token) &&
           std::all_of(value.begin(), value.end(), is_value);
  });
}

void HttpHeaders::append_to(std::string& text) const {
  for (const HttpField field : *this) text.append(field.name).append(": ").append(field.value).append("\r\n");
}

HttpField HttpHeaders::operator[](std::size_t index) const {
  const Span& span = spans_[index];
  const char* begin = text_.data() + span.begin;
  return {{begin, span.name_size}, {begin + span.name_size, span.value_size}};
}

std::string_view to_string(HttpFailureKind kind) {
  static constexpr std::array<std::string_view, 18> names{
      "invalid_request", "resolve",       "connect",
      "proxy",           "tls",           "certificate",
      "timeout_connect", "timeout_tls",   "timeout_first_byte",
      "timeout_idle",    "timeout_total", "stalled",
      "reset",           "dropped",       "truncated",
      "malformed",       "too_large",     "canceled"};
  return names.at(static_cast<std::size_t>(kind));
}

void throw_exception_from_error(const HttpFailure& failure, const boost::source_location& /*where*/) {
  throw Failure(ErrorKind::unexpected, failure.message);
}

std::string_view reason_phrase(int status) {
  const auto known = boost::beast::http::int_to_status(static_cast<unsigned>(status));
  const auto phrase = boost::beast::http::obsolete_reason(known);
  return {phrase.data(), phrase.size()};
}

void append_number(std::string& text, std::size_t number, int base) {
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number, base).ptr;
  text.append(std::begin(digits), end);
}

}  // namespace throng::net
