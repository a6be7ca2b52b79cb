#include <gmock/gmock.h>

#include "engine/base/text.h"
#include "scenarios/report/run_report.h"
#include "scenarios/report/table.h"

namespace throng {
namespace {

TEST(Table, AlignsColumnsAlsoWithAccents) {
  Table table({"film", "year"});
  table.add_row({"Amélie", "2001"});
  table.add_row({"Z", "1969"});
  EXPECT_EQ(table.text(),
            "  film    year\n"
            "  ──────  ────\n"
            "  Amélie  2001\n"
            "  Z       1969\n");
}

TEST(Table, EscapesWhatLatexTakesForItsOwn) {
  Table table({"share\\page|\033[1m", "50 %"});
  table.add_row({"a_b|c", "±1"});
  EXPECT_EQ(table.text(TableFormat::latex),
            "\\begin{tabular}{lr}\n\\toprule\n"
            "share\\textbackslash{}page\\textbar{} [1m & 50 \\% \\\\\n\\midrule\n"
            "a\\_b\\textbar{}c & $\\pm$1 \\\\\n\\bottomrule\n\\end{tabular}\n");
}

TEST(Bar, IsProportional) {
  EXPECT_EQ(bar(1, 1, 4), "████");
  EXPECT_EQ(bar(1, 2, 4), "██");
  EXPECT_EQ(bar(1, 8, 4), "▌");
  EXPECT_EQ(bar(0, 1, 4), "");
  EXPECT_EQ(bar(0, 0, 4), "");
}

TEST(Printable, TakesTerminalControlOutOfTitles) {
  EXPECT_EQ(printable("\033[31mred\033[0m\n"), " [31mred [0m ");
  EXPECT_EQ(printable("Amélie \xc2\x9b"), "Amélie  ");
  EXPECT_EQ(printable("\u202Eevil"), " evil");
}

TEST(Printable, WhatIsNotSeenBecomesASpace) {
  for (const char* unseen : {"\u200b", "\u200d", "\u2028", "\u2029", "\u2060", "\ufeff", "\u00ad", "\u061c",
                             "\u180e", "\u3164", "\U000e0041", "\U000e007f", "\U000e0100", "\ufe01"}) {
    EXPECT_EQ(printable(std::string("a") + unseen + "b"), "a b");
    EXPECT_EQ(printable_lines(std::string("a\n") + unseen + "b"), "a\n b");
  }
  EXPECT_EQ(printable("七人の侍 Amélie Ωmega e\u0301"), "七人の侍 Amélie Ωmega e\u0301");
}

}  // namespace
}  // namespace throng
