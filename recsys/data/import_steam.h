#pragma once

#include <span>

#include "recsys/data/import_source.h"

namespace throng {

/// Steam, plain or gzip, recognised by the content of the file: play hours as CSV (user, title, hours; or user, title,
/// "purchase" or "play", hours), McAuley's steam_reviews, australian_users_items (objects a line, JSON or Python literals;
/// hours or minutes played) or australian_user_reviews (recommended or not: rating 5 or 1; the others: see
/// rate_by_hours). `steam_games` beside it, or the file that the options name, gives titles, years and
/// genres (the tags of games without genres); play hours find their games by the letters and digits of the title. Users and items are
/// those of the interactions, in their order. Hours of several rows of one user and game add up.
Dataset import_steam(ImportSource& source);

/// Turns hours played, which stand in place of the ratings, into ratings 1 to 5: the fifth of all the hours above 0 in which they
/// lie (equal hours in the middle of their ranks). 0 hours, owned but not played, become 0.5. So ratings say how
/// strongly a user took to a game, whatever the unit.
void rate_by_hours(std::span<Interaction> rows);

}  // namespace throng
