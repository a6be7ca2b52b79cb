#pragma once

#include "recsys/data/dataset.h"

namespace throng {

/// The demo world: about 400 real films (recsys/data/demo/films.csv) and 1000 synthetic users with synthetic
/// ratings, the same everywhere. No real person's data is in it, and nothing about real people follows from
/// it.
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
Dataset make_demo_world();

}  // namespace throng
