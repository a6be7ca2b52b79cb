#include "recsys/text/python_literal.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::HasSubstr;

Json value_of(std::string_view literal) {
  const Result<Json> value = parse_python_literal(literal);
  EXPECT_TRUE(value.has_value()) << literal << ": " << value.error().message;
  return value.has_value() ? *value : Json();
}

std::string complaint_of(std::string_view literal) {
  const Result<Json> value = parse_python_literal(literal);
  EXPECT_FALSE(value.has_value()) << literal;
  return value.has_value() ? "" : value.error().message;
}

// What Python 3.11's ast.literal_eval makes of the same text, printed by json.dumps.
TEST(PythonLiteral, HasTheValueThatPythonGivesIt) {
  const std::vector<std::pair<std::string_view, std::string_view>> values{
      {"{'a': 1, 'b': [1.5, -2, 1e3], }", R"({"a":1,"b":[1.5,-2,1000.0]})"},
      {"{u'title': u'caf\\xe9 \\u2603', 'n': None, 't': True, 'f': False}",
       R"({"title":"caf\u00e9 \u2603","n":null,"t":true,"f":false})"},
      {"[(), (1,), (1), (1, 2), {}]", "[[],[1],1,[1,2],{}]"},
      {R"(["it's", 'say "hi"', 'both \' and "'])", R"(["it's","say \"hi\"","both ' and \""])"},
      {R"('a\tb\nc\\d\101\x41\q')", R"("a\tb\nc\\dAA\\q")"},
      {R"('\U0001f600')", R"("\ud83d\ude00")"},
      {"[.5, 5., -0.25, 12345678901]", "[0.5,5.0,-0.25,12345678901]"},
      {" [ 1 ,\t2 ] ", "[1,2]"},
      {"''", R"("")"},
      {"'\x01'", R"("\u0001")"},
  };
  for (const auto& [literal, json] : values) EXPECT_EQ(value_of(literal), Json::parse(json)) << literal;
}

TEST(PythonLiteral, MayBeOfPython2) {
  EXPECT_EQ(value_of("[12L, u'x', b'y']"), Json::parse(R"([12, "x", "y"])"));
  EXPECT_EQ(value_of(R"(u'\ud83d\ude00')"), "\xF0\x9F\x98\x80") << "two surrogates are one character";
  EXPECT_EQ(value_of(R"(u'\ud83d!')"), "\xEF\xBF\xBD!") << "one alone is none";
}

TEST(PythonLiteral, WhatJsonCannotSayIsNull) {
  EXPECT_EQ(value_of("[nan, inf, -inf]"), Json::parse("[null, null, null]"));
}

TEST(PythonLiteral, ErrorsNameTheByte) {
  EXPECT_THAT(complaint_of("{'a': }"), HasSubstr("not a value at byte 7"));
  EXPECT_THAT(complaint_of("{'a' 1}"), HasSubstr("a colon is missing at byte 6"));
  EXPECT_THAT(complaint_of("[1 2]"), HasSubstr("a comma is missing at byte 4"));
  EXPECT_THAT(complaint_of("{1: 2}"), HasSubstr("a key must be a text at byte 2"));
  EXPECT_THAT(complaint_of("'open"), HasSubstr("a text is not closed"));
  EXPECT_THAT(complaint_of("'open\\"), HasSubstr("a text is not closed"));
  EXPECT_THAT(complaint_of("'a' 'b'"), HasSubstr("something follows the value at byte 5"));
  EXPECT_THAT(complaint_of("007"), HasSubstr("a number begins with 0"));
  EXPECT_THAT(complaint_of("'\\xg1'"), HasSubstr("an escape is no character"));
  EXPECT_THAT(complaint_of("[1e]"), HasSubstr("an exponent has no digits"));
  EXPECT_THAT(complaint_of("__import__('os')"), HasSubstr("not a value at byte 1"));
  EXPECT_THAT(complaint_of(""), HasSubstr("not a value"));
  EXPECT_THAT(complaint_of(std::string(100, '[') + std::string(100, ']')), HasSubstr("nested too deeply"));
}

}  // namespace
}  // namespace throng
