#pragma once

#include "engine/base/json.h"

namespace throng {

/// A scenario, or any part of one, as it may be written down and shown: the values that it states for headers, and what stands
/// before the @ of an address, are replaced by "[redacted]". Names of environment variables stay. These are all
/// operational, so that what is written can be resumed and replayed; asking an endpoint takes the scenario as it was.
Json written_form(Json part);

}  // namespace throng
