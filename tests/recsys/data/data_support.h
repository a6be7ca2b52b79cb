#pragma once

#include <string>

#include <gmock/gmock.h>

#include "engine/base/error.h"
#include "recsys/data/dataset.h"
#include "tests/support/temp_folder.h"

namespace throng {

/// The message of the Failure(`kind`) that `action` must end with.
template <class Action>
std::string failure_of(Action action, ErrorKind kind = ErrorKind::data) {
  try {
    action();
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.kind(), kind) << failure.what();
    return failure.what();
  }
  ADD_FAILURE() << "nothing failed";
  return "";
}

inline void expect_equal(const Dataset& a, const Dataset& b) {
  EXPECT_EQ(a.name, b.name);
  EXPECT_EQ(a.item_name, b.item_name);
  EXPECT_EQ(a.user_attributes, b.user_attributes);
  EXPECT_EQ(a.provenance, b.provenance);
  EXPECT_EQ(a.catalogue.genre_names, b.catalogue.genre_names);
  EXPECT_TRUE(a.catalogue.items == b.catalogue.items);
  EXPECT_TRUE(a.users == b.users);
  EXPECT_TRUE(a.interactions.rows() == b.interactions.rows());
  EXPECT_TRUE(a.interactions.columns() == b.interactions.columns());
  EXPECT_EQ(a.interactions.num_users(), b.interactions.num_users());
  EXPECT_EQ(a.interactions.num_items(), b.interactions.num_items());
  EXPECT_TRUE(a.given_split == b.given_split);
}

}  // namespace throng
