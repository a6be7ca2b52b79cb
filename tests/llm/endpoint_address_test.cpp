// Addresses as people write them, in front of servers that are elsewhere.
#include <gmock/gmock.h>

#include "llm/bench/discovery.h"
#include "llm/bench/ping.h"
#include "tests/llm/scripted_endpoint.h"

namespace throng::llm {
namespace {

using net::HttpRequest;
using net::Responder;
using ::testing::AllOf;
using testing::completion;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::question;
using testing::ScriptedEndpoint;
using ::testing::SizeIs;

/// Serves below `base` and nowhere else.
ScriptedEndpoint::Answer served_at(const std::string& base) {
  return [base](const HttpRequest& request, Responder& responder) {
    if (request.target == base + "/chat/completions") return responder.send(200, {}, completion("Hi"));
    if (request.target == base + "/models") return responder.send(200, {}, R"({"data":[{"id":"m"}]})");
    responder.send(404, {}, "404 page not found");
  };
}

std::function<void(EndpointOptions&)> asked_at(const std::string& path) {
  return [path](EndpointOptions& endpoint) { endpoint.url += path; };
}

TEST(EndpointAddress, AsAnyoneWritesIt) {
  for (const auto& [base, path] :
       std::vector<std::pair<std::string, std::string>>{{"/v1", ""},
                                                        {"/v1", "/v1"},
                                                        {"/v1", "/v1/"},
                                                        {"/v1", "/v1/chat/completions"},
                                                        {"/v1", "/v1/models"},
                                                        {"/v1", "/v1/completions"},
                                                        {"/v1", "/api"},
                                                        {"/v1", "/api/chat"},
                                                        {"", ""},
                                                        {"", "/chat/completions"},
                                                        {"/inference", "/inference"},
                                                        {"/inference", "/inference/chat/completions"},
                                                        {"/api", "/api"},
                                                        {"/api", "/api/chat/completions"},
                                                        {"/models", "/models"},
                                                        {"/models", "/models/chat/completions"},
                                                        {"/serving-endpoints", "/serving-endpoints"},
                                                        {"/v1beta/openai", "/v1beta/openai"},
                                                        {"/api/v3", "/api/v3"},
                                                        {"/proxy/x/v1", "/proxy/x"}}) {
    ScriptedEndpoint world(served_at(base), {}, asked_at(path));
    EXPECT_TRUE(world.ask(question())) << base << " asked at " << path;
    EXPECT_TRUE(world.ask(question()));
    EXPECT_THAT(world.requests.size(), ::testing::Le(4U)) << "it is found once";
    for (const std::string& told : world.log) EXPECT_THAT(told, HasSubstr("has nothing at"));
  }
}

TEST(EndpointAddress, WhereNothingIsTheErrorNamesWhatWasAsked) {
  ScriptedEndpoint world(served_at("/nowhere"), {}, asked_at("/x"));
  const auto result = world.ask(question());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, CallFault::rejected);
  const std::string origin = world.server.origin();
  EXPECT_THAT(result.error().message,
              AllOf(HasSubstr(origin + "/x/v1/chat/completions"), HasSubstr(origin + "/x/chat/completions")));
}

TEST(EndpointAddress, AModelThatIsNotThereIsNoWrongAddress) {
  ScriptedEndpoint world([](const HttpRequest&, Responder& responder) {
    responder.send(404, {}, R"({"error":{"message":"model 'm' not found, try pulling it first"}})");
  });
  EXPECT_FALSE(world.ask(question()));
  EXPECT_THAT(world.requests, SizeIs(1));
}

net::HttpHeaders location(const std::string& where) {
  net::HttpHeaders headers;
  headers.add("Location", where);
  return headers;
}

TEST(EndpointAddress, ARedirectWithinTheServerIsFollowedWithTheKey) {
  for (const int status : {301, 302, 303, 307, 308}) {
    ScriptedEndpoint world([&](const HttpRequest& request, Responder& responder) {
      if (request.target == "/gateway/chat") {
        EXPECT_EQ(request.method, "POST");
        EXPECT_EQ(request.headers.find("authorization"), std::string("Bearer ") + ScriptedEndpoint::key);
        return responder.send(200, {}, completion("Hi"));
      }
      responder.send(status, location("/gateway/chat"), "");
    });
    EXPECT_TRUE(world.ask(question())) << status;
    EXPECT_TRUE(world.ask(question()));
    EXPECT_THAT(world.requests, SizeIs(3)) << "from then on it is asked there";
    EXPECT_THAT(world.log, ElementsAre(HasSubstr("redirects to")));
  }
}

TEST(EndpointAddress, AnotherServerIsNamedAndGetsNothing) {
  ScriptedEndpoint other(served_at("/v1"));
  ScriptedEndpoint world([&](const HttpRequest& request, Responder& responder) {
    responder.send(308, location(other.server.origin() + request.target + "?token=secret"), "");
  });
  const auto result = world.ask(question());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().fault, CallFault::rejected);
  EXPECT_THAT(result.error().message,
              AllOf(HasSubstr("http 308"), HasSubstr(other.server.origin() + "/v1/chat/completions"),
                    Not(HasSubstr("secret"))));
  EXPECT_THAT(other.requests, SizeIs(0));
  EXPECT_THAT(world.requests, SizeIs(1));
}

TEST(EndpointAddress, ARedirectWithoutEndOrWithoutATargetIsAnError) {
  int round = 0;
  ScriptedEndpoint world([&](const HttpRequest&, Responder& responder) {
    responder.send(307, location(++round % 2 == 0 ? "/a" : "/b"), "");
  });
  EXPECT_THAT(world.ask(question()).error().message, HasSubstr("again and again"));
  EXPECT_LE(world.requests.size(), 8U);
  ScriptedEndpoint nowhere([](const HttpRequest&, Responder& responder) { responder.send(302, {}, ""); });
  EXPECT_THAT(nowhere.ask(question()).error().message, HasSubstr("without saying where"));
}

/// A server on the io_context of whoever asks it.
struct Served {
  explicit Served(const ScriptedEndpoint::Answer& answer)
      : server(io, {}, [answer](net::HttpRequest&& request, net::Responder responder) {
          answer(request, responder);
        }) {}

  EndpointOptions at(const std::string& path) const { return {.url = server.origin() + path, .model = "m"}; }

  boost::asio::io_context io;
  net::HttpServer server;
};

std::optional<std::string> no_environment(const std::string&) { return std::nullopt; }

TEST(EndpointAddress, PingAndTheListOfModelsFindItToo) {
  for (const auto& [base, path] : std::vector<std::pair<std::string, std::string>>{
           {"/api", "/api"}, {"", ""}, {"/inference", "/inference/chat/completions"}, {"/v1", ""}}) {
    Served served(served_at(base));
    EXPECT_THAT(bench::discover(served.io, served.at(path), no_environment).models, SizeIs(1)) << base;
    EXPECT_EQ(bench::ping(served.io, served.at(path), no_environment)["text"], "Hi") << base;
  }
  Served moved([](const HttpRequest& request, Responder& responder) {
    if (request.target.starts_with("/v1/")) return responder.send(308, location("/new" + request.target), "");
    served_at("/new/v1")(request, responder);
  });
  EXPECT_THAT(bench::discover(moved.io, moved.at(""), no_environment).models, SizeIs(1));
  EXPECT_EQ(bench::ping(moved.io, moved.at(""), no_environment)["text"], "Hi");
}

}  // namespace
}  // namespace throng::llm
