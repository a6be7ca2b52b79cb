#include "scenarios/cli/man_page.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace throng {
namespace {

/// A backslash starts a command of roff, a hyphen would become a typographic one, a dot or an apostrophe at the beginning
/// of a line a request.
std::string roff(const std::string& text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\')
      out += "\\e";
    else if (c == '-')
      out += "\\-";
    else
      out += c;
    line_begins = c == '\n';
  }
  return out;
}

std::string options_of(const std::vector<OptionText>& options) {
  std::string out;
  for (const OptionText& option : options) {
    if (option.names.front().starts_with("--help")) continue;  // every command has it
    const bool positional = !option.names.front().starts_with('-');
    std::string value;
    if (!option.choices.empty())
      value = fmt::format(" {}", fmt::join(option.choices, "|"));
    else if (option.takes_value && !positional)
      value = " VALUE";
    out += fmt::format(".TP\n.B {}{}\n{}\n", roff(fmt::format("{}", fmt::join(option.names, ", "))),
                       roff(value), roff(option.description));
  }
  return out;
}

}  // namespace

std::string man_page(const std::vector<CommandText>& texts, const std::string& version,
                     const std::string& notes) {
  std::string out = fmt::format(
      ".TH THRONG 1 \"\" \"throng {}\"\n.SH NAME\nthrong \\- a population of users in front of a recommender "
      "system\n"
      ".SH SYNOPSIS\n.B throng\n.I COMMAND\n[options]\n.SH DESCRIPTION\n{}\n.SH COMMANDS\n",
      version, roff(texts.front().description));
  for (auto command = texts.begin() + 1; command != texts.end(); ++command) {
    std::string synopsis = command->path;
    for (const OptionText& positional : command->positionals) synopsis += " " + positional.names.front();
    out += fmt::format(".SS {}\n{}\n{}{}", roff(synopsis), roff(command->description),
                       options_of(command->positionals), options_of(command->options));
  }
  return out + fmt::format(".SH NOTES\n.nf\n{}\n.fi\n", roff(notes));
}

}  // namespace throng
