// Full-text search through FullText: the same words find the same rows on every database.

#include <iacdb/full_text.hpp>

#include "conformance/suite.hpp"

namespace iacdb::conformance {
namespace {

IACDB_CONFORMANCE(FullTextSearch);

TEST_P(FullTextSearch, EveryWordMustBeThere) {
  IACDB_NEEDS(Capability::full_text);
  const std::string t = unique("docs");
  db->exec(named(types().full_text_table, t));
  at_end("drop table if exists " + t);
  const FullText text(db->can(), t, {"title", "body"});
  for (const std::string& sql : text.index(t + "_text")) db->exec(sql);
  const std::vector<std::tuple<std::string, std::string>> rows{
      {"zebra", "grazing quietly near water"},
      {"elephant", "swimming through deep water"},
      {"elephant", "elephant after elephant"},
      {"quote's \"mark\"", "nothing here"}};
  db->bulk_insert(t + "(title, body)", rows);
  const auto found = [&](std::string_view typed) {
    return db
        ->query<std::string>("select body from " + t + " where " + text.where() + " order by " +
                                 text.rank() + " desc, body",
                             arg("search", text.search(typed)))
        .all();
  };
  EXPECT_EQ(found("elephant water"), std::vector<std::string>{"swimming through deep water"});
  EXPECT_EQ(found("elephant").at(0), "elephant after elephant");
  EXPECT_EQ(found("elephant").size(), 2u);
  EXPECT_EQ(found("zebra elephant"), std::vector<std::string>{});
  EXPECT_EQ(found("mark"), std::vector<std::string>{"nothing here"});
}

TEST_P(FullTextSearch, WhateverIsTypedIsNoSyntax) {
  IACDB_NEEDS(Capability::full_text);
  const std::string t = unique("docs");
  db->exec(named(types().full_text_table, t));
  at_end("drop table if exists " + t);
  const FullText text(db->can(), t, {"title", "body"});
  for (const std::string& sql : text.index(t + "_text")) db->exec(sql);
  db->bulk_insert(t + "(title, body)",
                  std::vector<std::tuple<std::string, std::string>>{{"zebra", "water"}});
  for (const char* typed : {"", "\"", "'", "*", "zebra*", "-", "+", "(", "a AND", "NEAR(",
                            "{x} : y", "@>", "zebra\" OR 1", "<->", "\\", "%", "? :search"}) {
    EXPECT_NO_THROW(db->query<std::string>("select body from " + t + " where " + text.where(),
                                           arg("search", text.search(typed)))
                        .all())
        << typed;
  }
}

}  // namespace
}  // namespace iacdb::conformance
