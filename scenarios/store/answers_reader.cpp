// What agents answered to the questions of their scenario.
#include <map>

#include "scenarios/store/run_connection.h"

namespace throng {
namespace {

std::optional<int> optional_integer(const SQLite::Column& column) {
  return column.isNull() ? std::nullopt : std::optional(column.getInt());
}

/// Of the columns question, score, choice and words.
Answer answer_from(SQLite::Statement& row, int first_column) {
  return {.question = row.getColumn(first_column).getString(),
          .score = optional_integer(row.getColumn(first_column + 1)),
          .choice = row.getColumn(first_column + 2).getString(),
          .words = row.getColumn(first_column + 3).getString()};
}

/// Of the columns agent, round (from 0) and an answer's.
StoredAnswer stored_answer(SQLite::Statement& row) {
  return {.agent = AgentId(row.getColumn(0).getUInt()),
          .round = static_cast<std::uint16_t>(row.getColumn(1).getUInt()),
          .answer = answer_from(row, 2)};
}

}  // namespace

void RunReader::add_answers(SessionRecord& session) const {
  if (!connection_->database.tableExists("answers")) return;  // of an earlier version
  std::map<std::string, Answer> given;
  auto rows =
      connection_->query("SELECT question, score, choice, words FROM answers WHERE agent = ? AND round = ?",
                         number(session.agent), connection_->stored(session.round));
  while (rows.executeStep()) {
    Answer answer = answer_from(rows, 0);
    given.emplace(answer.question, std::move(answer));
  }
  for (const InterviewQuestion& question : asked_questions()) {
    if (auto answer = given.extract(question.name)) session.answers.push_back(std::move(answer.mapped()));
  }
}

std::vector<InterviewQuestion> RunReader::asked_questions() const {
  std::vector<InterviewQuestion> questions;
  with_meta("questions", [&](const Json& list) {
    for (const Json& question : list) questions.push_back(question_from(question));
  });
  return questions;
}

std::vector<QuestionFigures> RunReader::questions() const {
  std::vector<QuestionFigures> questions;
  for (InterviewQuestion& question : asked_questions())
    questions.push_back({.question = std::move(question)});
  if (questions.empty()) return questions;
  connection_->check_rows();
  for (QuestionFigures& figures : questions) {
    const std::string& name = figures.question.name;
    auto count =
        connection_->query("SELECT COUNT(*), COUNT(DISTINCT agent) FROM answers WHERE question = ?", name);
    count.executeStep();
    figures.answers = count.getColumn(0).getUInt();
    figures.agents = count.getColumn(1).getUInt();
    auto mean = connection_->query(
        "SELECT COUNT(score), AVG(score), AVG(score * score) FROM "
        "  (SELECT AVG(score) AS score FROM answers WHERE question = ? GROUP BY agent)",
        name);
    mean.executeStep();
    figures.score = mean_from(mean, 0);
    auto values = connection_->query(
        "SELECT score, choice, COUNT(*) FROM answers WHERE question = ? GROUP BY score, choice", name);
    while (values.executeStep()) {
      const std::size_t times = values.getColumn(2).getUInt();
      if (!values.getColumn(0).isNull()) figures.scores[values.getColumn(0).getInt()] += times;
      if (!values.getColumn(1).isNull()) figures.choices[values.getColumn(1).getString()] += times;
    }
  }
  return questions;
}

RowStream<StoredAnswer> RunReader::answers() const {
  if (!connection_->database.tableExists("answers")) return [] { return std::nullopt; };
  connection_->check_rows();
  return stream(
      connection_->query(fmt::format("SELECT agent, round - {}, question, score, choice, words FROM answers "
                                     "ORDER BY agent, round, question",
                                     connection_->first_round)),
      stored_answer);
}

std::vector<StoredAnswer> RunReader::words_of(const std::string& question, std::size_t most) const {
  connection_->check_rows();
  auto count = connection_->query("SELECT COUNT(words) FROM answers WHERE question = ?", question);
  count.executeStep();
  const std::size_t all = count.getColumn(0).getUInt();
  auto rows =
      connection_->query(fmt::format("SELECT agent, round - {}, question, score, choice, words FROM answers "
                                     "WHERE question = ? AND words IS NOT NULL ORDER BY agent, round",
                                     connection_->first_round),
                         question);
  std::vector<StoredAnswer> taken;
  for (std::size_t row = 0; rows.executeStep(); ++row) {
    if (taken.size() < std::min(most, all) && row == taken.size() * all / std::min(most, all))
      taken.push_back(stored_answer(rows));
  }
  return taken;
}

}  // namespace throng
