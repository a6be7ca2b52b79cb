#pragma once

#include <string>
#include <vector>

#include <CLI/CLI.hpp>

namespace throng {

/// What the command line knows about itself, for what is written from it: completions and the manual page.
struct OptionText {
  std::vector<std::string> names;    ///< "--out" or "-o"; of a positional its one name, such as "SCENARIO"
  bool takes_value = false;          ///< always for a positional
  std::vector<std::string> choices;  ///< the only values there are, if they are few
  std::string description;
};

struct CommandText {
  std::string path;  ///< the words that lead here, such as "throng data import"
  std::string name;  ///< the last of them
  std::string description;
  std::vector<OptionText> options;
  std::vector<OptionText> positionals;
  std::vector<std::size_t> commands;  ///< below this one: places in the list of `command_texts`
};

/// The program first, and every command before those below it.
std::vector<CommandText> command_texts(const CLI::App& program);

}  // namespace throng
