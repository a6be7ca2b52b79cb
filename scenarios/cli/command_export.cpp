#include <memory>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/files.h"
#include "scenarios/cli/command_line.h"
#include "scenarios/transcripts/run_export.h"

namespace throng {
namespace {

void write_export(const std::string& file, const std::string& run, const char* lines,
                  std::size_t (*write)(const std::filesystem::path&, std::ostream&)) {
  if (file.empty()) return;
  AtomicFile atomic(file);
  const std::size_t count = write(run, atomic.out());
  atomic.commit();
  fmt::print("  {}: {} {}\n", file, count, lines);
}

}  // namespace

void add_export_command(CLI::App& app) {
  struct Arguments {
    std::string folder;
    std::string calls;
    std::string transcripts;
  };
  auto* command = app.add_subcommand("export", "Write a run's prompts and replies as JSON lines");
  const auto arguments = std::make_shared<Arguments>();
  command->add_option("RUN", arguments->folder, "The run folder")->required();
  command->add_option("--jsonl", arguments->calls,
                      "Write every call of a language model into this file, one a line: messages, reply, "
                      "tokens (docs/transcripts.md)");
  command->add_option("--transcripts", arguments->transcripts,
                      "Write what agents did into this file, one session a line, as throng transcripts "
                      "reads it");
  command->callback([arguments] {
    if (arguments->calls.empty() && arguments->transcripts.empty())
      throw Failure(ErrorKind::usage, "nothing to write: --jsonl FILE, --transcripts FILE, or both");
    write_export(arguments->calls, arguments->folder, "calls", export_calls);
    write_export(arguments->transcripts, arguments->folder, "sessions", export_transcripts);
  });
}

}  // namespace throng
