#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace throng {

/// Keys and passwords that must appear in nothing that is written. A value that is cheap to copy; any number of threads
/// may use it.
class Secrets {
 public:
  Secrets() = default;
  /// What is shorter than 4 bytes is no secret: it would be found everywhere.
  Secrets(std::vector<std::string> secrets);  // NOLINT(google-explicit-constructor): a list of keys is one

  /// Both.
  friend Secrets operator+(const Secrets& a, const Secrets& b);
  bool empty() const { return forms_ == nullptr; }

 private:
  struct Forms;
  friend class SecretFinder;
  std::shared_ptr<const Forms> forms_;  ///< null: there are none
};

/// Whether a header of this name, in whatever case, says who asks and how, not with what right: what it holds is no secret.
bool is_public_header(std::string_view name);

/// What stands where a secret stood.
inline constexpr std::string_view kRedacted = "[redacted]";

/// `text` for people, without keys: the secrets themselves, what is left of one that was cut short (its first eight
/// characters or more), and whatever looks like a key (`sk-...` and its like, `Bearer ...`), because servers
/// echo keys half masked. A secret is also found percent-encoded, escaped for JSON or HTML (wholly, in part or twice), and in
/// base64 of either alphabet, at any place of what was encoded: of its neighbours there, up to four bits stay.
std::string redact(std::string_view text, const Secrets& secrets);

/// The same for what is data, such as a model's reply, which keeps what merely looks like a key: only whole secrets of at least
/// 8 bytes go, and the first 16 characters or more of one that was cut short. Valid JSON stays valid.
void redact_data(std::string& text, const Secrets& secrets);

/// The longest error text, in bytes.
inline constexpr std::size_t kMaxErrorText = 500;

/// What a server said, fit for a log: redacted, on one line, printable and at most kMaxErrorText long.
std::string error_text(std::string_view text, const Secrets& secrets);

}  // namespace throng
