#include "scenarios/store/journal.h"

#include <functional>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/support/temp_folder.h"

namespace throng {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

CallKey key(unsigned actor, std::uint64_t request, unsigned occurrence = 0) {
  return {.actor = ActorId(actor), .request = {.high = request, .low = ~request}, .occurrence = occurrence};
}

class JournalTest : public ::testing::Test {
 protected:
  TempFolder folder_;
  std::filesystem::path file_ = folder_ / "journal.db";
  const ExternalRequest request_{.parts = {"settings", "", "user\nhi"}};
};

TEST_F(JournalTest, FindsAReplyByItsWholeKey) {
  Journal journal(file_, Journal::Mode::survives_kill);
  journal.add(key(1, 2), request_, {.reply = "{}", .endpoint = "e", .attempts = 3, .usd = 0.25});
  const std::optional<JournaledReply> found = journal.find(key(1, 2));
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->reply, "{}");
  EXPECT_EQ(found->attempts, 3);
  EXPECT_DOUBLE_EQ(found->usd, 0.25);
  for (const CallKey& other : {key(0, 2), key(1, 3), key(1, 2, 1)})
    EXPECT_FALSE(journal.find(other).has_value());
}

TEST_F(JournalTest, KeepsWhatWasCommittedAndNothingElse) {
  {
    Journal journal(file_, Journal::Mode::survives_kill);
    journal.add(key(1, 2), request_, {.reply = "{}"});
    journal.commit();
    journal.add(key(1, 3), request_, {.reply = "{}"});
  }
  const Journal journal(file_, Journal::Mode::read_only);
  EXPECT_TRUE(journal.find(key(1, 2)).has_value());
  EXPECT_FALSE(journal.find(key(1, 3)).has_value());
}

TEST_F(JournalTest, GivesBackWhatWasAskedInOrderAndKeepsEachTextOnce) {
  Journal journal(file_, Journal::Mode::survives_power_loss);
  const std::string system(100'000, 's');
  for (unsigned n = 0; n < 50; ++n) {
    journal.add(key(7, n), {.parts = {"{}", system, "user\n" + std::to_string(n)}}, {.reply = "{}"});
  }
  journal.commit();
  const std::vector<JournaledCall> calls = journal.calls_of(ActorId(7));
  ASSERT_EQ(calls.size(), 50U);
  EXPECT_EQ(calls[49].key, key(7, 49));
  EXPECT_THAT(calls[49].parts, ElementsAre("{}", system, "user\n49"));
  EXPECT_LT(std::filesystem::file_size(file_), 1'000'000U);
}

TEST_F(JournalTest, SumsUpByModelAndEndpoint) {
  Journal journal(file_, Journal::Mode::survives_kill);
  const JournaledReply reply{.reply = "{}",
                             .endpoint = "e",
                             .model = "m",
                             .attempts = 2,
                             .prompt_tokens = 10,
                             .cached_tokens = 4,
                             .completion_tokens = 3,
                             .usd = 0.5};
  journal.add(key(1, 1), request_, reply);
  journal.add(key(2, 1), request_, reply);
  journal.add(key(2, 2), request_, {.reply = "{}", .endpoint = "e", .model = "n"});
  journal.add(key(3, 1), {.kind = RequestKind::ranking, .parts = {"context", "question"}},
              {.reply = "[]", .endpoint = "e"});
  journal.add(key(3, 2), {.kind = RequestKind::embedding, .parts = {"{}", "a text"}},
              {.reply = "AACAPw", .endpoint = "e", .model = "a", .prompt_tokens = 3});
  const std::vector<JournalTotals> totals = journal.totals();
  ASSERT_EQ(totals.size(), 3U);
  EXPECT_EQ(totals[2].kind, RequestKind::embedding);
  EXPECT_EQ(totals[2].model, "a") << "behind the completions";
  EXPECT_EQ(totals[2].prompt_tokens, 3);
  EXPECT_EQ(totals[0].kind, RequestKind::completion);
  EXPECT_EQ(totals[0].model, "m");
  EXPECT_EQ(totals[0].calls, 2);
  EXPECT_EQ(totals[0].attempts, 4);
  EXPECT_EQ(totals[0].prompt_tokens, 20);
  EXPECT_EQ(totals[0].cached_tokens, 8);
  EXPECT_EQ(totals[0].completion_tokens, 6);
  EXPECT_DOUBLE_EQ(totals[0].usd, 1);
  EXPECT_EQ(totals[1].completion_tokens, 0);
  EXPECT_EQ(journal.actors(), 2U) << "whoever only asked for a ranking or a vector asked no model";
}

TEST_F(JournalTest, EveryProcessTellsItsOwnAccount) {
  for (int process = 1; process <= 2; ++process) {
    Journal journal(file_, Journal::Mode::survives_kill);
    journal.tell({{"n", 0}});
    journal.tell({{"n", process}});
    journal.commit();
  }
  EXPECT_THAT(Journal(file_, Journal::Mode::read_only).accounts(),
              ElementsAre(Json{{"n", 1}}, Json{{"n", 2}}));
}

/// Runs SQL on the file, behind the journal's back.
void change(const std::filesystem::path& file, const std::string& sql) {
  SQLite::Database(file.string(), SQLite::OPEN_READWRITE).exec(sql);
}

std::string failure_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::data);
    return failure.what();
  }
  return "no failure";
}

TEST_F(JournalTest, ARowThatIsNotWhatWasWrittenIsFoundOut) {
  for (const char* damage :
       {"reply = '{\"text\":\"no\"}'", "reply = CAST(reply AS BLOB) || x'00'", "usd = 0.125", "attempts = 4",
        "endpoint = 'f'", "model = 'n'", "kind = 3", "prompt_tokens = 1", "parts = '[1]'", "checksum = x''",
        "checksum = 5", "reply = 7"}) {
    std::filesystem::remove(file_);
    {
      Journal journal(file_, Journal::Mode::survives_kill);
      for (unsigned n = 0; n < 3; ++n)
        journal.add(key(1, n), request_,
                    {.reply = R"({"text":"yes"})", .endpoint = "e", .attempts = 3, .usd = 0.25});
      journal.commit();
    }
    change(file_, fmt::format("UPDATE calls SET {} WHERE number = 2", damage));
    const Journal journal(file_, Journal::Mode::read_only);
    EXPECT_TRUE(journal.find(key(1, 0)).has_value());
    EXPECT_THAT(failure_of([&] { journal.find(key(1, 1)); }), HasSubstr("row 2 of calls")) << damage;
    EXPECT_THAT(failure_of([&] { Journal(file_, Journal::Mode::read_only).calls_of(ActorId(1)); }),
                HasSubstr("row 2 of calls"));
    EXPECT_THAT(failure_of([&] { Journal(file_, Journal::Mode::read_only).totals(); }),
                HasSubstr("row 2 of calls"));
    change(file_, "DELETE FROM calls WHERE number = 2");  // as the message says
    EXPECT_FALSE(Journal(file_, Journal::Mode::read_only).find(key(1, 1)).has_value());
  }
}

TEST_F(JournalTest, ARowUnderAnotherKeyIsFoundOut) {
  {
    Journal journal(file_, Journal::Mode::survives_kill);
    journal.add(key(1, 2), request_, {.reply = "{}"});
    journal.commit();
  }
  change(file_, "UPDATE calls SET actor = 2");
  EXPECT_THAT(failure_of([&] { Journal(file_, Journal::Mode::read_only).find(key(2, 2)); }),
              HasSubstr("damaged"));
}

TEST_F(JournalTest, ATextThatIsNotWhatWasAskedIsFoundOut) {
  {
    Journal journal(file_, Journal::Mode::survives_kill);
    journal.add(key(1, 2), request_, {.reply = "{}"});
    journal.commit();
  }
  change(file_, "UPDATE texts SET content = 'user' WHERE content LIKE 'user%'");
  EXPECT_THAT(failure_of([&] { Journal(file_, Journal::Mode::read_only).calls_of(ActorId(1)); }),
              HasSubstr("damaged"));
}

TEST_F(JournalTest, BelongsToTheRunThatBeganIt) {
  const JournalOwner owner{.run = "1", .words = "one, seed 1"};
  for (int times = 0; times < 2; ++times) const Journal begun(file_, Journal::Mode::survives_kill, owner);
  EXPECT_NO_THROW(Journal(file_, Journal::Mode::read_only));
  const JournalOwner other{.run = "2", .words = "two, seed 2"};
  EXPECT_THAT(
      failure_of([&] { Journal(file_, Journal::Mode::survives_kill, other); }),
      ::testing::AllOf(HasSubstr(file_.string()), HasSubstr("one, seed 1"), HasSubstr("two, seed 2")));
}

TEST_F(JournalTest, AnotherFormatIsRefusedInWords) {
  SQLite::Database(file_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE)
      .exec("CREATE TABLE calls (number INTEGER PRIMARY KEY); PRAGMA user_version = 1");
  for (const Journal::Mode mode : {Journal::Mode::survives_kill, Journal::Mode::read_only}) {
    EXPECT_THAT(failure_of([&] { Journal(file_, mode); }), HasSubstr("is a journal in format 1"));
  }
}

TEST_F(JournalTest, SaysWhatIsNoJournal) {
  folder_.write("journal.db", "no database at all, but long enough to be taken for one by its length");
  try {
    const Journal journal(file_, Journal::Mode::survives_kill);
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), ErrorKind::data);
    EXPECT_THAT(failure.what(), HasSubstr(file_.string()));
  }
}

}  // namespace
}  // namespace throng
