#include "engine/base/redact.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <cstdint>
#include <optional>

#include <boost/algorithm/string/predicate.hpp>

#include "engine/base/text.h"

namespace throng {
namespace {

constexpr std::size_t kShortestSecret = 4;
constexpr std::size_t kShortestKey = 8;
/// In data a chance meeting of eight characters is no key that was cut short.
constexpr std::size_t kShortestStartInData = 16;
/// Nobody reads further, and redacting costs time.
constexpr std::size_t kMaxScanned = 16384;
constexpr std::array<std::string_view, 9> kKeyPrefixes{"sk-",    "sk_",  "gsk_",  "hf_", "xai-",
                                                       "nvapi-", "AIza", "pplx-", "ghp_"};
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Also what masks a key (`*`, `.`) and base64.
bool in_key(char c) {
  return is_alphanumeric(c) || std::string_view("-_.*+/=~").find(c) != std::string_view::npos;
}

std::size_t key_length(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::find_if_not(text, in_key) - text.begin());
}

bool starts_with_ignoring_case(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() &&
         std::equal(lower.begin(), lower.end(), text.begin(),
                    [](char a, char b) { return a == b || (b >= 'A' && b <= 'Z' && a == b - 'A' + 'a'); });
}

struct Match {
  std::size_t kept = 0;    ///< bytes before the key, such as "Bearer "
  std::size_t length = 0;  ///< of the whole match; 0: none
};

Match match_pattern(std::string_view rest) {
  if (std::string_view("sghxnApbB").find(rest.front()) == std::string_view::npos) return {};
  for (const std::string_view prefix : kKeyPrefixes) {
    if (!rest.starts_with(prefix)) continue;
    const std::size_t length = key_length(rest);
    if (length >= prefix.size() + kShortestKey) return {.kept = 0, .length = length};
  }
  constexpr std::string_view kBearer = "bearer ";
  if (starts_with_ignoring_case(rest, kBearer)) {
    const std::size_t length = key_length(rest.substr(kBearer.size()));
    if (length >= kShortestKey) return {.kept = kBearer.size(), .length = kBearer.size() + length};
  }
  return {};
}

std::optional<unsigned> number(std::string_view digits, unsigned base) {
  unsigned value = 0;
  if (digits.empty()) return std::nullopt;
  for (const char c : digits) {
    const unsigned digit = c >= '0' && c <= '9'   ? unsigned(c - '0')
                           : c >= 'a' && c <= 'f' ? unsigned(c - 'a') + 10
                           : c >= 'A' && c <= 'F' ? unsigned(c - 'A') + 10
                                                  : base;
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
  }
  return value;
}

/// A character as it stands in a text, with what escapes it.
struct Escaped {
  char c = 0;
  std::size_t length = 0;  ///< of the text; 0: nothing is escaped here
};

Escaped character(std::optional<unsigned> code, std::size_t length) {
  return code && *code < 256 ? Escaped{static_cast<char>(*code), length} : Escaped{};
}

/// `%2F`, or encoded twice: `%252F`.
Escaped percent_encoded(std::string_view text) {
  std::size_t at = 1;
  while (text.substr(at).starts_with("25") && number(text.substr(at + 2, 2), 16)) at += 2;
  const std::string_view digits = text.substr(at, 2);
  return digits.size() == 2 ? character(number(digits, 16), at + 2) : Escaped{};
}

/// `\/`, `\u002f`, and either in a JSON string that was put into another: `\\\/`.
Escaped json_escaped(std::string_view text) {
  const std::size_t at = std::min(text.find_first_not_of('\\'), text.size());
  if (at == text.size()) return {};
  if (text[at] == 'u') {
    const std::string_view digits = text.substr(at + 1, 4);
    return digits.size() == 4 ? character(number(digits, 16), at + 5) : Escaped{};
  }
  const bool escapes_itself = std::string_view("\"/'").find(text[at]) != std::string_view::npos;
  return escapes_itself ? Escaped{text[at], at + 1} : Escaped{};
}

/// `&amp;`, `&#47;` or `&#x2F;`.
Escaped html_escaped(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNamed{
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  for (const auto& [name, c] : kNamed) {
    if (text.starts_with(name)) return {c, name.size()};
  }
  const std::size_t end = text.substr(0, 8).find(';');
  if (end == std::string_view::npos || end < 3 || text[1] != '#') return {};
  const bool hexadecimal = text[2] == 'x' || text[2] == 'X';
  return character(
      number(text.substr(hexadecimal ? 3 : 2, end - (hexadecimal ? 3 : 2)), hexadecimal ? 16 : 10), end + 1);
}

Escaped escaped(std::string_view text) {
  switch (text.front()) {
    case '%':
      return percent_encoded(text);
    case '\\':
      return json_escaped(text);
    case '&':
      return html_escaped(text);
    default:
      return {};
  }
}

/// The length of a run of backslashes, some of them perhaps escaped.
std::size_t backslashes(std::string_view text) {
  std::size_t length = 0;
  while (length < text.size()) {
    const Escaped read = escaped(text.substr(length));
    if (read.length > 0 && read.c == '\\') {
      length += read.length;
    } else if (text[length] == '\\') {
      ++length;
    } else {
      break;
    }
  }
  return length;
}

/// A run of them stands for one, since JSON doubles them.
std::string with_single_backslashes(std::string_view text) {
  std::string single;
  for (const char c : text) {
    if (c != '\\' || !single.ends_with('\\')) single += c;
  }
  return single;
}

/// One way to write a secret, escapes apart.
struct Form {
  enum class Kind { plain, base64 };
  std::string text;
  Kind kind = Kind::plain;
  std::size_t secret_size = 0;

  bool has(std::size_t at, char c) const {
    if (kind == Kind::base64) c = c == '-' ? '+' : c == '_' ? '/' : c;
    return text[at] == c;
  }
  /// How many of its characters stand for so many of the secret.
  std::size_t characters(std::size_t of_secret) const {
    return kind == Kind::plain ? of_secret : (of_secret * 4 + 2) / 3;
  }
};

/// What base64 makes of `secret` if `before` bytes (0 to 2) precede it in a group of three, less the characters at its ends in
/// which its neighbours have bits.
std::string base64_core(std::string_view secret, std::size_t before) {
  std::string core;
  std::uint32_t bits = 0;
  int held = 0;
  for (std::size_t i = 0; i < before + secret.size(); ++i) {
    bits = (bits << 8U) | (i < before ? 0U : static_cast<unsigned char>(secret[i - before]));
    for (held += 8; held >= 6; held -= 6) core += kBase64[(bits >> unsigned(held - 6)) & 63U];
  }
  return core.substr((before * 8 + 5) / 6);
}

enum class Text { prose, data };

}  // namespace

struct Secrets::Forms {
  explicit Forms(std::vector<std::string> secrets) : values(std::move(secrets)) {
    for (const std::string& value : values) {
      add({.text = with_single_backslashes(value), .kind = Form::Kind::plain, .secret_size = value.size()});
      if (value.size() < kShortestKey) continue;  // so few characters are met by chance
      for (const std::size_t before : {0, 1, 2})
        add({.text = base64_core(value, before), .kind = Form::Kind::base64, .secret_size = value.size()});
    }
    for (const char escape : {'%', '\\', '&'}) {
      for (unsigned next = 0; next < 256; ++next) starts.set(pair(escape, static_cast<char>(next)));
    }
  }

  void add(Form form) {
    for (unsigned c = 0; c < 256; ++c) {
      if (!form.has(0, static_cast<char>(c))) continue;
      first.set(c);
      for (unsigned next = 0; next < 256; ++next) {
        const char n = static_cast<char>(next);
        if (form.has(1, n) || n == '%' || n == '\\' || n == '&') starts.set(pair(static_cast<char>(c), n));
      }
    }
    forms.push_back(std::move(form));
  }

  static std::size_t pair(char a, char b) {
    return std::size_t{static_cast<unsigned char>(a)} << 8U | static_cast<unsigned char>(b);
  }

  std::vector<std::string> values;
  std::vector<Form> forms;
  std::bitset<65536> starts;  ///< the two bytes with which a secret in any form can begin, escaped or not
  std::bitset<256> first;     ///< the first characters of all forms, what escapes them apart
};

class SecretFinder {
 public:
  SecretFinder(const Secrets& secrets, Text text) : forms_(secrets.forms_.get()), text_(text) {}

  /// The first place from `at` on where a secret may begin, or the text's end. Few of these are false, so that a text costs
  /// little more than a look at each pair of its bytes.
  std::size_t next(std::string_view text, std::size_t at) const {
    if (forms_ == nullptr) return text.size();
    for (; at + 1 < text.size(); ++at) {
      if (forms_->starts[Secrets::Forms::pair(text[at], text[at + 1])] && may_start(text.substr(at)))
        return at;
    }
    return text.size();
  }

  /// The bytes of the longest secret with which `rest` begins.
  std::size_t length(std::string_view rest) const {
    std::size_t longest = 0;
    // A secret may hold what looks like an escape, such as %25: as it is, it is found whatever is read into it.
    for (const std::string& value : forms_->values) {
      if (rest.starts_with(value) && is_whole(value.size())) longest = std::max(longest, value.size());
    }
    for (const Form& form : forms_->forms) longest = std::max(longest, length(rest, form));
    return longest;
  }

 private:
  bool may_start(std::string_view rest) const {
    const auto is_first = [&](char c) { return forms_->first[static_cast<unsigned char>(c)]; };
    if (is_first(rest[0])) return true;
    const Escaped read = escaped(rest);
    return read.length > 0 && is_first(read.c);
  }

  /// Whether a secret of so many bytes goes from this kind of text.
  bool is_whole(std::size_t bytes) const { return text_ == Text::prose || bytes >= kShortestKey; }

  std::size_t length(std::string_view rest, const Form& form) const {
    const std::size_t shortest_start =
        form.characters(text_ == Text::data ? kShortestStartInData : kShortestKey);
    std::size_t at = 0;
    std::size_t found = 0;
    while (found < form.text.size() && at < rest.size()) {
      if (form.text[found] == '\\') {
        const std::size_t run = backslashes(rest.substr(at));
        if (run == 0) break;
        at += run;
      } else if (const Escaped read = escaped(rest.substr(at)); read.length > 0 && form.has(found, read.c)) {
        at += read.length;
      } else if (form.has(found, rest[at])) {
        ++at;
      } else {
        break;
      }
      ++found;
    }
    const bool whole = found == form.text.size() && is_whole(form.secret_size);
    return whole || found >= shortest_start ? at : 0;
  }

  const Secrets::Forms* forms_;
  Text text_;
};

Secrets::Secrets(std::vector<std::string> secrets) {
  std::erase_if(secrets, [](const std::string& secret) { return secret.size() < kShortestSecret; });
  if (!secrets.empty()) forms_ = std::make_shared<const Forms>(std::move(secrets));
}

Secrets operator+(const Secrets& a, const Secrets& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  std::vector<std::string> all = a.forms_->values;
  for (const std::string& value : b.forms_->values) {
    if (std::ranges::find(all, value) == all.end()) all.push_back(value);
  }
  return all.size() == a.forms_->values.size() ? a : Secrets(std::move(all));
}

bool is_public_header(std::string_view name) {
  // OpenRouter's attribution (HTTP-Referer, X-Title), Anthropic's and OpenAI's versions, and HTTP's own.
  constexpr std::array<std::string_view, 9> kPublic{
      "accept",  "accept-language", "anthropic-beta", "anthropic-version", "http-referer", "openai-beta",
      "referer", "user-agent",      "x-title"};
  return std::ranges::any_of(kPublic,
                             [&](std::string_view known) { return boost::algorithm::iequals(known, name); });
}

std::string redact(std::string_view text, const Secrets& secrets) {
  const SecretFinder finder(secrets, Text::prose);
  std::size_t secret = finder.next(text, 0);
  std::string redacted;
  redacted.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    Match match;
    if (at == secret) {
      match.length = finder.length(rest);
      secret = finder.next(text, at + std::max<std::size_t>(match.length, 1));
    }
    const bool word_starts = at == 0 || !is_alphanumeric(text[at - 1]);
    if (match.length == 0 && word_starts) {
      match = match_pattern(rest);
      if (secret < at + match.length) secret = finder.next(text, at + match.length);
    }
    if (match.length == 0) {
      redacted += text[at++];
      continue;
    }
    redacted.append(rest.substr(0, match.kept)).append(kRedacted);
    at += match.length;
  }
  return redacted;
}

void redact_data(std::string& text, const Secrets& secrets) {
  const SecretFinder finder(secrets, Text::data);
  std::string redacted;
  std::size_t copied = 0;
  for (std::size_t at = finder.next(text, 0); at < text.size();) {
    const std::size_t length = finder.length(std::string_view(text).substr(at));
    if (length > 0) {
      redacted.append(text, copied, at - copied).append(kRedacted);
      copied = at + length;
    }
    at = finder.next(text, at + std::max<std::size_t>(length, 1));
  }
  if (copied > 0) text = redacted.append(text, copied);
}

std::string error_text(std::string_view text, const Secrets& secrets) {
  std::string line = printable(redact(text.substr(0, kMaxScanned), secrets));
  if (line.size() <= kMaxErrorText) return line;
  constexpr std::string_view kCut = "...";
  std::size_t end = kMaxErrorText - kCut.size();
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;  // whole characters
  return line.substr(0, end).append(kCut);
}

}  // namespace throng
