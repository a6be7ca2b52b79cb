#include "engine/net/url.h"

#include <gmock/gmock.h>

namespace throng::net {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Url, HasDefaultsForWhatIsLeftOut) {
  const Url url = parse_url("https://API.example.com").value();
  EXPECT_TRUE(url.secure());
  EXPECT_EQ(url.host, "api.example.com");
  EXPECT_EQ(url.port, 443);
  EXPECT_EQ(url.target, "/");
  EXPECT_EQ(url.authority(), "api.example.com");
  EXPECT_EQ(parse_url("http://a").value().port, 80);
}

TEST(Url, KeepsPathAndQueryAsTheyAre) {
  const Url url = parse_url("http://localhost:8080/v1/a%20b?api-version=1&x#part").value();
  EXPECT_EQ(url.target, "/v1/a%20b?api-version=1&x");
  EXPECT_EQ(url.origin(), "http://localhost:8080");
}

TEST(Url, KnowsIpv6Addresses) {
  const Url url = parse_url("http://[::1]:8080/").value();
  EXPECT_EQ(url.host, "::1");
  EXPECT_EQ(url.authority(), "[::1]:8080");
  EXPECT_TRUE(is_ip_address(url.host));
  EXPECT_FALSE(is_ip_address("localhost"));
}

TEST(Url, DecodesUserInformationAndNeverShowsIt) {
  const Url url = parse_url("http://me:p%40ss@proxy:3128").value();
  EXPECT_EQ(url.user_info, "me:p@ss");
  EXPECT_EQ(url.origin(), "http://proxy:3128");
}

TEST(Url, SaysWhatIsWrong) {
  const auto message = [](std::string_view text) { return parse_url(text).error().message; };
  EXPECT_THAT(message("localhost:8080"), HasSubstr("http"));
  EXPECT_THAT(message("ftp://a/"), HasSubstr("expected http:// or https://"));
  EXPECT_THAT(message("http://"), HasSubstr("names no host"));
  EXPECT_THAT(message("http://a:0/"), HasSubstr("port"));
  EXPECT_THAT(message("http://a:99999/"), HasSubstr("port"));
  EXPECT_THAT(message("http://a b/"), HasSubstr("\"http://a b/\""));
  EXPECT_THAT(message("http://a%0d%0ab/"), HasSubstr("control character"));
  EXPECT_THAT(message("http://user:secret@a b/"), Not(HasSubstr("secret")));
  EXPECT_THAT(message("ftp://a/?key=secret"), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace throng::net
