#include <memory>

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>

#include "engine/base/text.h"
#include "llm/bench/discovery.h"
#include "llm/bench/ping.h"
#include "scenarios/cli/arguments.h"
#include "scenarios/cli/command_line.h"

namespace throng {

void add_llm_command(CLI::App& app) {
  auto* llm = app.add_subcommand("llm", "Language model endpoints");
  llm->require_subcommand(1);
  add_llm_mock_command(*llm);
  add_llm_bench_command(*llm);
  add_llm_ping_command(*llm);
}

namespace {

struct PingArguments {
  EndpointArguments endpoint;
  bool json = false;
};

std::string text_of(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_float()) return fmt::format("{:.2f}", value.get<double>());
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  return value.is_null() ? "-" : value.dump();
}

void print_members(const char* heading, const Json& object) {
  if (object.empty()) return;
  fmt::print("\n{}\n", heading);
  for (const auto& [name, value] : object.items())
    fmt::print("  {:<32}{}\n", printable(name), printable(text_of(value)));
}

void print_text(const Json& pong) {
  fmt::print("{} at {}\n", printable(pong["model"].get<std::string>()),
             printable(pong["url"].get<std::string>()));
  print_members("fresh connection, ms", pong["connection_ms"]);
  print_members("call, ms", pong["timings_ms"]);
  print_members("capabilities", pong["capabilities"]);
  print_members("reply", {{"text", pong["text"]},
                          {"finish", pong["finish"]},
                          {"fits the schema", pong["fits_schema"]},
                          {"taken out of", pong["taken_from"].get_ref<const std::string&>().empty()
                                               ? Json("nothing, it stood bare")
                                               : pong["taken_from"]},
                          {"requests until it was taken", pong["attempts"]}});
  print_members("usage, tokens", pong["usage"]);
  print_members("rate limits", pong["rate_limit_headers"]);
  std::string models;
  for (const Json& model : pong["models"]) models += (models.empty() ? "" : ", ") + model.get<std::string>();
  print_members("models", {{"listed", models.empty() ? "none" : models}});
}

void ping_endpoint(const PingArguments& arguments) {
  boost::asio::io_context io;
  const llm::Environment environment = llm::process_environment();
  llm::EndpointOptions options = endpoint_options(arguments.endpoint);
  const llm::bench::Discovery discovery = llm::bench::discover(io, options, environment);
  if (options.model.empty()) options.model = model_of(discovery);
  Json pong = llm::bench::ping(io, options, environment);
  pong["models"] = Json::array();
  for (const llm::ModelInfo& model : discovery.models) pong["models"].push_back(model.id);
  if (arguments.json) {
    fmt::print("{}\n", pong.dump(-1, ' ', false, Json::error_handler_t::replace));
  } else {
    print_text(pong);
  }
}

}  // namespace

void add_llm_ping_command(CLI::App& llm) {
  auto* command =
      llm.add_subcommand("ping", "Make one call to an endpoint and show its timings and what it can do");
  const auto arguments = std::make_shared<PingArguments>();
  add_endpoint_arguments(*command, arguments->endpoint);
  command->add_flag("--json", arguments->json, "Print one JSON object");
  command->callback([arguments] { ping_endpoint(*arguments); });
}

}  // namespace throng
