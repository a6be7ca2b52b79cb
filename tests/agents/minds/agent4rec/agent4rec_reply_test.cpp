#include "agents/minds/agent4rec/agent4rec_reply.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace throng {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<std::string> kPage{"Harbour, The (1988)", "Paper Moon Rising (2003)",
                                     "Nightjar: Second Flight (1999)", "Winter; or, A Tale (1950)"};

constexpr const char* kReply = R"(MOVIE: The Harbour; ALIGN: Yes; REASON: I like the sea; it calms me.
MOVIE: Paper Moon Rising; ALIGN: no; REASON: Too sweet.

MOVIE: Nightjar: Second Flight (1999); ALIGN: Yes; REASON: A thriller.
MOVIE: Winter; or, A Tale (1950); ALIGN: No; REASON: Old.

NUM: 2; WATCH: Nightjar: Second Flight, Harbour, The; REASON: They fit.

MOVIE: Nightjar; RATING: 5; FEELING: Gripping.
MOVIE: Harbour, The; RATING: 3; FEELING: Slow: but fine.

Note: I watch few films.)";

std::vector<std::optional<bool>> aligned(const PageReading& page) {
  std::vector<std::optional<bool>> verdicts;
  for (const ItemReading& item : page.items) verdicts.push_back(item.aligned);
  return verdicts;
}

TEST(ReadReaction, ReadsWhatIsStated) {
  const PageReading page = read_reaction(kReply, kPage);
  EXPECT_THAT(page.problems, IsEmpty());
  EXPECT_THAT(aligned(page), ElementsAre(true, false, true, false));
  EXPECT_THAT(page.viewed, ElementsAre(2, 0));
  EXPECT_EQ(page.items[0].reason, "I like the sea; it calms me.");
  EXPECT_EQ(page.items[0].rating, 3);
  EXPECT_EQ(page.items[0].feeling, "Slow: but fine.");
  EXPECT_EQ(page.items[2].rating, 5);
  EXPECT_TRUE(page.items[2].chosen);
  EXPECT_FALSE(page.items[3].chosen);
  EXPECT_EQ(page.items[3].rating, std::nullopt);
}

TEST(ReadReaction, ReadsWhatIsSavedAndSharedWhereThatIsAllowed) {
  for (const char* lines :
       {"\nSAVE: Winter; or, A Tale, Paper Moon Rising\nSHARE: Nightjar; WORDS: See it: tonight!",
        "\n**Saved for later:** Paper Moon Rising and Winter; or, A Tale\n- **SHARE**: Nightjar: Second "
        "Flight (1999); "
        "**WORDS:** \"See "
        "it: tonight!\"",
        "\nsave: Winter; or, A Tale (1950), Paper Moon Rising (2003)\nShare: Nightjar\nWords: See it: "
        "tonight!"}) {
    const PageReading page = read_reaction(std::string(kReply) + lines, kPage, kAllActions);
    EXPECT_THAT(page.problems, IsEmpty()) << lines;
    EXPECT_THAT(page.viewed, ElementsAre(2, 0));
    std::vector<bool> saved;
    for (const ItemReading& item : page.items) saved.push_back(item.further.contains(ActionKind::save));
    EXPECT_THAT(saved, ElementsAre(false, true, false, true)) << lines;
    EXPECT_THAT(page.items[2].further, ElementsAre(std::pair(ActionKind::share, "See it: tonight!")))
        << lines;
    EXPECT_THAT(page.items[0].further, IsEmpty());
  }
  const PageReading nothing =
      read_reaction(std::string(kReply) + "\nSAVE: none\nSHARE: None.", kPage, kAllActions);
  EXPECT_THAT(nothing.problems, IsEmpty());
  EXPECT_TRUE(
      std::ranges::all_of(nothing.items, [](const ItemReading& item) { return item.further.empty(); }));
  const std::vector<std::string> page{"Nothing to Lose (1994)"};
  const PageReading lost = read_reaction(
      "MOVIE: Nothing to Lose (1994); ALIGN: yes; REASON: r\nNUM: 0; WATCH: ; REASON: r\n"
      "SHARE: Nothing to Lose (1994); WORDS: see it",
      page, kAllActions);
  EXPECT_THAT(lost.items[0].further, ElementsAre(std::pair(ActionKind::share, "see it")))
      << "the title begins with a word for nothing";
  EXPECT_THAT(read_reaction(std::string(kReply) + "\nSAVE: Babe", kPage, kAllActions).problems,
              ElementsAre("\"Babe\" is not on the page"));
  EXPECT_THAT(read_reaction(std::string(kReply) + "\nSAVE: Paper Moon Rising", kPage).items[1].further,
              IsEmpty())
      << "nobody asked";
}

/// The label of a judgement where the item's should stand.
TEST(ReadReaction, ATitleBehindAnotherLabelLosesNoRating) {
  const std::vector<std::string> titles{"Apollo 13 (1995)", "Four Rooms (1995)", "No Escape (1994)"};
  const std::string aligned =
      "ALIGN: Apollo 13; ALIGN: yes; REASON: space\nALIGN: Four Rooms - yes; REASON: odd\n"
      "ALIGN: No Escape; ALIGN: yes; REASON: island\nWATCH: Apollo 13, Four Rooms, No Escape\n";
  for (const char* ratings :
       {"RATING: Apollo 13; RATING: 4; FEELING: tense\nRATING: Four Rooms; RATING: 5; FEELING: fun\n"
        "RATING: No Escape; RATING: 2; FEELING: dull",
        "RATING: Apollo 13 - 4; FEELING: tense\nRATING: Four Rooms: 5/5; FEELING: fun\n"
        "RATING: No Escape (2); FEELING: dull",
        "RATING: \"Apollo 13 (1995)\" = 4; FEELING: tense\nRATING: **Four Rooms** - 5 stars; FEELING: fun\n"
        "RATING: No Escape, 2; FEELING: dull",
        "MOVIE: Apollo 13; RATING: Apollo 13; RATING: 4; FEELING: tense\nRATING: Four Rooms\nRATING: "
        "5\nFEELING: fun\n"
        "RATING: No Escape\nRATING: 2\nFEELING: dull"}) {
    SCOPED_TRACE(ratings);
    const PageReading page = read_reaction(aligned + ratings, titles);
    EXPECT_THAT(page.problems, IsEmpty());
    EXPECT_EQ(page.items[0].rating, 4);
    EXPECT_EQ(page.items[0].feeling, "tense");
    EXPECT_EQ(page.items[1].rating, 5);
    EXPECT_EQ(page.items[2].rating, 2);
    for (const ItemReading& item : page.items) EXPECT_EQ(item.aligned, true);
  }
}

TEST(ReadReaction, ARatingStaysARatingWhateverIsOnThePage) {
  const std::vector<std::string> titles{"Five (1951)", "Babe (1995)"};
  const PageReading page = read_reaction(
      "MOVIE: Five; ALIGN: yes; REASON: a\nMOVIE: Babe; ALIGN: no; REASON: b\nWATCH: Five\nMOVIE: Five; "
      "RATING: Five; "
      "FEELING: c",
      titles);
  EXPECT_THAT(page.problems, IsEmpty());
  EXPECT_EQ(page.items[0].rating, 5);
  EXPECT_EQ(page.items[1].rating, std::nullopt);
}

/// The replies of one page in many hands.
TEST(ReadReaction, DoesNotMindHowItIsWritten) {
  const std::vector<std::string> titles{"Harbour, The (1988)", "Paper Moon Rising (2003)"};
  const std::vector<std::string> replies{
      // fields on lines of their own, in bullets, under headings
      ("**The Harbour**\n- ALIGN: Yes\n- REASON: sea\n\n**Paper Moon Rising**\n- ALIGN: No\n- REASON: "
       "sweet\n\n"
       "WATCH: The Harbour\n\n**The Harbour**\n- RATING: 4\n- FEELING: calm"),
      // everything on one line
      ("MOVIE: Harbour, The; ALIGN: Yes; REASON: sea; MOVIE: Paper Moon Rising; ALIGN: No; REASON: sweet; "
       "NUM: 1; WATCH: Harbour, The; REASON: fits; MOVIE: Harbour, The; RATING: 4; FEELING: calm;"),
      // no separators
      ("MOVIE: The Harbour ALIGN: yes REASON: sea\nMOVIE: Paper Moon Rising ALIGN: no REASON: sweet\nNUM: 1 "
       "WATCH: The Harbour REASON: fits\nMOVIE: The Harbour RATING: 4/5 FEELING: calm"),
      // markdown, numbers, other label words and cases
      ("1. **Film:** *The Harbour* (1988); **Align:** Yes; **Reason:** sea\n2. **Film:** *Paper Moon "
       "Rising*; "
       "**Align:** No; "
       "**Reason:** sweet\n\n**Num:** 1; **Watch:** The Harbour\n\n1. **Film:** The Harbour; **Rating:** "
       "**4**; **Feeling:** calm"),
      // titles without a label
      ("1. The Harbour - ALIGN: Yes; REASON: sea\n2. \"Paper Moon Rising\" - ALIGN: No; REASON: "
       "sweet\nWATCH: "
       "The Harbour\n"
       "The Harbour (1988): RATING: 4.0; FEELING: calm"),
      // remarks, and the page and the format repeated
      ("Sure! Here is my reaction.\n<- Harbour, The (1988) -> <- History ratings: 3.50 -> <- Summary: A "
       "port. "
       "->\n"
       "MOVIE: [movie name]; ALIGN: [yes or no]; REASON: [brief reason]\nMOVIE: The Harbour; ALIGN: Yes; "
       "REASON: sea\n"
       "I am not sure about the next one.\nMOVIE: Paper Moon Rising; ALIGN: No; REASON: sweet\nNUM: 1; "
       "WATCH: "
       "The Harbour; "
       "REASON: fits\nMOVIE: The Harbour; RATING: 4; FEELING: calm\nMOVIE: None; RATING: N/A; FEELING: "
       "N/A\nThe end."),
      // verdict and rating together
      ("MOVIE: The Harbour; ALIGN: Yes; REASON: sea; WATCH: yes; RATING: 4 out of 5; FEELING: calm\n"
       "MOVIE: Paper Moon Rising; ALIGN: No; REASON: sweet; WATCH: no; RATING: N/A; FEELING: none"),
      // as JSON
      R"([{"MOVIE": "The Harbour", "ALIGN": "Yes", "REASON": "sea"}, {"MOVIE": "Paper Moon Rising", "ALIGN": "No", "REASON":
      "sweet"}, {"NUM": 1, "WATCH": "The Harbour"}, {"MOVIE": "The Harbour", "RATING": 4, "FEELING": "calm"}])",
      // labels and values on lines of their own
      ("MOVIE:\nThe Harbour\nALIGN:\nYes\nREASON:\nsea\nMOVIE:\nPaper Moon "
       "Rising\nALIGN:\nNo\nREASON:\nsweet\nWATCH:\nThe "
       "Harbour\nMOVIE:\nThe Harbour\nRATING:\nfour\nFEELING:\ncalm"),
      // other marks for the colon
      ("MOVIE - The Harbour; ALIGN - Yes; REASON - sea\nMOVIE = Paper Moon Rising; ALIGN = No; REASON = "
       "sweet\nWATCH - The "
       "Harbour\nMOVIE：The Harbour; RATING - 4 (out of 5); FEELING：calm"),
      // Windows line ends
      ("MOVIE: The Harbour; ALIGN: Yes; REASON: sea\r\nMOVIE: Paper Moon Rising; ALIGN: No; REASON: "
       "sweet\r\nWATCH: The "
       "Harbour\r\nMOVIE: The Harbour; RATING: 4; FEELING: calm\r\n"),
  };
  for (const std::string& reply : replies) {
    SCOPED_TRACE(reply);
    const PageReading page = read_reaction(reply, titles);
    EXPECT_THAT(page.problems, IsEmpty());
    EXPECT_THAT(aligned(page), ElementsAre(true, false));
    EXPECT_THAT(page.viewed, ElementsAre(0));
    EXPECT_EQ(page.items[0].rating, 4);
    EXPECT_THAT(page.items[0].reason, HasSubstr("sea"));
    EXPECT_THAT(page.items[1].reason, HasSubstr("sweet"));
    EXPECT_THAT(page.items[0].feeling, HasSubstr("calm"));
  }
}

TEST(ReadReaction, NothingChosenIsAReading) {
  const PageReading page =
      read_reaction("MOVIE: Harbour; ALIGN: no; REASON: a\nNUM: 0; WATCH: None; REASON: nothing fits",
                    std::vector<std::string>{"Harbour"});
  EXPECT_THAT(page.problems, IsEmpty());
  EXPECT_THAT(page.viewed, IsEmpty());
}

TEST(ReadReaction, ARatingWithoutATitleIsThatOfTheOnlyChoice) {
  const PageReading page = read_reaction(
      "MOVIE: Harbour; ALIGN: yes; REASON: a\nNUM: 1; WATCH: Harbour; REASON: b\nRATING: 4; FEELING: c",
      std::vector<std::string>{"Harbour"});
  EXPECT_THAT(page.problems, IsEmpty());
  EXPECT_EQ(page.items[0].feeling, "c");
}

TEST(ReadReaction, SaysWhatIsWrongAndKeepsTheRest) {
  const auto problems = [](const std::string& reply) { return read_reaction(reply, kPage).problems; };
  const std::string verdicts =
      "MOVIE: The Harbour; ALIGN: Yes; REASON: a\nMOVIE: Paper Moon Rising; ALIGN: Yes; REASON: a\nMOVIE: "
      "Nightjar; ALIGN: Yes; "
      "REASON: a\nMOVIE: Winter; or, A Tale; ALIGN: No; REASON: a\n";
  EXPECT_THAT(problems(verdicts + "MOVIE: Nightjar; RATING: 4; FEELING: good"), IsEmpty());
  EXPECT_THAT(problems(verdicts + "WATCH: Nightjar"),
              ElementsAre("\"Nightjar: Second Flight (1999)\" is chosen but has no RATING"));
  EXPECT_THAT(problems(verdicts), ElementsAre("there is no WATCH line"));
  for (const char* rating : {"7", "0", "-1", "4.5", "3-4", "4½", "8/10", "4 or 5", "2 (out of 10)", "great",
                             "99999999999999999999"}) {
    const PageReading page = read_reaction(verdicts + "MOVIE: Nightjar; RATING: " + rating +
                                               "; FEELING: good\nMOVIE: Harbour; RATING: 2; FEELING: b",
                                           kPage);
    EXPECT_THAT(page.problems,
                ElementsAre(AllOf(HasSubstr(rating), HasSubstr("Nightjar"), HasSubstr("1 to 5"))))
        << rating;
    EXPECT_THAT(page.viewed, ElementsAre(0)) << rating;
  }
  EXPECT_THAT(problems(verdicts + "MOVIE: Nightjar; RATING: 4"),
              ElementsAre("there is no FEELING for \"Nightjar: Second Flight (1999)\""));
  EXPECT_THAT(problems(verdicts + "MOVIE: Alien; RATING: 4; FEELING: good\nWATCH: none"),
              ElementsAre("\"Alien\" is not on the page"));
  EXPECT_THAT(problems(verdicts + "NUM: 1; WATCH: Alien"), ElementsAre("\"Alien\" is not on the page"));
  EXPECT_THAT(problems(verdicts + "WATCH: none\nRATING: 4; FEELING: good"),
              ElementsAre("a RATING line names no item"));
  EXPECT_THAT(problems(verdicts + "MOVIE: Harbour; ALIGN: No; REASON: b\nWATCH: none"),
              ElementsAre(HasSubstr("both yes and no")));
  EXPECT_THAT(problems("MOVIE: Harbour; ALIGN: Maybe; REASON: b\n" + verdicts + "WATCH: none"),
              ElementsAre(HasSubstr("\"Maybe\"")));
  EXPECT_THAT(problems("I will not answer."), ::testing::SizeIs(5));
}

TEST(ReadReaction, AnAmbiguousTitleIsNobodys) {
  const PageReading page = read_reaction(
      "MOVIE: Cinderella; ALIGN: yes; REASON: a\nMOVIE: Cinderella (1997); ALIGN: no; REASON: b\nWATCH: none",
      std::vector<std::string>{"Cinderella (1950)", "Cinderella (1997)"});
  EXPECT_THAT(aligned(page), ElementsAre(std::nullopt, false));
  EXPECT_THAT(page.problems.front(), AllOf(HasSubstr("\"Cinderella (1950)\" or \"Cinderella (1997)\"")));
}

TEST(ReadReaction, ARatingOfAnUnknownTitleIsNotThePreviousOnes) {
  const PageReading page =
      read_reaction("MOVIE: Harbour; ALIGN: yes; REASON: a\nAlien (1979) - RATING: 5; FEELING: b",
                    std::vector<std::string>{"Harbour"});
  EXPECT_THAT(page.viewed, IsEmpty());
}

TEST(ReadReaction, WordsBeforeALabelAreNoTitleWhereOneIsWaiting) {
  const PageReading page = read_reaction(
      "MOVIE: Harbour\nFor this one, ALIGN: yes; REASON: a\nWATCH: Harbour\nMOVIE: Harbour\nI think my "
      "RATING: 4; FEELING: b",
      std::vector<std::string>{"Harbour"});
  EXPECT_THAT(page.problems, IsEmpty());
  EXPECT_EQ(page.items[0].rating, 4);
}

TEST(ReadReaction, WordsOfALabelInsideTitlesAndReasonsAreNoLabels) {
  const std::vector<std::string> titles{"Pocket Beasts: The Movie: 2000 (2000)", "Number 23, The (2007)"};
  const PageReading page = read_reaction(
      "MOVIE: Pocket Beasts: The Movie: 2000; ALIGN: yes; REASON: for one reason: I said the rating: was "
      "fine\n"
      "MOVIE: The Number 23; ALIGN: no; REASON: dull\nWATCH: Pocket Beasts: The Movie: 2000\n"
      "MOVIE: Pocket Beasts: The Movie: 2000; RATING: 3; FEELING: good feeling: warm",
      titles);
  EXPECT_THAT(page.problems, IsEmpty());
  EXPECT_EQ(page.items[0].reason, "for one reason: I said the rating: was fine");
  EXPECT_EQ(page.items[0].feeling, "good feeling: warm");
}

TEST(ReadDecision, ReadsTagsAndWords) {
  const DecisionReading next = read_decision(
      "POSITIVE: I liked two films.\nFatigue: not tired yet.\n\n[NEXT]; Reason: I want more of this.");
  EXPECT_EQ(next.tag, PageChoice::next);
  EXPECT_EQ(next.choice, PageChoice::next);
  EXPECT_EQ(next.reason, "I want more of this.");
  EXPECT_EQ(next.positive, true);
  EXPECT_EQ(next.feeling, "I liked two films.");

  const DecisionReading exit = read_decision("**NEGATIVE:** Nothing fits.\nDecision: **[Exit]** I am bored.");
  EXPECT_EQ(exit.tag, PageChoice::exit);
  EXPECT_EQ(exit.reason, "I am bored.");
  EXPECT_EQ(exit.positive, false);
  EXPECT_EQ(read_decision("[NEXT PAGE]").tag, PageChoice::next);
  EXPECT_EQ(read_decision("[EXIT; Reason: bored").tag, PageChoice::exit);
}

TEST(ReadDecision, ReadsASearchWhereThatIsAllowed) {
  for (const char* reply : {"NEGATIVE: dull\n[SEARCH: film noir]; Reason: not what I came for",
                            "NEGATIVE: dull\n[search: \"film noir\"]; REASON: not what I came for",
                            "NEGATIVE: dull\nDecision: [SEARCH: <film noir>]\nReason: not what I came for",
                            "NEGATIVE: dull\n[SEARCH] film noir; Reason: not what I came for",
                            "NEGATIVE: dull\nSEARCH: film noir; Reason: not what I came for",
                            "NEGATIVE: dull\n**[SEARCH: film noir]** Reason: not what I came for"}) {
    const DecisionReading decision = read_decision(reply, kAllActions);
    EXPECT_TRUE(decision.complete()) << reply;
    EXPECT_EQ(decision.choice, PageChoice::next) << reply;
    EXPECT_EQ(decision.tag.has_value(), std::string_view(reply).find('[') != std::string_view::npos) << reply;
    EXPECT_EQ(decision.search, "film noir") << reply;
    EXPECT_EQ(decision.reason, "not what I came for") << reply;
    EXPECT_EQ(decision.positive, false) << reply;
  }
  EXPECT_FALSE(read_decision("[SEARCH: film noir]; Reason: r").complete()) << "nobody asked";
  EXPECT_EQ(read_decision("NEGATIVE: x\n[SEARCH: Nothing to Lose]; Reason: r", kAllActions).search,
            "Nothing to Lose");
  EXPECT_FALSE(read_decision("[NEXT]; Reason: r\n[SEARCH: film noir]; Reason: r", kAllActions).complete());
  for (const char* nothing : {"[SEARCH: none]; Reason: r", "[SEARCH: ]; Reason: r", "[SEARCH]; Reason: r",
                              "[SEARCH: <a genre, or words of a title>]; Reason: <a few words>"})
    EXPECT_FALSE(read_decision(nothing, kAllActions).complete()) << nothing;
  for (const char* exit : {"[EXIT]; Reason: my search: over", "[EXIT]; Reason: no [SEARCH: noir] would help"})
    EXPECT_EQ(read_decision(exit, kAllActions).choice, PageChoice::exit) << exit;
  EXPECT_EQ(read_decision("I will rather [SEARCH: noir]", kAllActions).search, "noir");
}

TEST(ReadDecision, TheWordsSayItWhereThereIsNoTag) {
  for (const char* text :
       {"Next; Reason: more", "**NEXT**", "Decision: next", "I will continue browsing because I am awake.",
        "I'll keep looking for films.", "I have decided not to exit yet.", "I would like to go on.",
        "I won't leave now.", "I am not tired, so I choose to proceed to the next page.", "Let's move on!",
        "I am not tired and will continue.", "I am not tired, I will go on.",
        "I don't feel like leaving yet.", "[CONTINUE]; Reason: more"}) {
    EXPECT_EQ(read_decision(text).choice, PageChoice::next) << text;
    EXPECT_EQ(read_decision(text).tag, std::nullopt) << text;
  }
  for (const char* text :
       {"EXIT: tired", "Exit.", "I will exit this system now.", "I do not want to continue.",
        "I've decided to leave the system.", "I don't see any need to go on.",
        "I do not think I will continue.", "I am going to stop browsing.", "I will not continue browsing",
        "I choose to exit, although there may be more pages to continue with."}) {
    EXPECT_EQ(read_decision(text).choice, PageChoice::exit) << text;
  }
  for (const char* text : {"", "POSITIVE: good films.", "If the next page is bad, I will exit.",
                           "I might leave.", "I will continue. I will exit.",
                           "Next, I assess my fatigue: I am fine.", "There was no exit from that plot."}) {
    EXPECT_EQ(read_decision(text).choice, std::nullopt) << text;
    EXPECT_FALSE(read_decision(text).complete()) << text;
  }
}

TEST(ReadDecision, ATagInPassingDoesNotCountAgainstADecision) {
  EXPECT_EQ(read_decision("I thought about [EXIT] for a while.\n[NEXT]; Reason: curious").tag,
            PageChoice::next);
  const DecisionReading both = read_decision("[NEXT]; Reason: a\n[EXIT]; Reason: b");
  EXPECT_EQ(both.choice, std::nullopt);
  EXPECT_THAT(both.problems, ElementsAre(HasSubstr("both")));
}

TEST(ReadInterview, ReadsScoreAndReason) {
  for (const char* text :
       {"RATING: 7\nREASON: fine films", "RATING: 7; REASON: fine films",
        "**Rating:** 7/10\n**Reason:** fine films", "Rating: 7 out of 10. Reason: fine films",
        "7/10 - fine films", "RATING: [7]\n\nfine films", "I would rate it a 7, fine films",
        "RATING: seven\nREASON: fine films"}) {
    const InterviewReading reading = read_interview(text);
    EXPECT_EQ(reading.score, 7) << text;
    EXPECT_THAT(reading.reason, HasSubstr("fine films")) << text;
    EXPECT_TRUE(reading.complete()) << text;
  }
  EXPECT_EQ(read_interview("RATING: 10; REASON: a\n\nb").reason, "a\n\nb");
  EXPECT_EQ(read_interview("RATING: 10/10; REASON: a").score, 10);
  for (const char* text : {"", "RATING: 11; REASON: a", "RATING: 0; REASON: a", "RATING: 7.5; REASON: a",
                           "RATING: 6-7; REASON: a", "RATING: 4/5; REASON: a", "I liked 3 of 10 films.",
                           "3 films were fine.", "RATING: high; REASON: a"}) {
    EXPECT_EQ(read_interview(text).score, std::nullopt) << text;
    EXPECT_FALSE(read_interview(text).complete()) << text;
  }
  EXPECT_FALSE(read_interview("RATING: 7").complete());
}

/// Chinese models write what a reply is built of in the forms of their keyboards.
TEST(ReadReplies, FormsOfOtherScriptsAreRead) {
  for (const char* reply :
       {"MOVIE：The Harbour；ALIGN：Yes；REASON：sea\nMOVIE：Paper Moon "
        "Rising；ALIGN：No；REASON：dull\nMOVIE：Nightjar；ALIGN：No；REASON："
        "dull\nMOVIE：Winter; or, A Tale；ALIGN：No；REASON：old\nNUM：１；WATCH：The "
        "Harbour；REASON：fit\nMOVIE：The Harbour；RATING：４；FEELING："
        "calm",
        "ＭＯＶＩＥ： The Harbour； ＡＬＩＧＮ： Ｙｅｓ； REASON： sea\n1． MOVIE： "
        "《Paper Moon Rising》； ALIGN： 否； REASON： dull\n"
        "② MOVIE： 「Nightjar」， ALIGN： No， REASON： "
        "dull\nMOVIE：　Winter; or, A Tale；　ALIGN：　No；　REASON：　old\nWATCH： 【The Harbour】\n"
        "MOVIE： The Harbour； RATING： 【４／５】； FEELING： calm",
        "MOVIE: The Harbour; ALIGN: 是; REASON: sea\nMOVIE: Paper Moon Rising; ALIGN: "
        "不是; REASON: dull\nMOVIE: Nightjar; ALIGN: "
        "No; REASON: dull\nMOVIE: Winter; or, A Tale; ALIGN: No; REASON: old\nWATCH: The "
        "Harbour、\nMOVIE: The Harbour; RATING: 四星; "
        "FEELING: calm"}) {
    const PageReading page = read_reaction(reply, kPage);
    EXPECT_THAT(page.problems, IsEmpty()) << reply;
    EXPECT_THAT(aligned(page), ElementsAre(true, false, false, false)) << reply;
    EXPECT_THAT(page.viewed, ElementsAre(0)) << reply;
    EXPECT_EQ(page.items[0].rating, 4) << reply;
  }
  for (const char* reply : {"【NEXT】；理由：x", "［ＮＥＸＴ］", "〔NEXT〕 x", "Decision：【next】",
                            "决定：【NEXT】", "（NEXT）；x", "『NEXT』；理由：x", "Decision: <NEXT>"})
    EXPECT_EQ(read_decision(reply).tag, PageChoice::next) << reply;
  EXPECT_EQ(read_decision("I could leave (EXIT) here.").tag, std::nullopt) << "a remark";
  for (const char* reply : {"RATING：６；REASON：ok", "RATING: ６／１０; REASON: ok",
                            "评分 RATING：【６】\nREASON：ok", "RATING: ٦; REASON: ok",
                            "RATING: ⑥; REASON: ok", "RATING: 六分; REASON: ok", "RATING: ६/१०; REASON: ok"})
    EXPECT_EQ(read_interview(reply).score, 6) << reply;
  EXPECT_EQ(
      read_reaction("MOVIE: Harbour; ALIGN: Yes; REASON: 很好，喜欢！\nWATCH: none", kPage).items[0].reason,
      "很好，喜欢！")
      << "sentences stay as they are";
}

TEST(ReadReplies, RatingsMayBeWordsHaveUnitsAndScales) {
  const auto rating = [](const std::string& text) {
    return read_reaction(
               "MOVIE: Harbour; ALIGN: yes; REASON: a\nMOVIE: Harbour; RATING: " + text + "; FEELING: b",
               kPage)
        .items[0]
        .rating;
  };
  for (const char* four : {"4",
                           "4/5",
                           "4 / 5",
                           "4 stars",
                           "4-star",
                           "4 out of 5",
                           "4 stars out of 5",
                           "4 out of 5 stars",
                           "4.0/5",
                           "4,0",
                           "four",
                           "Four",
                           "FOUR",
                           "four stars",
                           "four-star",
                           "four out of five",
                           "four/5",
                           "four of 5",
                           "four (4)",
                           "**four**",
                           "4 points",
                           "(4)",
                           "4分",
                           "4星",
                           "四",
                           "四颗星",
                           "★★★★",
                           "★★★★☆",
                           "⭐⭐⭐⭐",
                           "⭐️⭐️⭐️⭐️",
                           "★★★★☆ (4/5)",
                           "4★",
                           "4 ★",
                           "4️⃣",
                           "4 - great"})
    EXPECT_EQ(rating(four), 4) << four;
  for (const char* none :
       {"4.5", "4,5", "four and a half", "four or five", "four to five", "4-5", "8/10", "four out of ten",
        "4 stars out of 10", "4 points of 100", "four point five", "四分之三", "good", "★★★★★★"})
    EXPECT_EQ(rating(none), std::nullopt) << none;
  EXPECT_EQ(rating("★"), 1);
  EXPECT_EQ(read_interview("RATING: eight out of ten; REASON: a").score, 8);
  EXPECT_EQ(read_interview("RATING: eight/10; REASON: a").score, 8);
}

TEST(ReadReaction, BulletsAreNoTitles) {
  for (const char* bullet : {"- ", "* ",  "+ ",  "• ",   "‣ ",   "◦ ", "▪ ",  "– ",  "— ",   "→ ",   "➤ ",
                             "✓ ", "・",  "· ",  "※ ",   "■ ",   "● ", "1. ", "1) ", "(1) ", "[1] ", "１．",
                             "① ", "a) ", "A. ", "(a) ", "#1: ", "★ ", "☆ ",  "👉 ",  "> "}) {
    for (const char* item : {"MOVIE", "Movie"}) {
      const std::string reply = fmt::format(
          "{0}{1}: Harbour; ALIGN: yes; REASON: a\n{0}{1}: Paper Moon Rising; ALIGN: no; REASON: b\n"
          "{0}WATCH: Harbour\n{0}{1}: Harbour; RATING: 4; FEELING: c",
          bullet, item);
      const PageReading page = read_reaction(reply, std::vector<std::string>{kPage[0], kPage[1]});
      EXPECT_THAT(page.problems, IsEmpty()) << reply;
      EXPECT_THAT(aligned(page), ElementsAre(true, false)) << reply;
      EXPECT_EQ(page.items[0].rating, 4) << reply;
    }
  }
}

TEST(ReadReaction, ItemsOfOneTitleAreJudgedInTheOrderOfThePage) {
  const std::vector<std::string> titles{"Chess", "Go", "Chess"};
  const PageReading page = read_reaction(
      "MOVIE: Chess; ALIGN: no; REASON: a\nMOVIE: Go; ALIGN: no; REASON: b\nMOVIE: Chess; ALIGN: yes; "
      "REASON: c\nWATCH: Chess\n"
      "MOVIE: Chess; RATING: 4; FEELING: d",
      titles);
  EXPECT_THAT(aligned(page), ElementsAre(false, false, true));
  EXPECT_EQ(page.items[0].rating, std::nullopt);
  EXPECT_EQ(page.items[2].rating, 4) << "of those that align";
  const PageReading both = read_reaction(
      "MOVIE: Chess; ALIGN: yes; REASON: a\nMOVIE: Go; ALIGN: no; REASON: b\nMOVIE: Chess; ALIGN: yes; "
      "REASON: c\nWATCH: Chess, "
      "Chess\nMOVIE: Chess; RATING: 4; FEELING: d\nMOVIE: Chess; RATING: 2; FEELING: e",
      titles);
  EXPECT_THAT(both.problems, IsEmpty());
  EXPECT_EQ(both.items[0].rating, 4);
  EXPECT_EQ(both.items[2].rating, 2);
}

TEST(ReadReaction, AnItemThatIsJudgedTwiceAlikeIsJudgedOnce) {
  const std::string once =
      "MOVIE: Harbour; ALIGN: yes; REASON: a\nWATCH: Harbour\nMOVIE: Harbour; RATING: 4; FEELING: b\n";
  const PageReading page = read_reaction(once + once, std::vector<std::string>{"Harbour"});
  EXPECT_THAT(page.problems, IsEmpty());
  EXPECT_THAT(page.viewed, ElementsAre(0));
}

TEST(ReadReplies, AnyBytesAreText) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) bytes += static_cast<char>(i);
  for (const std::string& text :
       {bytes, fmt::format("{0}: MOVIE: {0}; RATING: {0}", bytes), std::string(1, '\0')}) {
    for (const std::string& problem : read_reaction(text, kPage).problems) {
      EXPECT_NO_THROW(nlohmann::json(problem).dump()) << "valid UTF-8";
    }
    EXPECT_NO_THROW(nlohmann::json(read_decision(text).reason).dump());
    EXPECT_NO_THROW(nlohmann::json(read_interview(text).reason).dump());
  }
  for (const char* piece :
       {"MOVIE:", "*", "RATING: 4;", ":", "1. ", "(", "[NEXT]", "\n", "WATCH: a, b;", "will exit "}) {
    std::string text;
    while (text.size() < 500'000) text += piece;
    EXPECT_LE(read_reaction(text, kPage).problems.size(), 20U);
    read_decision(text);
    read_interview(text);
  }
}

TEST(ReadReflection, HasTheLineOfTasteWhereverItStands) {
  for (const char* reply : {"RATING: 5\nREASON: It tries.\nTASTE: I seem to like pigs.",
                            "**TASTE:** I seem to like pigs.\nRATING: 5\nREASON: It tries.",
                            "Rating: 5\n- Taste: I seem to like pigs.\nReason: It tries."}) {
    const ReflectionReading reading = read_reflection(reply);
    EXPECT_TRUE(reading.complete()) << reply;
    EXPECT_EQ(reading.score, 5) << reply;
    EXPECT_EQ(reading.reason, "It tries.") << reply;
    EXPECT_EQ(reading.taste, "I seem to like pigs.") << reply;
  }
  EXPECT_THAT(read_reflection("RATING: 5\nREASON: My taste: pigs.").problems,
              ::testing::ElementsAre("there is no TASTE"));
}

}  // namespace
}  // namespace throng
