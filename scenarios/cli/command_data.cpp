#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/base/printable.h"
#include "recsys/data/dataset_folder.h"
#include "recsys/data/import.h"
#include "recsys/data/load.h"
#include "scenarios/cli/commands.h"
#include "scenarios/report/dataset_tables.h"

namespace throng {
namespace {

struct ImportArguments {
  std::string kind;
  std::string source;
  std::string out;
  ImportOptions options;
};

void import(const ImportArguments& arguments) {
  const Imported imported = import_dataset(arguments.kind, arguments.source, arguments.options);
  write_dataset_folder(imported.dataset, arguments.out);
  for (const BadLine& bad : imported.skipped) {
    fmt::print(stderr, "skipped {}:{}: {}\n", printable(bad.file), bad.line, printable(bad.reason));
  }
  const Dataset& dataset = imported.dataset;
  fmt::print("{}: {} users, {} items, {} interactions written to {}\n", dataset.name, dataset.users.size(),
             dataset.catalogue.size(), dataset.interactions.size(), arguments.out);
}

}  // namespace

void add_data_command(CLI::App& app) {
  auto* data = app.add_subcommand("data", "Import and describe datasets");
  data->require_subcommand(1);

  auto* import_command = data->add_subcommand("import", "Turn a published dataset into a dataset folder");
  const auto arguments = std::make_shared<ImportArguments>();
  import_command->add_option("KIND", arguments->kind, fmt::format("{}", fmt::join(import_kinds(), " or ")))
      ->required();
  import_command->add_option("SOURCE", arguments->source, "The folder with the dataset's files")->required();
  import_command->add_option("-o,--out", arguments->out, "The dataset folder to write")->required();
  import_command
      ->add_option("--max-bad", arguments->options.max_bad,
                   "Skip and count up to this many malformed lines (default: stop at the first)")
      ->check(not_negative);
  import_command->callback([arguments] { import(*arguments); });

  auto* describe_command = data->add_subcommand("describe", "Print what is in a dataset folder");
  const auto path = std::make_shared<std::string>();
  describe_command->add_option("DIR", *path, "The dataset folder, or demo")->required();
  describe_command->callback([path] { fmt::print("{}", dataset_tables(load_dataset(*path))); });
}

}  // namespace throng
