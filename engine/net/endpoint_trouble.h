#pragma once

#include <optional>
#include <string>

#include "engine/net/instant.h"

namespace throng {

/// What an endpoint has brought since its last usable reply: when a person should hear of it, and when to stop asking.
/// Pure, like all that decides here.
class EndpointTrouble {
 public:
  enum class Failure {
    unavailable,  ///< no connection, a deadline, a limit, a server's error: it may be back in a while
    unusable,     ///< a reply came and was none: cut short, no JSON, an error of status 200
    foreign,      ///< unusable, and whole: a web page, something compressed
  };

  void usable();
  void failed(Instant now, Failure failure, const std::string& message);

  /// What to tell a person now, after a failure: soon after the trouble began, then ever more seldom.
  std::optional<std::string> notice(Instant now);
  /// Whether to stop asking: nothing usable came for longer than `patience`; or nothing usable ever came, only replies that are
  /// none, a few of them and for a while, for then something is set up wrongly; or three, if they are whole and of another kind.
  bool is_hopeless(Instant now, Delay patience) const;
  /// "no usable reply for 12 s (9 attempts), the last: ..."
  std::string in_words(Instant now) const;

 private:
  Instant since_{};
  int failures_ = 0;  ///< in a row
  bool all_unusable_ = true;
  bool all_foreign_ = true;
  bool ever_usable_ = false;
  Delay notice_after_{};
  std::string last_;
};

/// "45 s", "10 min", "3.5 h", "2 days".
std::string in_words(Delay span);

}  // namespace throng
