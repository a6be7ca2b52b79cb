#include "recsys/text/csv.h"

#include <gmock/gmock.h>

#include "engine/base/files.h"
#include "tests/recsys/data/data_support.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Row {
  std::size_t line;
  std::vector<std::string> fields;
  std::string error;
};

std::vector<Row> rows_of(std::string_view text) {
  std::vector<Row> rows;
  CsvReader reader(text);
  while (reader.next()) {
    rows.push_back({reader.line(), {reader.fields().begin(), reader.fields().end()}, reader.error()});
  }
  return rows;
}

TEST(CsvReader, ReadsQuotedFieldsAndNumbersRowsByTheirFirstLine) {
  const auto rows = rows_of(
      "\xEF\xBB\xBF"
      "a,b\r\n\r\n\"x, \"\"y\"\"\", z \n\"two\nlines\",\n\"\",last");
  ASSERT_EQ(rows.size(), 4);
  EXPECT_THAT(rows[0].fields, ElementsAre("a", "b"));
  EXPECT_THAT(rows[1].fields, ElementsAre("x, \"y\"", " z "));
  EXPECT_EQ(rows[1].line, 3);
  EXPECT_THAT(rows[2].fields, ElementsAre("two\nlines", ""));
  EXPECT_EQ(rows[2].line, 4);
  EXPECT_THAT(rows[3].fields, ElementsAre("", "last"));
  EXPECT_EQ(rows[3].line, 6);
}

TEST(CsvReader, ReadsTheLineEndsOfEverySystem) {
  for (const std::string_view text : {"a,b\nc,d\n", "a,b\r\nc,d\r\n", "a,b\rc,d\r", "a,b\nc,d"}) {
    const auto rows = rows_of(text);
    ASSERT_EQ(rows.size(), 2);
    EXPECT_THAT(rows[0].fields, ElementsAre("a", "b"));
    EXPECT_THAT(rows[1].fields, ElementsAre("c", "d"));
    EXPECT_EQ(rows[1].line, 2);
  }
}

TEST(CsvReader, GoesOnAfterARowWithAWrongQuote) {
  const auto rows = rows_of("a\nb\"c\nd\n\"e\" f\ng\n");
  ASSERT_EQ(rows.size(), 5);
  EXPECT_THAT(rows[1].error, HasSubstr("quote"));
  EXPECT_EQ(rows[1].line, 2);
  EXPECT_THAT(rows[2].fields, ElementsAre("d"));
  EXPECT_THAT(rows[3].error, HasSubstr("quote"));
  EXPECT_THAT(rows[4].fields, ElementsAre("g"));
  EXPECT_EQ(rows[4].line, 5);
}

TEST(CsvReader, AnOpenQuoteDoesNotSwallowTheRestOfTheFile) {
  const auto rows = rows_of("a\n\"b\nc\nd\n");
  ASSERT_EQ(rows.size(), 4);
  EXPECT_THAT(rows[1].error, HasSubstr("not closed"));
  EXPECT_EQ(rows[1].line, 2);
  EXPECT_THAT(rows[2].fields, ElementsAre("c"));
  EXPECT_EQ(rows[2].line, 3);
}

TEST(CsvTable, FindsColumnsByNameInAnyOrder) {
  CsvTable table("b,a\n1,2\n", "t.csv", {"a"}, {"b", "c"});
  ASSERT_TRUE(table.next());
  EXPECT_EQ(table.field(0), "2");
  EXPECT_EQ(table.field(1), "1");
  EXPECT_FALSE(table.has(2));
  EXPECT_EQ(table.field(2), "");
  EXPECT_FALSE(table.next());
}

TEST(CsvTable, NamesWhatIsWrongWithAHeader) {
  const auto failure = [](std::string_view text) {
    return failure_of([&] { CsvTable(text, "t.csv", {"a"}, {"b"}); });
  };
  EXPECT_EQ(failure(""), "t.csv: is empty; it needs a header line");
  EXPECT_EQ(failure("b\n"), "t.csv:1: there is no column \"a\"");
  EXPECT_EQ(failure("a,x\n"), "t.csv:1: unknown column \"x\"; the columns are a, b");
  EXPECT_EQ(failure("a,a\n"), "t.csv:1: the column \"a\" occurs twice");
}

TEST(CsvTable, ARowNeedsAsManyFieldsAsTheHeader) {
  CsvTable table("a,b\n1\n", "t.csv", {"a", "b"});
  ASSERT_TRUE(table.next());
  EXPECT_EQ(table.error(), "1 fields, but the header has 2");
}

TEST(CsvWriter, WritesWhatTheReaderReads) {
  const TempFolder folder;
  const std::vector<std::string_view> fields{"plain",        "",  " spaced ", "a,b", "say \"no\"",
                                             "two\r\nlines", "\n"};
  CsvWriter writer(folder / "t.csv");
  writer.row(fields);
  writer.row({"next"});
  writer.close();
  const std::string text = read_file(folder / "t.csv", ErrorKind::data);
  EXPECT_TRUE(text.starts_with("plain,, spaced ,\"a,b\",\"say \"\"no\"\"\","));
  const auto rows = rows_of(text);
  ASSERT_EQ(rows.size(), 2);
  EXPECT_THAT(rows[0].fields, ::testing::ElementsAreArray(fields));
}

TEST(CsvWriter, FailsIfNothingCanBeWritten) {
  EXPECT_THAT(failure_of([] { CsvWriter("/nowhere/t.csv").row({"a"}); }, ErrorKind::usage),
              HasSubstr("/nowhere/t.csv"));
}

}  // namespace
}  // namespace throng
