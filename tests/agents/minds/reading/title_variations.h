#pragma once

#include <string>
#include <vector>

namespace throng {

/// A title as another hand might write it, and how.
struct TitleVariation {
  std::string how;
  std::string text;
};

/// "Abyss, The (1989)" -> "The Abyss", "abyss, the (1989)", "**Abyss, The**" ...; every one still names that title.
std::vector<TitleVariation> variations_of(const std::string& title);

}  // namespace throng
