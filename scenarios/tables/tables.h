#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "agents/profile/traits.h"
#include "engine/base/json.h"
#include "recsys/data/dataset.h"
#include "recsys/data/describe.h"
#include "recsys/import/import.h"
#include "recsys/recommender/evaluate.h"
#include "scenarios/report/compare.h"
#include "scenarios/transcripts/comparison.h"

namespace throng {

/// A mean over users with its bootstrap interval.
struct Estimate {
  double mean = 0;
  Interval interval{};
};

/// How good a model's rankings are on one part of a split.
struct PartEvaluation {
  std::size_t users = 0;  ///< how many have held-out items
  Estimate recall;
  Estimate ndcg;
  Estimate hit_rate;
  Estimate precision;
  Estimate mrr;
  ListMetrics lists;
};

/// One model of `throng rec evaluate`.
struct EvaluatedModel {
  std::string model;
  double fit_seconds = 0;
  PartEvaluation validation;
  PartEvaluation test;
};

/// Ranks the best k for all users with held-out items in `part` and measures the rankings.
PartEvaluation evaluate_part(const Recommender& recommender, const Split& split, SplitPart part,
                             std::size_t k, const Catalogue& catalogue);

/// Two tables: accuracy at k with 95 % intervals of recall and NDCG, and what the rankings are like.
std::string accuracy_tables(std::span<const EvaluatedModel> models, std::size_t k);

/// An array with an object for each model and part: "model", "split", "recall_at_20", "recall_at_20_interval"
/// ([low, high]), ..., "fit_seconds".
Json accuracy_json(std::span<const EvaluatedModel> models, std::size_t k);

/// What `throng data describe` prints.
std::string dataset_tables(const Dataset& dataset, const TraitCuts& cuts = {});

/// What `throng data describe --json` prints.
Json dataset_json(const Dataset& dataset, const TraitCuts& cuts = {});

/// "4 to 7", or "1" if that is all.
std::string bucket_name(const CountBucket& bucket);

/// The users' traits, cut into groups: how their values are distributed, where the cuts lie and how many users a group has. As a
/// table, as JSON, and as a section of a page.
std::string traits_text(const Dataset& dataset, const TraitCuts& cuts);
Json traits_json(const Dataset& dataset, const TraitCuts& cuts);
Json traits_section(const Dataset& dataset, const TraitCuts& cuts);

/// A dataset as html_report's data, without "version": what is in it, who has how much of it, and where it comes from.
Json dataset_page(const Dataset& dataset, const TraitCuts& cuts = {});

/// What `throng check` found out, for the terminal: the dataset, the folder, notes, and what the run will take.
std::string check_text(const Json& checked);

/// What `throng data import` says at the end: what was read, left out and why, and what is odd about the rest.
std::string import_text(const Imported& imported);

/// The same as JSON.
Json import_json(const Imported& imported);

/// A load test for the terminal. `test` is the object of `throng llm bench --json`: a point as llm/bench/bench.h describes
/// it, with "url" and "model", and for a sweep "points".
std::string load_test_text(const Json& test);

/// Such as "concurrency 64" or "12.5 requests/s".
std::string load_name(const Json& point);

/// Such as "12.3"; "-" for null.
std::string figure_text(const Json& number);

/// A load test as html_report's data, with curves of latency and throughput. `test` as for load_test_text, with
/// "seed" and "version"; `curves` one object for each load as llm/bench/bench.h describes them.
Json load_test_page(const Json& test, const std::vector<Json>& curves);

/// What `throng transcripts` prints.
std::string transcripts_table(const TranscriptComparison& comparison);
/// The pages in question, one after the other.
std::string pages_in_question_text(const TranscriptComparison& comparison);

/// What `throng transcripts --json` prints, without "disagreements": counts of agreeing pages (for "interview" of agents)
/// by field, and in "compared" out of how many.
Json transcripts_json(const TranscriptComparison& comparison);
/// The value of "disagreements".
Json pages_in_question_json(const TranscriptComparison& comparison);

}  // namespace throng
