#pragma once

#include "recsys/data/dataset.h"

namespace throng {

/// The demo world: about 400 real films (recsys/data/demo/films.csv) and 1000 synthetic users with synthetic
/// ratings, the same everywhere. No real person's data is in it, and nothing about real people follows from
/// it. How the users are made: synthetic_users.h.
Dataset make_demo_world();

/// `items` items of 1 to 3 genres without a story, "Item 1" and so on, and `users` synthetic users: for runs of any
/// size. Both are at least 1.
Dataset make_synthetic_world(std::uint32_t users, std::uint32_t items);

}  // namespace throng
