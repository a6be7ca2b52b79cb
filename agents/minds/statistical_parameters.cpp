#include "agents/minds/statistical_parameters.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/options_reader.h"

namespace throng {
namespace {

using P = StatisticalParameters;

// Bounds are generous: what lies beyond is a mistake, not a mind.
constexpr std::array kParameters{
    ParameterInfo{"align_base", &P::align_base, -20, 20, "alignment of a neutral item, as a logit"},
    ParameterInfo{"align_affinity", &P::align_affinity, -20, 20,
                  "how much the affinity of taste and item counts for alignment"},
    ParameterInfo{"align_quality", &P::align_quality, -20, 20,
                  "how much the item's historical rating counts for alignment"},
    ParameterInfo{
        "align_popularity", &P::align_popularity, -20, 20,
        "how much popularity counts for alignment, in place of align_quality where there are no ratings"},
    ParameterInfo{"align_openness", &P::align_openness, -20, 20,
                  "added to alignment, by diversity: selective, open, explorer"},
    ParameterInfo{"align_activity", &P::align_activity, -20, 20,
                  "added to alignment, by activity: occasional, regular, devoted"},
    ParameterInfo{"align_familiarity", &P::align_familiarity, -20, 20,
                  "how much the item's popularity counts for alignment, beside its rating"},
    ParameterInfo{"align_position", &P::align_position, -20, 20,
                  "added to alignment, by place on the page; the last value holds for all further places"},
    ParameterInfo{"align_temperature", &P::align_temperature, 0, 1000,
                  "what alignment's logit is divided by: less is more decided, 0 decides without chance"},
    ParameterInfo{"view_share", &P::view_share, 0, 10, "of a page's items, the share viewed at most"},
    ParameterInfo{"view_activity", &P::view_activity, -10, 10,
                  "added to view_share, by activity: occasional, regular, devoted"},
    ParameterInfo{"view_diversity", &P::view_diversity, -10, 10, "added to view_share, by diversity"},
    ParameterInfo{"view_noise", &P::view_noise, 0, 10, "standard deviation of view_share from page to page"},
    ParameterInfo{"view_examination", &P::view_examination, 0, 1,
                  "probability that an aligned item is considered for viewing, by place, as align_position"},
    ParameterInfo{"view_appeal", &P::view_appeal, -20, 20,
                  "how much affinity and rating count for which of the aligned items are viewed"},
    ParameterInfo{"view_position", &P::view_position, -20, 20,
                  "how much each place further down counts against being viewed; great: from the top"},
    ParameterInfo{"view_chance", &P::view_chance, 0, 20, "how much chance counts for which are viewed"},
    ParameterInfo{"own_base", &P::own_base, -20, 20, "one's own rating of an item of middling affinity"},
    ParameterInfo{"own_affinity", &P::own_affinity, -20, 20, "how much affinity counts for one's own rating"},
    ParameterInfo{"own_habit", &P::own_habit, -20, 20,
                  "how much it counts for ratings how the user rated in training, beside others"},
    ParameterInfo{
        "conformity_weight", &P::conformity_weight, 0, 1,
        "weight of the rating displayed against one's own, by conformity: follower, balanced, maverick"},
    ParameterInfo{"rating_noise", &P::rating_noise, 0, 10, "standard deviation of ratings, by conformity"},
    ParameterInfo{"save_share", &P::save_share, 0, 1,
                  "probability that an aligned item that is not viewed is saved, where that is allowed"},
    ParameterInfo{
        "share_liked", &P::share_liked, 0, 1,
        "probability that a viewed item rated 5 is shared, half of it for a 4, where that is allowed"},
    ParameterInfo{"search_dissatisfied", &P::search_dissatisfied, 0, 1,
                  "probability of searching after a page of satisfaction 0, falling to 0 for 1, where "
                  "that is allowed"},
    ParameterInfo{"satisfaction_views", &P::satisfaction_views, 0, 1,
                  "weight of the share viewed in the satisfaction with a page; the ratings have the rest"},
    ParameterInfo{"satisfaction_recent", &P::satisfaction_recent, 0, 1,
                  "weight of what came after the last reflection in the satisfaction so far"},
    ParameterInfo{"exit_base", &P::exit_base, -100, 100, "leaving after a page, as a logit, by activity"},
    ParameterInfo{"exit_fatigue", &P::exit_fatigue, -100, 100,
                  "how much fatigue, 0 to 1, counts for leaving"},
    ParameterInfo{"exit_tiring", &P::exit_tiring, -100, 100, "added to exit_fatigue, by activity"},
    ParameterInfo{"exit_satisfaction", &P::exit_satisfaction, -100, 100,
                  "how much satisfaction above 0.6 counts against leaving"},
    ParameterInfo{"tired_after", &P::tired_after, 0.1, 1000, "pages until fatigue is 1"},
    ParameterInfo{"interview_base", &P::interview_base, -20, 20,
                  "the interview's score at a satisfaction of 0.6, by activity"},
    ParameterInfo{"interview_satisfaction", &P::interview_satisfaction, -100, 100,
                  "how much satisfaction above 0.6 counts for the score"},
    ParameterInfo{"interview_noise", &P::interview_noise, 0, 20, "standard deviation of the score"},
    ParameterInfo{"interview_cuts", &P::interview_cuts, -100, 100,
                  "between the scores 1 to 10, ascending: the score is then an ordered logit", 9},
};

}  // namespace

std::span<const ParameterInfo> statistical_parameters() { return kParameters; }

Result<StatisticalParameters> read_statistical_parameters(const Json& object, const std::string& path) {
  StatisticalParameters parameters;
  OptionsReader reader(object, path);
  for (const ParameterInfo& info : kParameters) {
    const Range<double> range{info.least, info.most};
    if (const auto* one = std::get_if<ParameterInfo::One>(&info.member)) {
      reader.number(info.name, parameters.*(*one), range);
    } else if (const auto* by_group = std::get_if<ParameterInfo::ByGroup>(&info.member)) {
      reader.numbers(info.name, parameters.*(*by_group), range);
    } else {
      const Range<std::size_t> count = info.length > 0 ? Range<std::size_t>{info.length, info.length}
                                                       : Range<std::size_t>{1, kLongestList};
      reader.number_list(info.name, parameters.*std::get<ParameterInfo::List>(info.member), count, range);
    }
  }
  if (object.is_object() && !object.empty()) parameters.provenance = "not told";
  reader.text("provenance", parameters.provenance);
  if (const Result<void> read = reader.finish(); !read) return read.error();
  if (!std::ranges::is_sorted(parameters.interview_cuts)) {
    return Error{ErrorKind::usage, fmt::format("{}/interview_cuts: got {}, expected ascending numbers", path,
                                               object["interview_cuts"].dump())};
  }
  return parameters;
}

Json to_json(const StatisticalParameters& parameters) {
  Json object = Json::object();
  for (const ParameterInfo& info : kParameters) {
    std::visit([&](auto member) { object[info.name] = parameters.*member; }, info.member);
  }
  object["provenance"] = parameters.provenance;
  return object;
}

}  // namespace throng
