#include "engine/http/deadline_timer.h"

#include <functional>
#include <memory>
#include <vector>

#include <gmock/gmock.h>

namespace throng::net {
namespace {

using namespace std::chrono_literals;
using TimePoint = TimingWheel::TimePoint;

struct Alarm : TimingWheel::Deadline {
  std::vector<TimePoint> rang;
  std::function<void()> action;

 private:
  void expired(TimePoint now) override {
    rang.push_back(now);
    if (action) action();
  }
};

class TimingWheelTest : public testing::Test {
 protected:
  void advance_to(std::chrono::milliseconds time) {
    while (now_ < start_ + time) {
      now_ += 1ms;
      wheel_.advance(now_);
    }
  }
  TimePoint at(std::chrono::milliseconds time) const { return start_ + time; }

  const TimePoint start_{1'000'000s};
  TimePoint now_ = start_;
  TimingWheel wheel_{start_};
};

TEST_F(TimingWheelTest, NeverEarlyAndAtMostATickLate) {
  for (const auto span : {0ms, 1ms, 9ms, 10ms, 11ms, 555ms, 10'230ms, 10'240ms, 10'250ms, 35'003ms}) {
    Alarm alarm;
    const TimePoint due = now_ + span;
    wheel_.arm(alarm, due);
    while (alarm.rang.empty()) wheel_.advance(now_ += 1ms);
    EXPECT_GE(alarm.rang.front(), due);
    EXPECT_LE(alarm.rang.front(), due + TimingWheel::tick);
  }
  EXPECT_TRUE(wheel_.empty());
}

TEST_F(TimingWheelTest, ALaterTimeReplacesAnEarlierOneAndTheOtherWayRound) {
  Alarm later;
  wheel_.arm(later, at(50ms));
  wheel_.arm(later, at(200ms));
  Alarm earlier;
  wheel_.arm(earlier, at(200ms));
  wheel_.arm(earlier, at(50ms));
  advance_to(100ms);
  EXPECT_TRUE(later.rang.empty());
  EXPECT_EQ(earlier.rang.size(), 1U);
  advance_to(300ms);
  EXPECT_EQ(later.rang.size(), 1U);
  EXPECT_EQ(earlier.rang.size(), 1U);
}

TEST_F(TimingWheelTest, DisarmedAndDestroyedOnesAreSilent) {
  Alarm alarm;
  wheel_.arm(alarm, at(20ms));
  wheel_.arm(*std::make_unique<Alarm>(), at(20ms));
  TimingWheel::disarm(alarm);
  EXPECT_TRUE(wheel_.empty());
  advance_to(50ms);
  EXPECT_TRUE(alarm.rang.empty());
}

TEST_F(TimingWheelTest, AnAlarmMayArmItselfAndDestroyOthers) {
  Alarm first;
  auto second = std::make_unique<Alarm>();
  first.action = [&] {
    second.reset();
    if (first.rang.size() < 3) wheel_.arm(first, now_);
  };
  wheel_.arm(first, at(20ms));
  wheel_.arm(*second, at(20ms));
  advance_to(100ms);
  EXPECT_EQ(first.rang.size(), 3U);
}

TEST_F(TimingWheelTest, NothingIsLostWhenTheTimeJumps) {
  std::vector<Alarm> alarms(100);
  for (std::size_t i = 0; i < alarms.size(); ++i) wheel_.arm(alarms[i], at(1s * i));
  wheel_.advance(at(50'005ms));
  for (std::size_t i = 0; i < alarms.size(); ++i) EXPECT_EQ(alarms[i].rang.size(), i <= 50 ? 1U : 0U) << i;
  wheel_.arm(alarms[0], TimePoint::max());
  wheel_.advance(at(1'000'000s));
  EXPECT_EQ(alarms[0].rang.size(), 1U);
  EXPECT_EQ(alarms[99].rang.size(), 1U);
}

}  // namespace
}  // namespace throng::net
