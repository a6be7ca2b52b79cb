#include "agents/minds/reading/title_match.h"

#include <gmock/gmock.h>

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::size_t> match(const std::vector<std::string>& titles, std::string_view text) {
  return TitleMatcher(titles).match(text);
}

TEST(TitleMatch, TakesATitleAsPeopleWriteIt) {
  const std::vector<std::string> page{"Annie Hall (1977)", "Jungle Book, The (1967)",
                                      "L.A. Confidential (1997)", "Say Anything... (1989)"};
  for (const char* text :
       {"Annie Hall (1977)", "Annie Hall", "annie hall", "\"Annie Hall\"", "**Annie Hall** (1977)",
        "1. Annie Hall", "[Annie Hall (1977)]", "Annie Hall 1977", "Annie Hall (1978)", "The Annie Hall",
        "Annie Hall (1977) - a comedy of 1977", "\"Annie Hall\" by Woody Allen"}) {
    EXPECT_THAT(match(page, text), ElementsAre(0)) << text;
  }
  for (const char* text : {"Jungle Book, The", "The Jungle Book", "Jungle Book", "JUNGLE BOOK THE 1967",
                           "The Jungle Book (1967)", "The Jungle-Book", "Jungle Book, The (1967)"}) {
    EXPECT_THAT(match(page, text), ElementsAre(1)) << text;
  }
  for (const char* text : {"LA Confidential", "L A Confidential", "l.a. confidential (1997)"}) {
    EXPECT_THAT(match(page, text), ElementsAre(2)) << text;
  }
  for (const char* text : {"Say Anything", "Say Anything…", "say anything... (1989)"}) {
    EXPECT_THAT(match(page, text), ElementsAre(3)) << text;
  }
}

TEST(TitleMatch, NamesNoItemThatIsNotThere) {
  const std::vector<std::string> page{"Annie Hall (1977)", "Toy Story 2 (1999)", "Aliens (1986)",
                                      "Batman Returns (1992)", "Star Trek: Generations (1994)"};
  for (const char* text :
       {"Babe", "", " ", "...", "The", "Hall", "Annie", "Toy Story", "Toy Story 3", "Alien", "Alien (1979)",
        "Batman", "Batman Forever", "(1977)", "1977", "Star Trek: First Contact", "Annie Hall and Babe"}) {
    EXPECT_THAT(match(page, text), IsEmpty()) << text;
  }
}

TEST(TitleMatch, SubtitlesMayBeLeftOutWhereThatIsClear) {
  const std::vector<std::string> page{
      "Star Wars: Episode IV - A New Hope (1977)", "Terminator 2: Judgment Day (1991)",
      "Godfather: Part II, The (1974)",
      "Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb (1963)",
      "Lord of the Rings, The: The Two Towers (2002)"};
  for (const char* text : {"Star Wars", "A New Hope", "Star Wars: A New Hope", "Star Wars Episode 4",
                           "Star Wars (1977)", "Star Wars: Episode IV"}) {
    EXPECT_THAT(match(page, text), ElementsAre(0)) << text;
  }
  for (const char* text :
       {"Terminator 2", "Terminator II: Judgement Day", "Judgment Day", "Terminator Two"}) {
    EXPECT_THAT(match(page, text), ElementsAre(1)) << text;
  }
  for (const char* text : {"The Godfather: Part II", "Godfather Part 2", "The Godfather II",
                           "Godfather, Part II, The", "The Godfather, Part Two"}) {
    EXPECT_THAT(match(page, text), ElementsAre(2)) << text;
  }
  EXPECT_THAT(match(page, "Doctor Strangelove"), ElementsAre(3));
  for (const char* text :
       {"The Lord of the Rings: The Two Towers", "The Two Towers", "Lord of the Rings: Two Towers"}) {
    EXPECT_THAT(match(page, text), ElementsAre(4)) << text;
  }
  for (const char* text :
       {"The Godfather", "Terminator", "Godfather: Part III", "Star Wars: Episode V", "Part II"}) {
    EXPECT_THAT(match(page, text), IsEmpty()) << text;
  }
}

TEST(TitleMatch, WhatCouldBeSeveralIsSeveral) {
  const std::vector<std::string> page{"Star Wars: Episode IV - A New Hope (1977)",
                                      "Star Wars: Episode V - The Empire Strikes Back (1980)",
                                      "Cinderella (1950)", "Cinderella (1997)"};
  EXPECT_THAT(match(page, "Star Wars"), ElementsAre(0, 1));
  EXPECT_THAT(match(page, "Star Wars (1980)"), ElementsAre(1));
  EXPECT_THAT(match(page, "Star Wars: Episode V"), ElementsAre(1));
  EXPECT_THAT(match(page, "The Empire Strikes Back"), ElementsAre(1));
  EXPECT_THAT(match(page, "Cinderella"), ElementsAre(2, 3));
  EXPECT_THAT(match(page, "Cinderella (1997)"), ElementsAre(3));
  EXPECT_THAT(match(page, "Cinderella 1950"), ElementsAre(2));
  EXPECT_THAT(match(page, "Cinderella (1965)"), ElementsAre(2, 3));
  EXPECT_THAT(match({"Babe (1995)", "Babe: Pig in the City (1998)"}, "Babe (1998)"), ElementsAre(0, 1));
  EXPECT_THAT(match({"Twins", "Twins"}, "Twins"), ElementsAre(0, 1));
}

TEST(TitleMatch, NearlyEqualTitlesAreKeptApart) {
  const std::vector<std::vector<std::string>> pages{
      {"Alien (1979)", "Aliens (1986)", "Alien 3 (1992)", "Alien: Resurrection (1997)"},
      {"Batman (1989)", "Batman Returns (1992)", "Batman & Robin (1997)", "Batman Forever (1995)"},
      {"Toy Story (1995)", "Toy Story 2 (1999)", "Toy Soldiers (1991)"},
      {"Rocky (1976)", "Rocky II (1979)", "Rocky III (1982)", "Rocky IV (1985)", "Rocky V (1990)"},
      {"Godfather, The (1972)", "Godfather: Part II, The (1974)", "Godfather: Part III, The (1990)"},
      {"10 (1979)", "X (1996)", "Ten (2002)"},
      {"M (1931)", "M*A*S*H (1970)", "Mash (2001)"},
      {"Seven (Se7en) (1995)", "Seven Samurai (The Magnificent Seven) (Shichinin no samurai) (1954)",
       "Magnificent Seven, The (1954)"},
      {"Father of the Bride (1950)", "Father of the Bride Part II (1995)"},
  };
  for (const auto& page : pages) {
    const TitleMatcher matcher(page);
    for (std::size_t position = 0; position < page.size(); ++position) {
      const std::string& title = page[position];
      const std::string name = title.substr(0, title.rfind(" ("));
      EXPECT_THAT(matcher.match(title), ElementsAre(position)) << title;
      EXPECT_THAT(matcher.match(name), ElementsAre(position)) << name;
    }
  }
}

TEST(TitleMatch, OtherNamesAndAccentsAndLostLetters) {
  const std::vector<std::string> page{"Seven Samurai (The Magnificent Seven) (Shichinin no samurai) (1954)",
                                      "Professional, The (a.k.a. Leon: The Professional) (1994)",
                                      "Amélie (Le Fabuleux destin d'Amélie Poulain) (2001)",
                                      "Alienï¿½ (1992)", "Misï¿½rables, Les (1995)"};
  for (const char* text : {"Seven Samurai", "The Magnificent Seven", "Shichinin No Samurai",
                           "Seven Samurai (Shichinin no samurai)", "Seven Samurai (1954)"}) {
    EXPECT_THAT(match(page, text), ElementsAre(0)) << text;
  }
  for (const char* text : {"The Professional", "Leon: The Professional", "Léon: The Professional (1994)"}) {
    EXPECT_THAT(match(page, text), ElementsAre(1)) << text;
  }
  for (const char* text :
       {"Amelie", "AMÉLIE", "Ame\xCC\x81lie (2001)", "Le Fabuleux Destin d’Amelie Poulain"}) {
    EXPECT_THAT(match(page, text), ElementsAre(2)) << text;
  }
  for (const char* text : {"Alien³ (1992)", "Alien 3", "Alienï¿½", "Alien\xEF\xBF\xBD (1992)"}) {
    EXPECT_THAT(match(page, text), ElementsAre(3)) << text;
  }
  for (const char* text : {"Les Misérables", "Les Miserables (1995)", "Misérables, Les"}) {
    EXPECT_THAT(match(page, text), ElementsAre(4)) << text;
  }
  EXPECT_THAT(match({"Ирония"}, "ирония"), ElementsAre(0));
  EXPECT_THAT(match({"\xEF\xBF\xBD", "A\xEF\xBF\xBD"}, "Babe"), IsEmpty()) << "too little is left of these";
  EXPECT_THAT(match({"!!!", "???", "*"}, "???"), ElementsAre(1));
  EXPECT_THAT(match({"!!!", "???", "*"}, "*"), ElementsAre(2));
}

TEST(TitleMatch, BothNamesMayStandSideBySide) {
  const std::vector<std::string> page{"Postino, Il (The Postman) (1994)", "Postman, The (1997)"};
  for (const char* text :
       {"Il Postino: The Postman", "Il Postino (The Postman)", "Postino, Il", "Il Postino / The Postman"}) {
    EXPECT_THAT(match(page, text), ElementsAre(0)) << text;
  }
  EXPECT_THAT(match(page, "The Postman"), ElementsAre(1));
}

TEST(TitleMatch, ATranslationMayStandBesideATitle) {
  const std::vector<std::string> page{"Harbour, The (1988)", "Nightjar (1999)", "Moon (2003)"};
  const TitleMatcher matcher(page);
  for (const char* text : {"港口 (The Harbour)", "The Harbour（港口）", "The Harbour (港口) (1988)",
                           "《港口》(The Harbour, 1988)", "港口 The Harbour (1988)", "The Harbour / 港口",
                           "港口/The Harbour", "The Harbour | Гавань", "Гавань (The Harbour)",
                           "Le Port / The Harbour", "항구 (The Harbour)", "الميناء The Harbour"})
    EXPECT_THAT(matcher.match(text), ElementsAre(0)) << text;
  for (const char* text : {"港口", "港口 (夜鹰)", "Port / Havre", "港口 (The Harbours of War)"})
    EXPECT_THAT(matcher.match(text), IsEmpty()) << text;
  EXPECT_THAT(matcher.match("The Harbour / Nightjar"), ElementsAre(0, 1)) << "either";
  EXPECT_THAT(matcher.match("我喜欢 Nightjar 这部电影", Freedom::name), IsEmpty())
      << "a remark is no heading";
}

TEST(TitleMatch, ALetterMayBeMistyped) {
  const std::vector<std::string> page{"Shawshank Redemption, The (1994)",
                                      "Monty Python and the Holy Grail (1974)"};
  EXPECT_THAT(match(page, "The Shawshank Redemtion"), ElementsAre(0));
  EXPECT_THAT(match(page, "Monty Pyhton & the Holy Grail"), ElementsAre(1));
  EXPECT_THAT(match(page, "Monty Python"), ElementsAre(1));
}

TEST(TitleMatch, HostileTextsEndSoon) {
  std::string lost;
  for (int i = 0; i < 100; ++i) lost += "a\xEF\xBF\xBD";
  const std::vector<std::string> page{lost, std::string(100'000, '('), std::string(100'000, ':'),
                                      "a: b: c: d: e: f: g: h"};
  const TitleMatcher matcher(page);
  EXPECT_THAT(matcher.match(lost), ElementsAre(0));
  for (const char* piece : {"a", "(", "&#", "a: ", "\xFF", "*", "1."}) {
    std::string text;
    while (text.size() < 1'000'000) text += piece;
    matcher.match(text);
  }
}

}  // namespace
}  // namespace throng
