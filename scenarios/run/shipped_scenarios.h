#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace throng {

/// The scenario files of the project's folder scenarios/, which are built in: `throng run demo` works from anywhere. Names
/// as of the files, without ".json", in order.
std::vector<std::string> shipped_scenario_names();

/// The text of the shipped scenario with this name.
std::optional<std::string_view> shipped_scenario(std::string_view name);

}  // namespace throng
