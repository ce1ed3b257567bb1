#include "iacdb/full_text.hpp"

#include <gtest/gtest.h>

#include "iacdb/error.hpp"

namespace iacdb {
namespace {

Capabilities database(std::string backend) {
  Capabilities can;
  can.backend = std::move(backend);
  can.set(Capability::full_text);
  return can;
}

TEST(FullText, NamesAreQuotedTheDatabasesWay) {
  const FullText postgres(database("postgres"), "the \"t\"", {"a", "b"}, "simple");
  EXPECT_EQ(postgres.where(),
            "to_tsvector('simple', coalesce(\"a\", '') || ' ' || coalesce(\"b\", '')) @@ "
            "plainto_tsquery('simple', :search)");
  EXPECT_NE(postgres.index("i").at(0).find("on \"the \"\"t\"\"\" using gin"), std::string::npos);
  const FullText mysql(database("mysql"), "t", {"a`b"});
  EXPECT_EQ(mysql.where(), "match (`a``b`) against (:search in boolean mode)");
  EXPECT_EQ(mysql.index("i").at(0), "create fulltext index `i` on `t` (`a``b`)");
  const FullText sqlite(database("sqlite"), "t", {"a", "b"});
  EXPECT_EQ(sqlite.where(), "\"t\" match :search");
  EXPECT_TRUE(sqlite.index("i").empty());
}

TEST(FullText, OperatorsThatSomebodyTypedMeanNothing) {
  const std::string typed = "red \"tea-pot' OR* (caf\xC3\xA9) -x+ {a} : NEAR";
  EXPECT_EQ(FullText(database("postgres"), "t", {"a"}).search(typed),
            "red tea pot OR caf\xC3\xA9 x a NEAR");
  EXPECT_EQ(FullText(database("mysql"), "t", {"a"}).search("+red -tea*"), "+\"red\" +\"tea\"");
  EXPECT_EQ(FullText(database("sqlite"), "t", {"a"}).search("red OR \"tea"),
            "{\"a\"} : (\"red\" AND \"OR\" AND \"tea\")");
  EXPECT_EQ(FullText(database("sqlite"), "t", {"a"}).search(" -+ "), "\"\"");
}

TEST(FullText, WhatCannotBeIsRefused) {
  EXPECT_THROW(FullText(Capabilities(), "t", {"a"}), UnsupportedError);
  EXPECT_THROW(FullText(database("postgres"), "t", {}), UsageError);
  EXPECT_THROW(FullText(database("postgres"), "", {"a"}), UsageError);
  EXPECT_THROW(FullText(database("postgres"), "t", {"a"}, "x'); drop"), UsageError);
}

}  // namespace
}  // namespace iacdb
