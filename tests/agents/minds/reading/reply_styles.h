#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace throng {

/// What an agent makes of an item, to be written as a reply.
struct Opinion {
  std::string title;  ///< as the reply writes it
  bool aligned = false;
  std::string reason;
  std::optional<int> rating;
  std::string feeling;
};

/// A way to write a reply.
struct ReplyStyle {
  std::string name;
  std::function<std::string(const std::vector<Opinion>&)> write;
};

/// Bullets, numbers, headings, other label words, fields on one line or on many, remarks between them ...
const std::vector<ReplyStyle>& reply_styles();

}  // namespace throng
