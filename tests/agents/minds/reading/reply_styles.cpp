#include "tests/agents/minds/reading/reply_styles.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace throng {
namespace {

/// How the parts of a reply are put together. The templates take a title, a verdict or rating, and a text.
struct Form {
  std::string align;
  std::string rating;
  std::string choice = "NUM: {}; WATCH: {}; REASON: they fit my taste\n";  ///< takes a number and a list
  std::string between = ", ";                                              ///< the titles of the list
  std::string yes = "Yes";
  std::string no = "No";
};

std::string write(const Form& form, const std::vector<Opinion>& opinions) {
  std::string text;
  std::vector<std::string> chosen;
  for (const Opinion& opinion : opinions) {
    text += fmt::format(fmt::runtime(form.align), opinion.title, opinion.aligned ? form.yes : form.no,
                        opinion.reason);
    if (opinion.rating) chosen.push_back(opinion.title);
  }
  text += fmt::format(fmt::runtime(form.choice), chosen.size(),
                      chosen.empty() ? "None" : fmt::format("{}", fmt::join(chosen, form.between)));
  for (const Opinion& opinion : opinions) {
    if (opinion.rating)
      text += fmt::format(fmt::runtime(form.rating), opinion.title, *opinion.rating, opinion.feeling);
  }
  return text;
}

ReplyStyle style(std::string name, Form form) {
  return {std::move(name),
          [form = std::move(form)](const std::vector<Opinion>& opinions) { return write(form, opinions); }};
}

}  // namespace

const std::vector<ReplyStyle>& reply_styles() {
  static const std::vector<ReplyStyle> styles{
      style("plain", {.align = "MOVIE: {}; ALIGN: {}; REASON: {}\n",
                      .rating = "MOVIE: {}; RATING: {}; FEELING: {}\n"}),
      style("blank lines, small verdicts, semicolons", {.align = "MOVIE: {}; ALIGN: {}; REASON: {};\n\n",
                                                        .rating = "\n MOVIE:{}; RATING: {}; FEELING: {};\n",
                                                        .between = "; ",
                                                        .yes = "yes",
                                                        .no = "no"}),
      style("bullets in markdown", {.align = "- **MOVIE:** {}; **ALIGN:** {}; **REASON:** {}\n",
                                    .rating = "* **MOVIE:** {}; **RATING:** {}; **FEELING:** {}\n",
                                    .choice = "\n- **NUM:** {}; **WATCH:** {}; **REASON:** they fit\n\n"}),
      style("numbered books", {.align = "1. BOOK: {}; ALIGN: {}; REASON: {}\n",
                               .rating = "1) BOOK: {}; RATING: {}; FEELING: {}\n"}),
      style("items by name", {.align = "Item name: {}, Align: {}, Reason: {}\n",
                              .rating = "Item name: {}, Rating: {}/5, Feeling: {}\n"}),
      style("a field a line", {.align = "GAME: {}\nALIGN: {}\nREASON: {}\n\n",
                               .rating = "GAME: {}\nRATING: {} out of 5\nFEELING: {}\n\n",
                               .choice = "NUM: {}\nWATCH: {}\nREASON: they fit\n\n"}),
      style("one line", {.align = "MOVIE: {}; ALIGN: {}; REASON: {}; ",
                         .rating = "MOVIE: {}; RATING: {}; FEELING: {}; ",
                         .choice = "NUM: {}; WATCH: {}; REASON: they fit; "}),
      style("no separators", {.align = "MOVIE: {} ALIGN: {} REASON: {}\n",
                              .rating = "MOVIE: {} RATING: {} FEELING: {}\n",
                              .choice = "NUM: {} WATCH: {} REASON: they fit\n"}),
      style("headings", {.align = "### {}\n- ALIGN: {}\n- REASON: {}\n\n",
                         .rating = "### {}\n- RATING: {}\n- FEELING: {}\n\n"}),
      style("titles in front",
            {.align = "{} - ALIGN: {}; REASON: {}\n", .rating = "{}: RATING: {}; FEELING: {}\n"}),
      style("remarks between lines",
            {.align = "Let me think about the next one.\nMOVIE: {}; ALIGN: {}; REASON: {}\nThat was easy.\n",
             .rating = "(Note: I was in a good mood.)\nMOVIE: {}; RATING: {}; FEELING: {}\nNote: I give 5 to "
                       "few films.\n",
             .choice = "Based on my traits, I choose to watch some.\nNUM: {}; WATCH: {}; REASON: they "
                       "fit\nNow I rate them:\n"}),
      style("full-width marks", {.align = "MOVIE：{}；ALIGN：{}；REASON：{}\n",
                                 .rating = "MOVIE：{}；RATING：{}；FEELING：{}\n",
                                 .choice = "NUM：{}；WATCH：{}；REASON：they fit\n",
                                 .between = "、"}),
      style("brackets around numbers, stars",
            {.align = "(1) Movie: {}; Align: {}; Reason: {}\n",
             .rating = "(2) Movie: {}; Rating: {} stars out of 5; Feeling: {}\n"}),
      style("Windows lines", {.align = "MOVIE: {}; ALIGN: {}; REASON: {}\r\n",
                              .rating = "MOVIE: {}; RATING: {}; FEELING: {}\r\n"}),
  };
  return styles;
}

}  // namespace throng
