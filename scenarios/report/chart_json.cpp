#include "scenarios/report/chart_json.h"

namespace throng {

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

double percent(std::size_t part, std::size_t whole) { return 100 * share(part, whole); }

std::string grouped(std::size_t number) {
  const std::string digits = std::to_string(number);
  std::string text;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

Json section_json(const char* heading, std::string text, Json charts) {
  return {{"heading", heading}, {"text", std::move(text)}, {"charts", std::move(charts)}};
}

Json bar_chart_json(const std::string& title, const char* unit, const char* x_title, Json labels,
                    Json series) {
  return {{"kind", "bars"},
          {"title", title},
          {"unit", unit},
          {"x_title", x_title},
          {"labels", std::move(labels)},
          {"series", std::move(series)}};
}

}  // namespace throng
