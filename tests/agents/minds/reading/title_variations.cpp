#include "tests/agents/minds/reading/title_variations.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "agents/minds/reading/title_text.h"

namespace throng {
namespace {  /// "Abyss, The (1989)" -> "The Abyss (1989)"; none if there is no article at the end.
std::optional<std::string> with_article_in_front(const std::string& title) {
  for (const char* article : {"The", "A", "An"}) {
    const std::string moved = std::string(", ") + article;
    const std::size_t at = title.find(moved);
    if (at == std::string::npos) continue;
    const std::size_t end = at + moved.size();
    if (end != title.size() && title.substr(end, 2) != " (") continue;
    return std::string(article) + " " + title.substr(0, at) + title.substr(end);
  }
  return std::nullopt;
}

/// "The Abyss (1989)" -> "Abyss, The (1989)".
std::optional<std::string> with_article_at_the_end(const std::string& title) {
  for (const std::string article : {"The ", "A ", "An "}) {
    if (!title.starts_with(article)) continue;
    const std::size_t open = std::min(title.find(" ("), title.size());
    if (open <= article.size()) return std::nullopt;
    return title.substr(article.size(), open - article.size()) + ", " +
           article.substr(0, article.size() - 1) + title.substr(open);
  }
  return std::nullopt;
}

template <class Change>
std::string changed(std::string text, Change change) {
  for (char& c : text) c = static_cast<char>(change(static_cast<unsigned char>(c)));
  return text;
}

std::string without_punctuation(const std::string& text) {
  std::string plain;
  for (const char c : text) {
    const bool is_mark = std::ispunct(static_cast<unsigned char>(c)) != 0;
    if (!is_mark) plain += c;
    if (is_mark && c != '\'' && !plain.empty() && plain.back() != ' ') plain += ' ';
  }
  while (plain.ends_with(' ')) plain.pop_back();
  return plain;
}

/// Whether something is left without the punctuation that means the same.
bool survives_without_punctuation(const std::string& text) {
  return text.find("&#") == std::string::npos && std::any_of(text.begin(), text.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 || c >= 0x80;
         });
}

}  // namespace

std::vector<TitleVariation> variations_of(const std::string& title) {
  std::vector<TitleVariation> forms{{"as it is", title},
                                    {"without the year", std::string(without_year(title))}};
  for (const std::string& form : {title, std::string(without_year(title))}) {
    if (const auto moved = with_article_in_front(form)) forms.push_back({"article in front", *moved});
    if (const auto moved = with_article_at_the_end(form)) forms.push_back({"article at the end", *moved});
  }
  std::vector<TitleVariation> all;
  for (const auto& [how, text] : forms) {
    all.push_back({how, text});
    all.push_back(
        {how + ", small letters", changed(text, [](int c) { return c < 0x80 ? std::tolower(c) : c; })});
    all.push_back({how + ", capitals", changed(text, [](int c) { return c < 0x80 ? std::toupper(c) : c; })});
    all.push_back({how + ", quoted", "\"" + text + "\""});
    all.push_back({how + ", in curly quotes", "\xE2\x80\x9C" + text + "\xE2\x80\x9D"});
    all.push_back({how + ", in markdown", "**" + text + "**"});
    all.push_back({how + ", in brackets", "[" + text + "]"});
    all.push_back({how + ", numbered", "2. " + text});
    if (survives_without_punctuation(text))
      all.push_back({how + ", without punctuation", without_punctuation(text)});
  }
  return all;
}

}  // namespace throng
