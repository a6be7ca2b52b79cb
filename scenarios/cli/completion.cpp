#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/cli/command_line.h"
#include "scenarios/scenario/scenario.h"

namespace throng {
namespace {

using Texts = std::vector<CommandText>;

/// In single quotes, as bash and zsh read them.
std::string quoted(const std::string& text) {
  return fmt::format("'{}'", CLI::detail::find_and_replace(text, "'", "'\\''"));
}

/// In single quotes, as fish reads them.
std::string fish_quoted(const std::string& text) {
  const std::string slashes = CLI::detail::find_and_replace(text, "\\", "\\\\");
  return fmt::format("'{}'", CLI::detail::find_and_replace(slashes, "'", "\\'"));
}

/// A name and what it means, as zsh's _describe takes them: a colon parts the two.
std::string described(const std::string& name, const std::string& description) {
  return quoted(CLI::detail::find_and_replace(name, ":", "\\:") + ":" + description);
}

/// What a positional may be beside a file.
std::vector<std::string> values_of(const OptionText& positional) {
  return positional.names.front() == "SCENARIO" ? shipped_scenario_names() : positional.choices;
}

/// The `case` patterns of all commands but the program itself.
std::string paths_pattern(const Texts& texts) {
  std::vector<std::string> paths;
  for (const CommandText& command : texts) paths.push_back(quoted(command.path));
  return fmt::format("{}", fmt::join(paths.begin() + 1, paths.end(), " | "));
}

/// For every option that takes a value a branch of `case "COMMAND OPTION"`: its choices, or else `files`.
std::string value_branches(const Texts& texts, std::string_view offer, std::string_view files) {
  std::string branches;
  for (const CommandText& command : texts) {
    for (const OptionText& option : command.options) {
      if (!option.takes_value) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : option.names) patterns.push_back(quoted(command.path + " " + name));
      const std::string action = option.choices.empty()
                                     ? std::string(files)
                                     : fmt::format(fmt::runtime(offer), fmt::join(option.choices, " "));
      branches += fmt::format("    {}) {}; return ;;\n", fmt::join(patterns, " | "), action);
    }
  }
  return branches;
}

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

std::string bash_completion(const Texts& texts) {
  std::string words;
  for (const CommandText& command : texts) {
    std::vector<std::string> offered;
    for (const std::size_t below : command.commands) offered.push_back(texts[below].name);
    for (const OptionText& positional : command.positionals) {
      for (const std::string& value : values_of(positional)) offered.push_back(value);
    }
    for (const OptionText& option : command.options)
      offered.insert(offered.end(), option.names.begin(), option.names.end());
    words += fmt::format("    {}) words={} ;;\n", quoted(command.path),
                         quoted(fmt::format("{}", fmt::join(offered, " "))));
  }
  return fmt::format(R"(# Completion of throng for bash; written by `throng completion bash`.
_throng() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} at=throng word words=
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case "$at $word" in
      {}) at="$at $word" ;;
    esac
  done
  COMPREPLY=()
  case "$at ${{COMP_WORDS[COMP_CWORD-1]}}" in
{}  esac
  case "$at" in
{}  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -o bashdefault -F _throng throng
)",
                     paths_pattern(texts),
                     value_branches(texts, "COMPREPLY=($(compgen -W '{}' -- \"$current\"))", ":"), words);
}

std::string zsh_completion(const Texts& texts) {
  std::string lists;
  for (const CommandText& command : texts) {
    std::vector<std::string> commands, options;
    for (const std::size_t below : command.commands)
      commands.push_back(described(texts[below].name, texts[below].description));
    for (const OptionText& positional : command.positionals) {
      for (const std::string& value : values_of(positional))
        commands.push_back(described(value, positional.description));
    }
    for (const OptionText& option : command.options) {
      for (const std::string& name : option.names) options.push_back(described(name, option.description));
    }
    lists += fmt::format("    {})\n      commands=({})\n      options=({}) ;;\n", quoted(command.path),
                         fmt::join(commands, " "), fmt::join(options, " "));
  }
  return fmt::format(R"(#compdef throng
# Completion of throng for zsh; written by `throng completion zsh`.
_throng() {{
  local at=throng word
  local -a commands options
  for word in ${{words[2,CURRENT-1]}}; do
    case "$at $word" in
      {}) at="$at $word" ;;
    esac
  done
  case "$at ${{words[CURRENT-1]}}" in
{}  esac
  case "$at" in
{}  esac
  if [[ ${{words[CURRENT]}} == -* ]]; then
    _describe option options
  else
    (( $#commands )) && _describe command commands
    [[ $at == throng ]] || _files
  fi
}}
if [[ $funcstack[1] == _throng ]]; then _throng "$@"; else compdef _throng throng; fi
)",
                     paths_pattern(texts), value_branches(texts, "compadd {}", "_files"), lists);
}

std::string fish_completion(const Texts& texts) {
  std::string lines;
  for (const CommandText& command : texts) {
    const std::string at = fmt::format("complete -c throng -n {}", quoted("__throng_at " + command.path));
    for (const std::size_t below : command.commands) {
      lines += fmt::format("{} -f -a {} -d {}\n", at, fish_quoted(texts[below].name),
                           fish_quoted(texts[below].description));
    }
    for (const OptionText& positional : command.positionals) {
      const std::vector<std::string> values = values_of(positional);
      if (!values.empty()) {
        lines += fmt::format("{} -a {} -d {}\n", at, fish_quoted(fmt::format("{}", fmt::join(values, " "))),
                             fish_quoted(positional.description));
      }
    }
    for (const OptionText& option : command.options) {
      std::string line = at;
      for (const std::string& name : option.names)
        line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (!option.choices.empty()) {
        line += fmt::format(" -x -a {}", fish_quoted(fmt::format("{}", fmt::join(option.choices, " "))));
      } else if (option.takes_value) {
        line += " -r";
      }
      lines += fmt::format("{} -d {}\n", line, fish_quoted(option.description));
    }
  }
  std::string paths;
  for (auto command = texts.begin() + 1; command != texts.end(); ++command)
    paths += " " + fish_quoted(command->path);
  return fmt::format(R"(# Completion of throng for fish; written by `throng completion fish`.
function __throng_at
  set -l at throng
  for word in (commandline -opc)[2..-1]
    if contains -- "$at $word"{}
      set at "$at $word"
    end
  end
  test "$at" = "$argv"
end
complete -c throng -n '__throng_at throng' -f
{})",
                     paths, lines);
}

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
