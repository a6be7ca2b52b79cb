#include <memory>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "recsys/data/dataset_folder.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/tables/tables.h"

namespace throng {
namespace {

struct TranscriptsArguments {
  std::string file;
  std::string data;
  bool json = false;
  bool disagreements = false;
};

Dataset load_titled_dataset(const std::string& path) {
  Dataset dataset = load_dataset(path);
  if (!dataset.catalogue.has_titles()) {
    throw Failure(ErrorKind::data, fmt::format("{} has no titles to find in replies", path));
  }
  return dataset;
}

void compare(const TranscriptsArguments& arguments) {
  const Dataset dataset = load_titled_dataset(arguments.data);
  TranscriptReader reader(arguments.file, dataset.catalogue);
  const TranscriptComparison comparison = compare_transcripts(reader, dataset.catalogue);
  if (arguments.json) {
    Json json = transcripts_json(comparison);
    if (arguments.disagreements) json["disagreements"] = pages_in_question_json(comparison);
    fmt::print("{}\n", json.dump());
    return;
  }
  if (arguments.disagreements) fmt::print("{}", pages_in_question_text(comparison));
  fmt::print("{}", transcripts_table(comparison));
}

}  // namespace

void add_transcripts_command(CLI::App& app) {
  auto* command = app.add_subcommand(
      "transcripts", "Read what language models answered as agents, and compare the reading with labels");
  const auto arguments = std::make_shared<TranscriptsArguments>();
  command
      ->add_option("FILE", arguments->file,
                   "A JSON object per line and agent (scenarios/schema/transcript.schema.json)")
      ->required();
  command->add_option("--data", arguments->data, "The dataset folder with the items' titles, or demo")
      ->required();
  command->add_flag("--json", arguments->json, "Print one JSON object");
  command->add_flag("--disagreements", arguments->disagreements,
                    "Also show every page that was read differently, incompletely, or from words alone");
  command->callback([arguments] { compare(*arguments); });
}

}  // namespace throng
