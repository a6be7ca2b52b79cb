// Spoilt inputs must end in a dataset or a Failure(data), whatever the bytes are.
#include <map>

#include <gmock/gmock.h>

#include "engine/base/random.h"
#include "recsys/data/dataset_folder.h"
#include "recsys/import/import.h"
#include "tests/recsys/data/data_support.h"

namespace throng {
namespace {

using Files = std::map<std::string, std::string>;

/// Replaces, removes, repeats or inserts a few bytes; now and then cuts the text short.
std::string mutated(std::string text, std::uint32_t round, std::uint32_t file) {
  constexpr std::string_view bytes = "\",|\n\r\t:;019.-eE{}[]x \0\x80\xC3\xFF";
  const Draws draws(11);
  std::uint32_t n = 0;
  const auto below = [&](std::size_t bound) {
    return draws.below(bound, Purpose("mutation"),
                       {.agent = round, .page = static_cast<std::uint16_t>(file), .item = n++});
  };
  for (std::uint64_t change = 1 + below(4); change > 0 && !text.empty(); --change) {
    const std::size_t at = below(text.size());
    switch (below(9)) {
      case 0:
        text.erase(at, 1 + below(4));
        break;
      case 1:
        text.insert(at, text.substr(below(text.size()), below(12)));
        break;
      case 2:
        text.resize(at);
        break;
      case 3:
      case 4:
      case 5:
        text.insert(at, 1, bytes[below(bytes.size())]);
        break;
      default:
        text[at] = bytes[below(bytes.size())];
    }
  }
  return text;
}

template <class Read>
void expect_no_crash(const Files& files, Read read) {
  const TempFolder folder;
  std::size_t failures = 0;
  constexpr std::uint32_t rounds = 150;
  for (std::uint32_t round = 0; round < rounds; ++round) {
    std::uint32_t number = 0;
    for (const auto& [name, text] : files) {
      const bool chosen = round % files.size() == number;
      folder.write(name, chosen ? mutated(text, round, number) : text);
      ++number;
    }
    try {
      const Dataset dataset = read(folder.path());
      EXPECT_EQ(dataset.interactions.num_users(), dataset.users.size());
      EXPECT_EQ(dataset.interactions.num_items(), dataset.catalogue.size());
    } catch (const Failure& failure) {
      EXPECT_EQ(failure.kind(), ErrorKind::data) << failure.what();
      ++failures;
    }
  }
  EXPECT_GT(failures, 0);
  EXPECT_LT(failures, rounds);
}

template <std::size_t max_bad>
Dataset import_movielens_folder(const std::filesystem::path& folder) {
  return import_dataset("movielens", folder, {.max_bad = max_bad}).dataset;
}

TEST(Mutation, OfADatasetFolder) {
  expect_no_crash(
      {{"items.csv",
        "item_id,title,year,genres,summary,mean_rating\n1,\"A, b\",1999,X|Y,\"s \"\"t\"\"\",4\n2,,,,,\n"},
       {"users.csv",
        "user_id,activity,conformity,diversity,taste,reason,high_rating,low_rating\n"
        "1,1,2,3,t,r,h,l\n2,,,,,,,\n"},
       {"interactions.csv",
        "user_id,item_id,rating,time,split\n1,1,4,5,train\n1,2,0.5,6,test\n2,1,3,-7,validation\n"},
       {"dataset.json", R"({"name":"n","format":1,"counts":{"users":2,"items":2,"interactions":3},)"
                        R"("genres":["X","Y"],"provenance":{"kind":"k","files":[1,{"a":null}]}})"}},
      read_dataset_folder);
}

TEST(Mutation, OfMovieLens100K) {
  const Files files{{"u.genre", "unknown|0\nX|1\n"},
                    {"u.user", "1|40|M|x|11111\n2|41|F|y|22222\n"},
                    {"u.item", "1|A (1995)|01-Jan-1995||http|0|1\n2|B|||h|1|0\n"},
                    {"u.data", "1\t1\t3\t880000001\n2\t2\t5\t890000002\n1\t2\t1\t7\n"}};
  expect_no_crash(files, import_movielens_folder<0>);
  expect_no_crash(files, import_movielens_folder<2>);
}

TEST(Mutation, OfMovieLens1M) {
  expect_no_crash({{"movies.dat", "1::A (1995)::X|Y\n2::B (1996)::Y\n"},
                   {"users.dat", "1::F::18::3::11111\n2::M::45::4::22222\n"},
                   {"ratings.dat", "1::1::5::970000001\n2::1::3::970000002\n2::2::4::1\n"}},
                  import_movielens_folder<1>);
}

TEST(Mutation, OfMovieLensAsCsv) {
  expect_no_crash(
      {{"movies.csv", "movieId,title,genres\n1,\"A, the (1995)\",X|Y\n2,\"\"\"B\"\"\",(no genres listed)\n"},
       {"ratings.csv", "userId,movieId,rating,timestamp\n1,1,4.0,960000001\n1,2,0.5,9\n7,1,3.5,8\n"}},
      import_movielens_folder<1>);
}

TEST(Mutation, OfAgent4Rec) {
  expect_no_crash(
      {{"movie_detail.csv", "movie_id,title,genres,rating,summary\n0,A (1995),X|Y,4.1,s\n1,B,Y,3,\"t, u\"\n"},
       {"user_statistic.csv", "user_id,activity,diversity,conformity\n0,1,2,3\n1,3,2,1\n"},
       {"all_personas_like_modify.csv", "taste,reason,high_rating,low_rating\n a| b,r,h,l\n\"c, d\",r,h,l\n"},
       {"train.txt", "0 0\n"},
       {"valid.txt", "0 1\n1 0\n"},
       {"test.txt", "1 1\n"}},
      [](const std::filesystem::path& folder) {
        return import_dataset("agent4rec", folder, {.max_bad = 1}).dataset;
      });
}

TEST(Mutation, OfAmazonsReviews) {
  expect_no_crash(
      {{"Toys.json", R"({"reviewerID": "A1", "asin": "B1", "overall": 4.0, "unixReviewTime": 900})"
                     "\n"
                     R"({"user_id": "A2", "parent_asin": "B2", "rating": 5, "timestamp": 1588687728923})"
                     "\n"},
       {"meta_Toys.json", "{'asin': 'B1', 'title': u'T\\xe9', 'categories': [['Toys', 'Dice']]}\n"}},
      [](const std::filesystem::path& folder) {
        return import_dataset("amazon", folder, {.max_bad = 1}).dataset;
      });
}

TEST(Mutation, OfSteamsUsersAndItems) {
  expect_no_crash(
      {{"australian_users_items.json",
        "{'user_id': 'a', 'items': [{'item_id': '10', 'item_name': \"T's\", 'playtime_forever': 60}]}\n"
        "{'user_id': 'b', 'items': [{'item_id': '20', 'item_name': 'U', 'playtime_forever': 6}]}\n"},
       {"steam_games.json",
        "{u'id': u'20', u'app_name': u'U', u'genres': [u'Indie'], u'release_date': u'2011-1-1'}\n"}},
      [](const std::filesystem::path& folder) {
        return import_dataset("steam", folder, {.max_bad = 1}).dataset;
      });
}

TEST(Mutation, OfSteamsHours) {
  expect_no_crash({{"hours.csv", "user-id,game-title,value,\n7,\"One, Two\",10,1\n7,Solo,0.5,\n9,Solo,3,\n"}},
                  [](const std::filesystem::path& folder) {
                    return import_dataset("steam", folder, {.max_bad = 1}).dataset;
                  });
}

TEST(Mutation, OfColumns) {
  expect_no_crash({{"a.csv", "a,x,4,2014-07-31,\"T, t\",X|Y\nb,x,3,1588687728,T,\nb,y,5,7,U,Z\n"}},
                  [](const std::filesystem::path& folder) {
                    const CsvFormat format{.rating = "3", .time = "4", .header = false};
                    return import_dataset("csv", folder, {.max_bad = 1, .csv = format}).dataset;
                  });
}

TEST(Mutation, OfRecBolesAtomicFiles) {
  expect_no_crash(
      {{"x.inter",
        "user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\t7\t4\t881250949\n2\t8\t3.5\t9e8\n"},
       {"x.item", "item_id:token\ttitle:token_seq\tgenre:token_seq\n7\tA b\tX Y\n8\tB\tY\n"}},
      [](const std::filesystem::path& folder) {
        return import_dataset("recbole", folder, {.max_bad = 1}).dataset;
      });
}

TEST(Mutation, OfTriples) {
  expect_no_crash({{"x.csv", "1 7 4 881250949\n2 7 3 881250950\n2 8 1 881250951\n"}},
                  [](const std::filesystem::path& folder) {
                    return import_dataset("triples", folder, {.max_bad = 1}).dataset;
                  });
}

TEST(Mutation, OfJsonObjects) {
  expect_no_crash(
      {{"x.json",
        R"([{"u": {"id": 1}, "i": "a", "r": 4, "t": "2014-07-31T23:59:01Z", "g": ["x", {"$n": 1}]},)"
        "\n"
        R"( {"u": {"id": 2.0}, "i": "b\u00e9", "r": "3.5", "t": 1406851141000, "g": "x|y"}])"}},
      [](const std::filesystem::path& folder) {
        const CsvFormat format{.user = "u.id", .item = "i", .rating = "r", .time = "t", .genres = "g"};
        try {
          return import_dataset("json", folder, {.max_bad = 1, .csv = format}).dataset;
        } catch (const Failure& failure) {  // a key that is no more is the caller's fault
          throw Failure(ErrorKind::data, failure.what());
        }
      });
}

}  // namespace
}  // namespace throng
