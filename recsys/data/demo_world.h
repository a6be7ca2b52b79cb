#pragma once

#include <cstdint>

#include "recsys/data/dataset.h"

namespace throng {

/// The seed of every synthetic world: they are the same everywhere.
inline constexpr std::uint64_t kSyntheticSeed = 20240711;

/// Gives a catalogue with genres, which has no users yet, synthetic users with ratings and times.
///
/// With N a standard normal number and U a uniform one, drawn anew for everything they stand in:
///   latent space   8 dimensions. A genre g has e_g = N. A film i has v_i = unit(mean of its e_g + 0.6 N).
///   a user u       1 to 5 favourite genres; w_u = unit(mean of their e_g + 0.6 N); match m_ui = w_u . v_i
///   film quality   q_i = 0.5 N
///   popularity     films are ranked by q_i + 0.5 N, best first; p_i = (rank + 8)^-1.5, rank from 0
///   how many       20 + exp(3.4 + 0.75 N), at most 200: a median near 50, a long tail
///   which films    without replacement, with weight p_i exp(8 m_ui): the largest log p_i + 8 m_ui + Gumbel;
///   their ratings  3.05 + 0.35 N_u + q_i + s_u m_ui + 0.8 N, rounded, clipped to 1 .. 5;
///                  s_u = 0.1 + 1.4 U_u is how far the user's own taste moves the user from everybody's
///                  opinion
///   times          in a random order; the first in 2023, then gaps of 1 s + exponential, mean 2 days
void add_synthetic_users(Dataset& dataset, std::uint32_t users);

/// The demo world: about 400 real films (recsys/data/demo/films.csv) and 1000 synthetic users with synthetic
/// ratings, the same everywhere. No real person's data is in it, and nothing about real people follows from
/// it. How the users are made: add_synthetic_users.
Dataset make_demo_world();

/// `items` items of 1 to 3 genres without a story, "Item 1" and so on, and `users` synthetic users: for runs of any
/// size. Both are at least 1.
Dataset make_synthetic_world(std::uint32_t users, std::uint32_t items);

}  // namespace throng
