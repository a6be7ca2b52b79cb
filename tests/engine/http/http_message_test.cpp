#include "engine/http/http_message.h"

#include <gmock/gmock.h>

#include "engine/base/error.h"

namespace throng::net {
namespace {

TEST(HttpHeaders, FindTheFirstFieldWhateverItsCase) {
  HttpHeaders headers{{"Retry-After", "1"}, {"retry-after", "2"}};
  headers.add("X-Empty", "");
  EXPECT_EQ(headers.find("RETRY-after"), "1");
  EXPECT_EQ(headers.find("x-empty"), "");
  EXPECT_EQ(headers.find("x"), std::nullopt);
  EXPECT_EQ(headers.size(), 3U);
}

TEST(HttpHeaders, AreWrittenInTheirOrder) {
  std::string text;
  HttpHeaders{{"B", "2"}, {"A", "1"}}.append_to(text);
  EXPECT_EQ(text, "B: 2\r\nA: 1\r\n");
}

TEST(HttpHeaders, KnowWhatCannotBeSent) {
  EXPECT_TRUE((HttpHeaders{{"Authorization", "Bearer k\te y"}}).well_formed());
  EXPECT_FALSE((HttpHeaders{{"Authorization", "Bearer key\n"}}).well_formed());
  EXPECT_FALSE((HttpHeaders{{"A: b\r\nC", "1"}}).well_formed());
  EXPECT_FALSE((HttpHeaders{{"", "1"}}).well_formed());
}

TEST(HttpMessage, EveryFailureHasItsName) {
  EXPECT_EQ(to_string(HttpFailureKind::invalid_request), "invalid_request");
  EXPECT_EQ(to_string(HttpFailureKind::timeout_idle), "timeout_idle");
  EXPECT_EQ(to_string(HttpFailureKind::canceled), "canceled");
  EXPECT_EQ(reason_phrase(404), "Not Found");
}

TEST(HttpMessage, TheValueOfAFailureThrows) {
  HttpFailure failure;
  failure.message = "http://a: no";
  EXPECT_THROW(HttpResult(failure).value(), Failure);
}

}  // namespace
}  // namespace throng::net
