#include <fmt/format.h>
#include <gmock/gmock.h>

#include "scenarios/report/page.h"

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Json with_charts(Json charts) {
  return {{"title", "t"}, {"sections", Json::array({{{"heading", "h"}, {"charts", std::move(charts)}}})}};
}

/// Without the library and the page's own script and style.
std::string markup_of(const Json& data) {
  std::string page = html_report(data);
  for (const auto& [begin, end] :
       {std::pair{"<style", "</style>"}, {"<script nonce", "</script>"}, {"<script nonce", "</script>"}}) {
    const std::size_t from = page.find(begin);
    page.erase(from, page.find(end, from) - from + std::string(end).size());
  }
  return page;
}

TEST(HtmlReport, ShowsOnlyWhatThereIs) {
  const std::string page = markup_of({{"title", "nothing else"}});
  EXPECT_THAT(page, HasSubstr("<h1>nothing else</h1>"));
  for (const char* absent :
       {"subtitle", "notice\" role", "metrics", "<h2>Items", "canvas", "<table", "digest", "Scenario"}) {
    EXPECT_THAT(page, Not(HasSubstr(absent))) << absent;
  }
}

TEST(HtmlReport, AnInnerPartNeverShowsAnOuterOne) {
  Json data = with_charts(Json::array({{{"title", "c"}, {"series", Json::array()}}}));
  data["subtitle"] = data["notice"] = data["text"] = data["note"] = "OUTER";
  const std::string page = markup_of(data);
  std::size_t times = 0;
  for (std::size_t at = page.find("OUTER"); at != std::string::npos; at = page.find("OUTER", at + 1)) ++times;
  EXPECT_EQ(times, 2U) << "the subtitle and the notice";
}

TEST(HtmlReport, TextIsEscapedWhereverItStands) {
  const std::string evil = "</script><script>alert('1')</script><!-- \" {{title}} {{{css}}}";
  Json chart = {{"kind", "bars"},   {"title", evil},
                {"note", evil},     {"unit", evil},
                {"x_title", evil},  {"labels", {evil}},
                {"groups", {evil}}, {"series", Json::array({{{"name", evil}, {"values", {1}}}})}};
  Json data = with_charts(Json::array({chart}));
  for (const char* key :
       {"title", "subtitle", "notice", "metrics_note", "command", "command_says", "digest", "version"}) {
    data[key] = evil;
  }
  data["facts"] = Json::array({{{"name", evil}, {"value", evil}}});
  data["metrics"] =
      Json::array({{{"label", evil}, {"meaning", evil}, {"mean", 1}, {"half_width", 0}, {"basis", evil}}});
  data["sections"][0]["heading"] = data["sections"][0]["text"] = evil;
  data["sections"][0]["tables"] =
      Json::array({{{"caption", evil}, {"columns", {evil}}, {"rows", Json::array({Json::array({evil})})}}});
  data["scenario"] = {{evil, evil}};
  const std::string page = markup_of(data);
  EXPECT_THAT(page, Not(HasSubstr("<script>")));
  EXPECT_THAT(page, Not(HasSubstr("<!--")));
  EXPECT_THAT(page, HasSubstr("&lt;/script&gt;&lt;script&gt;alert("));
  EXPECT_THAT(page, HasSubstr("{{title}} {{{css}}}")) << "text is no template";
}

TEST(HtmlReport, JsonInAScriptCannotEndIt) {
  EXPECT_EQ(json_for_script({{"a", "</script><!--&\u2028\u2029 é"}}),
            "{\"a\":\"\\u003c/script\\u003e\\u003c!--\\u0026\\u2028\\u2029 é\"}");
  const std::string hostile = "</script> \u2028 <!-- \\u003c \u20ac";
  const Json back = Json::parse(json_for_script({{"a", hostile}}));
  EXPECT_EQ(back["a"], hostile);
  EXPECT_NO_THROW(json_for_script({{"a", "not UTF-8: \xff"}}));
}

TEST(HtmlReport, OnlyItsOwnScriptsAndStylesMayRun) {
  const std::string page = html_report({{"title", "t"}});
  const std::size_t at = page.find("script-src 'nonce-");
  ASSERT_NE(at, std::string::npos);
  const std::string nonce = page.substr(at + 18, 32);
  EXPECT_THAT(page, AllOf(HasSubstr("default-src 'none'"), HasSubstr("<script nonce=\"" + nonce + "\">"),
                          HasSubstr("<style nonce=\"" + nonce + "\">")));
  EXPECT_THAT(html_report({{"title", "u"}}), Not(HasSubstr(nonce))) << "it depends on the data";
}

TEST(HtmlReport, IsTheSameForTheSameData) {
  const Json data = with_charts(Json::array({{{"title", "c"}, {"series", Json::array()}}}));
  EXPECT_EQ(html_report(data), html_report(data));
}

TEST(HtmlReport, ChartsHaveTablesOfTheirNumbers) {
  const std::string bars =
      markup_of(with_charts(Json::array({{{"kind", "bars"},
                                          {"title", "b"},
                                          {"x_title", "page"},
                                          {"labels", {"1", "2"}},
                                          {"series", Json::array({{{"name", "views"},
                                                                   {"values", {1.5, nullptr}},
                                                                   {"half_widths", {0.25, nullptr}}}})}}})));
  EXPECT_THAT(bars, HasSubstr("<th scope=\"col\">page</th><th scope=\"col\" class=\"number\">views</th>"
                              "<th scope=\"col\" class=\"number\">± 95 %</th>"));
  EXPECT_THAT(bars, HasSubstr("<td>1</td><td class=\"number\">1.500</td><td class=\"number\">0.250</td>"));
  EXPECT_THAT(bars, HasSubstr("<td>2</td><td></td><td></td>"));

  const std::string scatter = markup_of(
      with_charts(Json::array({{{"kind", "scatter"},
                                {"title", "s"},
                                {"points", Json::array({{{"x", 1}, {"y", 20000}, {"name", "it"}}})}}})));
  EXPECT_THAT(scatter, HasSubstr("<td>it</td><td class=\"number\">1</td><td class=\"number\">20000</td>"));
}

TEST(HtmlReport, ARoundedNumberIsSavedWithAllItsDigits) {
  Json data = with_charts(Json::array());
  data["sections"][0]["tables"] =
      Json::array({{{"columns", {"mean"}}, {"rows", {Json::array({1.0 / 3}), Json::array({0.25})}}}});
  const std::string page = markup_of(data);
  EXPECT_THAT(page, HasSubstr("<td class=\"number\" data-value=\"0.3333333333333333\">0.333</td>"));
  EXPECT_THAT(page, HasSubstr("<td class=\"number\">0.250</td>")) << "nothing is lost";
}

TEST(HtmlReport, ACellMayLeadToAnotherPage) {
  Json data = with_charts(Json::array());
  data["sections"][0]["tables"] = Json::array(
      {{{"columns", {"run"}},
        {"rows", Json::array({Json::array({Json{{"text", "<mf>"}, {"href", "mf-1/report.html"}}})})}}});
  EXPECT_THAT(markup_of(data), HasSubstr("<td><a href=\"mf-1/report.html\">&lt;mf&gt;</a></td>"));
}

TEST(HtmlReport, ADrawingStandsAsItIsAndIsNoneOfTheScripts) {
  const Json drawing = {{"kind", "drawing"},
                        {"title", "d"},
                        {"svg", "<svg viewBox=\"0 0 9 9\"><text>" + markup_text("<a> & b") + "</text></svg>"},
                        {"table", {{"columns", {"edge"}}, {"rows", Json::array()}}}};
  const std::string page = markup_of(with_charts(Json::array({drawing})));
  EXPECT_THAT(page, AllOf(HasSubstr("<svg viewBox=\"0 0 9 9\"><text>&lt;a&gt; &amp; b</text></svg>"),
                          HasSubstr("<script type=\"application/json\" id=\"charts\">[]</script>"),
                          Not(HasSubstr("canvas"))));
}

TEST(HtmlReport, AMeasuredNumberKeepsItsDigitsWhenItIsWhole) {
  Json data = with_charts(Json::array());
  data["sections"][0]["tables"] =
      Json::array({{{"columns", {"mean", "count"}}, {"rows", {{4.0, 4}, {0.0, 0}, {3.25, 3}}}}});
  const std::string page = markup_of(data);
  for (const auto& [mean, count] :
       {std::pair{"4.000", "4"}, std::pair{"0.000", "0"}, std::pair{"3.250", "3"}}) {
    EXPECT_THAT(page, HasSubstr(fmt::format("<td class=\"number\">{}</td><td class=\"number\">{}</td>", mean,
                                            count)));
  }
}

TEST(HtmlReport, CurvesOfDifferentLengthsShareATable) {
  const Json banded = {
      {"name", "a"}, {"points", {{{"x", 1}, {"mean", 2}, {"low", 1}, {"high", 3}}, {{"x", 2}, {"mean", 5}}}}};
  const Json plain = {{"name", "b"}, {"points", Json::array({{{"x", 2}, {"mean", 7}}})}};
  const std::string page = markup_of(
      with_charts(Json::array({{{"title", "c"}, {"x_title", "round"}, {"series", {banded, plain}}}})));
  EXPECT_THAT(page, HasSubstr("a, low</th>"));
  const auto cells = [](const std::vector<std::string>& texts) {
    std::string row = "<tr>";
    for (const std::string& text : texts)
      row += text.empty() ? "<td></td>" : "<td class=\"number\">" + text + "</td>";
    return row + "</tr>";
  };
  EXPECT_THAT(page, HasSubstr(cells({"1", "2", "1", "3", ""})));
  EXPECT_THAT(page, HasSubstr(cells({"2", "5", "", "", "7"})));
}

TEST(HtmlReport, AChartsOwnTableStaysOutOfTheScript) {
  Json chart = {{"kind", "bars"},
                {"title", "b"},
                {"labels", {"1"}},
                {"series", Json::array()},
                {"table", {{"columns", {"ONLY HERE"}}, {"rows", Json::array()}}}};
  const std::string page = markup_of(with_charts(Json::array({chart})));
  EXPECT_EQ(page.find("ONLY HERE"), page.rfind("ONLY HERE"));
}

}  // namespace
}  // namespace throng
