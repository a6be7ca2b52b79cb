#include <gmock/gmock.h>

#include "engine/base/files.h"
#include "recsys/text/csv.h"
#include "scenarios/report/run_report.h"
#include "tests/scenarios/small_run.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::StartsWith;

using Row = std::vector<std::string>;

class CsvTables : public ::testing::Test {
 protected:
  /// All rows of a table, header first, without the columns `run`, `arm` and `replicate`, which are those of a plain run.
  std::vector<std::vector<std::string>> rows(const std::string& table) const {
    const std::string text = read_file(folder_ / ("tables/" + table + ".csv"), ErrorKind::data);
    CsvReader reader(text);
    std::vector<std::vector<std::string>> rows;
    while (reader.next()) {
      EXPECT_EQ(reader.error(), "");
      const auto fields = reader.fields();
      EXPECT_THAT(Row(fields.begin(), fields.begin() + 3),
                  rows.empty() ? Row({"run", "arm", "replicate"}) : Row({folder_.path().string(), "", ""}));
      rows.emplace_back(fields.begin() + 3, fields.end());
    }
    return rows;
  }
  void write() const { write_csv_tables(std::vector{folder_.path().string()}, folder_ / "tables"); }

  TempFolder folder_;
};

/// Student's t, 0.975, one degree of freedom (any table of it): what a standard error over two agents is multiplied by.
constexpr double kOneDegree = 12.7062;

TEST_F(CsvTables, HoldTheRunsFigures) {
  testing::write_small_run(folder_);
  testing::write_round_metric(folder_, 1, "viewed_gini", 0.25);
  write();
  Row p_view = rows("metrics")[1];
  EXPECT_NEAR(std::stod(p_view.at(3)), kOneDegree * 0.25, 1e-4);
  p_view.erase(p_view.begin() + 3);
  EXPECT_EQ(p_view, (Row{"p_view", "0.25", "0.25", "2", "3"}));
  EXPECT_EQ(rows("metrics").size(), 6U);
  EXPECT_EQ(rows("ratings")[4], (Row{"4", "1"}));
  EXPECT_EQ(rows("exit_pages"), (std::vector<Row>{{"page", "sessions"}, {"1", "1"}, {"2", "1"}}));
  EXPECT_THAT(rows("views_per_page")[1], ElementsAre("1", "2", "0.5", "0.5", StartsWith("6.353")));
  EXPECT_THAT(rows("views_per_page")[2], ElementsAre("2", "1", "1", "0", ""))
      << "one session has no interval";
  // Agent 0 viewed both items that stood first on its pages, agent 1 did not view its one.
  EXPECT_EQ(rows("positions")[1], (Row{"position", "1", "3", "aligned", "0", "0", "0", "2"}));
  EXPECT_THAT(rows("positions")[2],
              ElementsAre("position", "1", "3", "viewed", "0.5", "0.5", StartsWith("6.353"), "2"));
  EXPECT_EQ(rows("positions")[3], (Row{"position", "1", "3", "rating", "4.5", "0", "", "1"}));
  EXPECT_EQ(rows("positions").size(), 1U + 3 + 2 + 2 * 3) << "nobody rated what stood second";
  EXPECT_EQ(rows("positions")[8], (Row{"page", "1", "4", "rating", "5", "0", "", "1"}));
  EXPECT_EQ(rows("trait_groups")[1],
            (Row{"activity", "1", "occasional", "p_view", "0.5", "0", "", "1", "2"}));
  EXPECT_EQ(rows("trait_groups").size(), 1U + 4 * 5) << "groups that nobody belongs to have no rows";
  EXPECT_EQ(rows("items")[1], (Row{"0", "0", "item 0", "genre 0", "4.5", "2", "2", "1", "1", "5"}));
  EXPECT_EQ(rows("items")[2].back(), "") << "nobody rated it";
  EXPECT_EQ(rows("outcomes")[1], (Row{"0", "1", "1", "2", "2", "4", "2", "2", "2", "8", "0",
                                      "0", "0", "0", "0", "0", "0", "0", "0", "0", "0", "0"}))
      << "nobody saved, shared or searched, or was shown an advert; nothing is known of hidden items";
  EXPECT_EQ(rows("curves"), (std::vector<Row>{{"round", "metric", "value"}, {"1", "viewed_gini", "0.25"}}));
}

TEST_F(CsvTables, SeveralRunsShareTheTables) {
  testing::write_small_run(folder_);
  write_csv_tables(std::vector(2, folder_.path().string()), folder_ / "tables");
  EXPECT_EQ(rows("items").size(), 1U + 2 * 3);
}

TEST_F(CsvTables, HostileTitlesAreNoFormulasAndKeepTheTableWhole) {
  Dataset dataset = testing::three_items();
  dataset.catalogue.items[0].title = "=HYPERLINK(\"http://example.invalid\",\"a\nb\")";
  dataset.catalogue.items[1].title = "@SUM(1)";
  testing::write_small_run(folder_, dataset);
  write();
  EXPECT_EQ(rows("items")[1][2], "'" + dataset.catalogue.items[0].title);
  EXPECT_EQ(rows("items")[2][2], "'@SUM(1)");
  EXPECT_EQ(rows("items").size(), 4U);
}

TEST(CellText, OnlyWhatASpreadsheetWouldCalculateIsChanged) {
  for (const char* formula : {"=1+1", "+1", "-1", "@a", "\t=1", "\r=1"}) {
    EXPECT_EQ(cell_text(formula), std::string("'") + formula);
  }
  for (const char* text : {"", " ", "a=1", "'quoted", "12 Angry Men", " a =1", "\u200b"})
    EXPECT_EQ(cell_text(text), text);
}

TEST(CellText, BlanksAndWidthDoNotHideAFormula) {
  for (const char* formula : {" =1+1", "   @SUM(1)", "\u00a0+1", "\u3000=1", "\u200b=1", "\ufeff-1", "\n=1",
                              " \t=1", "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20a", " \uff1d1"}) {
    EXPECT_EQ(cell_text(formula), std::string("'") + formula);
  }
}

TEST_F(CsvTables, AFolderWithoutARunIsADataErrorAndLeavesNoTables) {
  EXPECT_THROW(write(), Failure);
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "tables"));
}

}  // namespace
}  // namespace throng
