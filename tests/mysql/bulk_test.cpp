// Bulk inserts, each way: every type, escapes, and all or nothing.

#include <algorithm>

#include "fixture.hpp"

namespace iacdb::mysql_tests {
namespace {

class Bulk : public Live, public ::testing::WithParamInterface<const char*> {
 protected:
  Bulk() {
    auto with = settings();
    with.options["bulk"] = GetParam();
    connection_ = connect(with);
  }
  ~Bulk() override {
    try {
      connection_->rollback(call_);
      exec("drop table if exists iacdb_bulk");
    } catch (const Error&) {
    }
  }
  void make(const std::string& columns) {
    exec("create or replace table iacdb_bulk (" + columns + ")");
  }
  std::unique_ptr<detail::BulkSink> sink(std::string_view target = "iacdb_bulk") {
    return connection_->bulk(driver::BulkTarget::parse(target), call_);
  }
  template <class... Args>
  static void write(detail::BulkSink& sink, const Args&... args) {
    const auto packed = detail::pack(args...);
    sink.write(packed.cells);
  }
};

TEST_P(Bulk, EveryTypeArrivesAsItIs) {
  make(
      "a bigint, b double, c decimal(65,30), d varchar(100), e blob, f date, g datetime(6), "
      "h timestamp(6) null, i time(6), j uuid, k json, l boolean");
  const std::string text = "tab\t newline\n back\\slash \\N \r \0 quote' größe 𝄞";
  const std::string with_zero("a\0b", 3);
  Bytes all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  const auto date = Date::parse("2024-02-29");
  const auto stamp = Timestamp::parse("0001-01-01 00:00:00.000001");
  const auto instant = TimestampTz::parse("2024-06-01 12:00:00.5+02");
  const auto uuid = Uuid::parse("550e8400-e29b-41d4-a716-446655440000");
  const auto number = Decimal::parse("-" + std::string(35, '9') + "." + std::string(30, '1'));
  const Interval span{0, 0, -((838LL * 60 + 59) * 60 + 59) * 1'000'000};
  auto s = sink();
  write(*s, std::numeric_limits<std::int64_t>::min(), 0.1, number, text, all, date, stamp, instant,
        Time::parse("23:59:59.000001"), uuid, Json{"{\"a\": \"\\n\"}"}, true);
  write(*s, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
        nullptr, nullptr, nullptr);
  write(*s, 0, -1e300, Decimal::parse("0"), with_zero, Bytes{}, date, stamp, instant, span, uuid,
        Json{"[]"}, false);
  write(*s, 1, 5e-324, Decimal::parse("1.5"), "", all, date, stamp, instant, Time{0}, uuid,
        Json{"1"}, false);
  EXPECT_EQ(s->finish(), 4U);
  s.reset();
  const Rows rows = query("select * from iacdb_bulk order by a is null desc, a");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_TRUE(std::ranges::all_of(rows[0], &Value::is_null));
  const Value padded(Decimal::parse(number.print()));
  EXPECT_EQ(rows[1],
            (std::vector<Value>{std::numeric_limits<std::int64_t>::min(), 0.1, padded, text, all,
                                date, stamp, instant, Time::parse("23:59:59.000001"), uuid,
                                Json{"{\"a\": \"\\n\"}"}, true}));
  EXPECT_EQ(rows[2][1], Value(-1e300));
  EXPECT_EQ(rows[2][3], Value(with_zero));
  EXPECT_EQ(rows[2][8], Value(span));
  EXPECT_EQ(rows[3][1], Value(5e-324));
  EXPECT_EQ(rows[3][4], Value(all));
}

TEST_P(Bulk, BinaryColumnsTakeAnyBytes) {
  make("id int, a blob, b varbinary(300), c binary(4)");
  auto s = sink();
  std::uint32_t random = 12345;
  std::vector<Bytes> written;
  for (int i = 0; i < 500; ++i) {
    Bytes bytes(static_cast<std::size_t>(i % 300));
    for (std::byte& b : bytes)
      b = static_cast<std::byte>((random = random * 1664525 + 1013904223) >> 24);
    Bytes four(4);
    for (std::byte& b : four)
      b = static_cast<std::byte>((random = random * 1664525 + 1013904223) >> 24);
    write(*s, i, bytes, bytes, four);
    written.push_back(bytes);
  }
  EXPECT_EQ(s->finish(), 500U);
  s.reset();
  const Rows rows = query("select a, b from iacdb_bulk order by id");
  for (std::size_t i = 0; i < rows.size(); ++i) {
    ASSERT_EQ(rows[i][0], Value(written[i])) << i;
    ASSERT_EQ(rows[i][1], Value(written[i])) << i;
  }
}

TEST_P(Bulk, ColumnsCanBeNamedAndManyRowsGoInChunks) {
  make("id int auto_increment primary key, a int, b text");
  auto s = sink("iacdb_bulk(b, a)");
  const std::string long_text(1000, 'x');
  for (int i = 0; i < 12'000; ++i) write(*s, long_text, i);
  EXPECT_EQ(s->finish(), 12'000U);
  s.reset();
  EXPECT_EQ(query("select count(*), sum(a), min(length(b)) from iacdb_bulk"),
            (Rows{{12'000, Decimal::parse("71994000"), 1000}}));
  EXPECT_EQ(connection_->state(), driver::SessionState::idle);
  EXPECT_EQ(sink()->finish(), 0U);
}

TEST_P(Bulk, ColumnsWhoseTextMeansSomethingElse) {
  make("a bit(8), b enum('1','2','x'), c set('p','q'), d year");
  connection_ = connect([&] {
    auto with = settings();
    if (std::string_view(GetParam()) != "load_data") with.options["bulk"] = GetParam();
    return with;
  }());
  auto s = sink();
  write(*s, 5, 2, 3, 0);
  write(*s, 255, "x", "q", 2155);
  EXPECT_EQ(s->finish(), 2U);
  s.reset();
  EXPECT_EQ(query("select * from iacdb_bulk"), (Rows{{5, "2", "p,q", 0}, {255, "x", "q", 2155}}));
}

TEST_P(Bulk, ADuplicateUndoesEverything) {
  make("id int primary key, a int");
  exec("insert into iacdb_bulk values (7, 7)");
  auto s = sink();
  for (int i = 0; i < 10; ++i) write(*s, i, i);
  EXPECT_EQ(kind_of([&] { s->finish(); }), ErrorKind::unique_violation);
  EXPECT_EQ(kind_of([&] { s->finish(); }), ErrorKind::usage);
  s.reset();
  EXPECT_EQ(query("select * from iacdb_bulk"), (Rows{{7, 7}}));
  EXPECT_EQ(connection_->state(), driver::SessionState::idle);
}

TEST_P(Bulk, WhatAnInsertWouldRefuseIsRefusedHere) {
  struct Case {
    const char* columns;
    Value bad;
    ErrorKind kind;
  };
  const Case cases[] = {
      {"a tinyint", 1000, ErrorKind::data},
      {"a int", "12x", ErrorKind::data},
      {"a varchar(3)", "long", ErrorKind::data},
      {"a int not null", nullptr, ErrorKind::not_null_violation},
      {"a int check (a > 0)", -1, ErrorKind::check_violation},
      {"a date", "2024-02-30", ErrorKind::data},
      {"a decimal(4,2)", Decimal::parse("100.5"), ErrorKind::data},
      {"a int unsigned", -1, ErrorKind::data},
      {"a json", Json{"{"}, ErrorKind::check_violation},
      {"a varchar(10) character set latin1", "€𝄞", ErrorKind::data},
  };
  for (const Case& test : cases) {
    make(test.columns);
    exec("delete from iacdb_bulk");
    auto s = sink();
    detail::Scratch scratch;
    const Cell good = Cell();
    const Cell cell = detail::cell_of_value(test.bad, scratch);
    if (test.kind != ErrorKind::not_null_violation) s->write({&good, 1});
    s->write({&cell, 1});
    EXPECT_EQ(kind_of([&] { s->finish(); }), test.kind) << test.columns;
    s.reset();
    EXPECT_EQ(one("select count(*) from iacdb_bulk"), Value(0)) << test.columns;
  }
}

TEST_P(Bulk, ARoundedDecimalIsNoErrorAsForInserts) {
  make("a decimal(4,2)");
  auto s = sink();
  write(*s, Decimal::parse("1.255"));
  EXPECT_EQ(s->finish(), 1U);
  s.reset();
  EXPECT_EQ(text("select a from iacdb_bulk"), "1.26");
}

TEST_P(Bulk, InsideATransactionOnlyItsOwnRowsAreUndone) {
  make("id int primary key");
  connection_->begin({}, call_);
  exec("insert into iacdb_bulk values (1)");
  {
    auto s = sink();
    write(*s, 2);
    EXPECT_EQ(s->finish(), 1U);
  }
  {
    auto s = sink();
    write(*s, 3);
    write(*s, 1);
    EXPECT_EQ(kind_of([&] { s->finish(); }), ErrorKind::unique_violation);
  }
  { write(*sink(), 4); }  // Never finished.
  EXPECT_EQ(connection_->state(), driver::SessionState::in_transaction);
  connection_->commit(call_);
  EXPECT_EQ(query("select id from iacdb_bulk order by id"), (Rows{{1}, {2}}));
}

TEST_P(Bulk, WrongRowsAndTargetsAreErrors) {
  make("a int, b int");
  const auto kind_of_row = [&](const auto&... values) {
    auto s = sink();
    write(*s, 1, 2);
    return kind_of([&] {
      write(*s, values...);
      s->finish();
    });
  };
  EXPECT_EQ(kind_of_row(1), ErrorKind::usage);
  EXPECT_EQ(kind_of_row(1, std::vector<int>{1}), ErrorKind::unsupported);
  EXPECT_EQ(kind_of_row(std::numeric_limits<double>::infinity(), 1), ErrorKind::data);
  EXPECT_EQ(kind_of_row(1, "\xff"), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { sink("iacdb_no_such"); }), ErrorKind::undefined_object);
  EXPECT_EQ(kind_of([&] { sink("iacdb_bulk(nope)"); }), ErrorKind::undefined_object);
  EXPECT_EQ(one("select count(*) from iacdb_bulk"), Value(0));
}

INSTANTIATE_TEST_SUITE_P(Ways, Bulk, ::testing::Values("load_data", "arrays", "rows"),
                         [](const auto& way) { return std::string(way.param); });

}  // namespace
}  // namespace iacdb::mysql_tests
