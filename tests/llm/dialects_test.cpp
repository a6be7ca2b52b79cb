// The recipes of docs/endpoints.md, each at the mock that speaks the provider's dialect.
#include <fstream>

#include <boost/algorithm/string/replace.hpp>
#include <boost/asio/io_context.hpp>
#include <gmock/gmock.h>

#include "engine/http/url.h"
#include "llm/bench/ping.h"
#include "llm/client.h"
#include "llm/mock/mock_server.h"
#include "llm/wire/structured_output.h"

namespace throng::llm {
namespace {

using mock::dialect_names;
using mock::dialect_of;
using mock::MockOptions;
using mock::MockServer;
using ::testing::ElementsAreArray;

struct Recipe {
  std::string dialect;
  Json entry;
};

/// The rows "| provider | `dialect` | `entry` |".
std::vector<Recipe> recipes() {
  std::ifstream page(std::string(THRONG_SOURCE_DIR) + "/docs/endpoints.md");
  std::vector<Recipe> recipes;
  for (std::string line; std::getline(page, line);) {
    const std::size_t entry = line.find("`{\"url\"");
    if (!line.starts_with('|') || entry == std::string::npos) continue;
    const std::size_t end = line.rfind('`');
    const std::size_t name_end = line.rfind('`', entry - 1);
    const std::size_t name = line.rfind('`', name_end - 1) + 1;
    recipes.push_back(
        {line.substr(name, name_end - name), Json::parse(line.substr(entry + 1, end - entry - 1))});
  }
  return recipes;
}

std::optional<std::string> a_key(const std::string&) { return "sk-a-key-that-is-none"; }

/// A dialect's mock, and a recipe whose host it stands for.
class Provider {
 public:
  explicit Provider(const Recipe& recipe, double refused_prompts = 0)
      : server_(io_, options(recipe, refused_prompts)) {
    Json entry = recipe.entry;
    const auto url = net::parse_url(entry["url"].get<std::string>()).value();
    const auto mock = net::parse_url(server_.url()).value();
    entry["url"] = mock.origin() + (url.target == "/" ? "" : url.target);
    endpoint_ = read_endpoint(entry, "").value();
    if (recipe.dialect == "azure") endpoint_.api = Api::azure;
    ClientOptions options;
    options.plan.retry.first_delay = std::chrono::milliseconds(5);
    client_.emplace(io_, std::vector{endpoint_}, a_key, options);
  }

  std::vector<CallResult<Reply>> ask(int calls, bool stream) {
    std::vector<CallResult<Reply>> results;
    for (int call = 0; call < calls; ++call) {
      ChatRequest request{.model = endpoint_.model, .messages = {{Role::user, std::to_string(call)}}};
      request.schema = schema();
      request.seed = 7;
      request.temperature = 0.5;
      request.max_tokens = 200;
      request.stream = stream;
      client_->complete(std::move(request), 0,
                        [&](CallResult<Reply> got) { results.push_back(std::move(got)); });
    }
    while (std::ssize(results) < calls) io_.run_one();
    return results;
  }

  static std::shared_ptr<const OutputSchema> schema() {
    static const auto compiled =
        OutputSchema::compile(
            "answer", Json::parse(R"({"type": "object", "required": ["score"], "additionalProperties": false,
          "properties": {"score": {"type": "integer", "minimum": 1, "maximum": 5}}})"))
            .value();
    return compiled;
  }

  Json ping() { return bench::ping(io_, endpoint_, a_key); }

 private:
  static MockOptions options(const Recipe& recipe, double refused_prompts) {
    MockOptions options;
    options.dialect = dialect_of(recipe.dialect);
    options.refused_prompts = refused_prompts;
    return options;
  }

  boost::asio::io_context io_;
  MockServer server_;
  EndpointOptions endpoint_;
  std::optional<Client> client_;
};

TEST(Dialects, EachHasARecipe) {
  std::vector<std::string> names;
  for (const Recipe& recipe : recipes()) names.push_back(recipe.dialect);
  EXPECT_THAT(names, ElementsAreArray(dialect_names()));
}

TEST(Dialects, EveryRecipeGetsRepliesThatCanBeUsedStreamedOrNot) {
  for (const Recipe& recipe : recipes()) {
    for (const bool stream : {false, true}) {
      Provider provider(recipe);
      for (const CallResult<Reply>& result : provider.ask(5, stream)) {
        ASSERT_TRUE(result) << recipe.dialect << ": " << result.error().message;
        EXPECT_TRUE(std::holds_alternative<Output>(read_output(result->completion, *Provider::schema())))
            << recipe.dialect << ": " << result->completion.text;
        EXPECT_EQ(result->completion.usage.source, UsageSource::server) << recipe.dialect;
        EXPECT_EQ(result->completion.finish, FinishReason::stop) << recipe.dialect;
      }
    }
    Provider provider(recipe);
    EXPECT_EQ(provider.ping()["fits_schema"], true) << recipe.dialect;
  }
}

TEST(Dialects, ARefusedPromptIsAReplyInEveryProvidersWords) {
  for (const Recipe& recipe : recipes()) {
    if (!dialect_of(recipe.dialect).refused_prompt) continue;
    Provider provider(recipe, 0.3);
    int declined = 0;
    for (const CallResult<Reply>& result : provider.ask(40, false)) {
      if (result) continue;
      ++declined;
      EXPECT_EQ(result.error().fault, CallFault::declined)
          << recipe.dialect << ": " << result.error().message;
      EXPECT_EQ(result.error().report.attempts, 1) << recipe.dialect;
    }
    EXPECT_GT(declined, 2) << recipe.dialect;
    EXPECT_LT(declined, 30) << recipe.dialect;
  }
}

}  // namespace
}  // namespace throng::llm
