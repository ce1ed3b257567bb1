#include <algorithm>
#include <cstring>

#include "fixture.hpp"

namespace iacdb::postgres_tests {
namespace {

using namespace std::chrono_literals;
using driver::BulkTarget;

/// A value of one repeated byte, made as it is read.
class Repeated : public ByteSource {
 public:
  Repeated(std::uint64_t announced, std::uint64_t real, char byte)
      : announced_(announced), left_(real), byte_(byte) {}
  std::uint64_t size_bytes() const override { return announced_; }
  std::size_t read(std::span<std::byte> into) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left_));
    std::memset(into.data(), byte_, count);
    left_ -= count;
    return count;
  }

 private:
  std::uint64_t announced_;
  std::uint64_t left_;
  char byte_;
};

class Streams : public Live {
 protected:
  std::uint64_t bulk(std::string_view target, const std::vector<std::vector<Cell>>& rows) {
    const auto sink = connection_->bulk(BulkTarget::parse(target), call_);
    for (const auto& row : rows) sink->write(row);
    return sink->finish();
  }
};

TEST_F(Streams, CopyInAndOut) {
  exec("create temp table t(a int, b text)");
  std::string data = "1\tone\n2\t\\N\n";
  const auto source = [&data](std::span<std::byte> into) {
    const std::size_t count = std::min<std::size_t>({into.size(), data.size(), 3});
    std::memcpy(into.data(), data.data(), count);
    data.erase(0, count);
    return count;
  };
  EXPECT_EQ(connection_->copy_in("copy t from stdin", source, call_), 2U);
  std::string out;
  const auto sink = [&out](BytesView piece) { out += base::as_text(piece); };
  EXPECT_EQ(connection_->copy_out("copy t to stdout (format csv, null 'nil')", sink, call_), 2U);
  EXPECT_EQ(out, "1,one\n2,nil\n");
}

TEST_F(Streams, CopyThatFailsLeavesTheConnection) {
  exec("create temp table t(a int)");
  const auto bad = [sent = false](std::span<std::byte> into) mutable {
    if (sent) return std::size_t{0};
    sent = true;
    std::memcpy(into.data(), "x\n", 2);
    return std::size_t{2};
  };
  EXPECT_EQ(kind_of([&] { connection_->copy_in("copy t from stdin", bad, call_); }),
            ErrorKind::data);
  const auto throwing = [](std::span<std::byte>) -> std::size_t { throw std::runtime_error("no"); };
  EXPECT_THROW(connection_->copy_in("copy t from stdin", throwing, call_), std::runtime_error);
  const auto refusing = [](BytesView) { throw std::runtime_error("no"); };
  EXPECT_THROW(
      connection_->copy_out("copy (select generate_series(1, 1000000)) to stdout", refusing, call_),
      std::runtime_error);
  EXPECT_EQ(kind_of([&] { connection_->copy_in("select 1", bad, call_); }), ErrorKind::usage);
  EXPECT_EQ(kind_of([&] { connection_->copy_out("copy t from stdin", refusing, call_); }),
            ErrorKind::usage);
  EXPECT_EQ(text("select count(*) from t"), "0");
}

TEST_F(Streams, BulkInsertBinary) {
  exec(
      "create temp table t(a int2, b int8, c text, d float8, e timestamp, f bytea, g numeric, "
      "h boolean, i date, j uuid, k jsonb, l int4[])");
  const Uuid uuid = Uuid::parse("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11");
  const std::vector<Cell> elements{Cell::of_int64(1), Cell()};
  const std::uint32_t size = 2;
  const ArrayView array{Type::int64, 1, 2, &size, elements.data()};
  std::vector<std::vector<Cell>> rows;
  for (int i = 0; i < 5000; ++i) {
    rows.push_back({Cell::of_int64(i), Cell::of_int64(-i), Cell::of_text("tab\t\\ Ω"),
                    Cell::of_float64(0.5), Cell::of_timestamp(i), Cell::of_text(Type::bytes, "\\x"),
                    Cell::of_text(Type::decimal, "12.50"), Cell::of_bool(true),
                    Cell::of_date(18321), Cell::of_uuid(uuid.bytes.data()),
                    Cell::of_text(Type::json, "{}"), Cell::of_array(&array)});
  }
  rows.push_back(std::vector<Cell>(12));
  EXPECT_EQ(bulk("t", rows), 5001U);
  const auto row = query("select * from t where a = 4999");
  ASSERT_EQ(row.size(), 12U);
  EXPECT_EQ(row[1], Value(-4999));
  EXPECT_EQ(row[2], Value("tab\t\\ Ω"));
  EXPECT_EQ(row[4], Value(Timestamp{4999}));
  EXPECT_EQ(row[6].print(), "12.50");
  EXPECT_EQ(row[9], Value(uuid));
  EXPECT_EQ(row[11].print(), "{1,NULL}");
  EXPECT_EQ(text("select count(*) from t where a is null and l is null"), "1");
}

TEST_F(Streams, BulkInsertConvertsOnlyWithoutLoss) {
  exec("create temp table t(a int4, b date, c numeric, d text)");
  EXPECT_EQ(bulk("t(a, b, c, d)", {{Cell::of_text("42"), Cell::of_text("2020-02-29"),
                                    Cell::of_int64(7), Cell::of_int64(8)}}),
            1U);
  EXPECT_EQ(query("select * from t")[2].print(), "7");
  EXPECT_EQ(kind_of([&] { bulk("t(a)", {{Cell::of_int64(1LL << 40)}}); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] {
              bulk("t(a)", {{Cell::of_int64(5)}, {Cell::of_text("x")}});
            }),
            ErrorKind::data);
  EXPECT_EQ(kind_of([&] { bulk("t(d)", {{Cell::of_text("\xff")}}); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { bulk("t(a, b)", {{Cell::of_int64(5)}}); }), ErrorKind::usage);
  EXPECT_EQ(kind_of([&] { bulk("no_such_table(a)", {}); }), ErrorKind::undefined_object);
  EXPECT_EQ(text("select count(*) from t"), "1");
}

TEST_F(Streams, BulkInsertTakesTextForEveryType) {
  exec(
      "create temp table t(a int2, b float4, c float8, d boolean, e time, f timestamp, "
      "g timestamptz, h interval, i uuid, j jsonb, k json, l varchar(9), m char(3), n name, "
      "o numeric(6, 2))");
  const auto as_text = [](std::initializer_list<std::string_view> values) {
    std::vector<Cell> cells;
    for (const std::string_view value : values) cells.push_back(Cell::of_text(value));
    return cells;
  };
  EXPECT_EQ(bulk("t", {as_text({"-7", "1.5", "2.25", "t", "12:30:00", "2020-02-29 10:00:00",
                                "2020-02-29 10:00:00+02", "1 year 2 days",
                                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", "{\"a\": 1}", "[1]", "nine",
                                "abc", "name", "12.5"}),
                       as_text({"7", "-0", "1e3", "false", "00:00:00", "2020-01-01 00:00:00",
                                "2020-01-01 00:00:00Z", "-3 hours",
                                "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12", "null", "{}", "", "", "n",
                                "-0.01"})}),
            2U);
  EXPECT_EQ(text("select a || ' ' || b || ' ' || c || ' ' || d || ' ' || e || ' ' || f from t "
                 "where a < 0"),
            "-7 1.5 2.25 true 12:30:00 2020-02-29 10:00:00");
  EXPECT_EQ(
      text("select g = '2020-02-29 08:00:00Z' and h = '1 year 2 days' and j ->> 'a' = '1' and "
           "o = 12.50 from t where a < 0"),
      "true");
  EXPECT_EQ(text("select b || ' ' || c || ' ' || d || ' ' || h || ' ' || o from t where a > 0"),
            "-0 1000 false -03:00:00 -0.01");
  exec("truncate t");
  EXPECT_EQ(bulk("t(f, c, l, b)", {{Cell::of_date(18321), Cell::of_int64(1LL << 53),
                                    Cell::of_int64(5), Cell::of_int64(3)}}),
            1U);
  EXPECT_EQ(text("select f || ' ' || c || ' ' || l || ' ' || b from t"),
            "2020-02-29 00:00:00 9.007199254740992e+15 5 3");
}

TEST_F(Streams, BulkInsertRefusesWhatWouldChange) {
  exec("create temp table t(a int4, b float8, c boolean, d date, e uuid, f int4[], g bytea)");
  const Uuid uuid{};
  const auto refused = [&](std::string_view column, const Cell& cell) {
    const ErrorKind kind = kind_of([&] { bulk("t(" + std::string(column) + ")", {{cell}}); });
    EXPECT_EQ(text("select count(*) from t"), "0") << column;
    return kind;
  };
  EXPECT_EQ(refused("a", Cell::of_text("4.5")), ErrorKind::data);
  EXPECT_EQ(refused("a", Cell::of_float64(4.5)), ErrorKind::data);
  EXPECT_EQ(refused("b", Cell::of_int64((1LL << 53) + 1)), ErrorKind::data);
  EXPECT_EQ(refused("b", Cell::of_text("much")), ErrorKind::data);
  EXPECT_EQ(refused("c", Cell::of_int64(2)), ErrorKind::data);
  EXPECT_EQ(refused("d", Cell::of_int64(5)), ErrorKind::data);
  EXPECT_EQ(refused("d", Cell::of_text("tomorrow")), ErrorKind::data);
  EXPECT_EQ(refused("e", Cell::of_text("no-uuid")), ErrorKind::data);
  EXPECT_EQ(refused("a", Cell::of_uuid(uuid.bytes.data())), ErrorKind::data);
  EXPECT_EQ(refused("a", Cell::of_text(Type::bytes, "1")), ErrorKind::data);
}

TEST_F(Streams, BulkInsertReadsStreams) {
  exec("create temp table t(a text, b bytea, c inet)");
  Repeated text_source(70'000, 70'000, 'x');
  Repeated byte_source(70'000, 70'000, '\1');
  EXPECT_EQ(bulk("t(a, b)", {{Cell::of_source(Type::text, &text_source),
                              Cell::of_source(Type::bytes, &byte_source)}}),
            1U);
  EXPECT_EQ(text("select length(a) + length(b) from t"), "140000");
  Repeated address(9, 9, '1');
  EXPECT_EQ(kind_of([&] { bulk("t(c)", {{Cell::of_source(Type::text, &address)}}); }),
            ErrorKind::data);
  Repeated cut(100, 50, 'x');
  EXPECT_EQ(kind_of([&] { bulk("t(a)", {{Cell::of_source(Type::text, &cut)}}); }),
            ErrorKind::usage);
  EXPECT_EQ(text("select count(*) from t"), "1");
}

TEST_F(Streams, BulkInsertAsTextWhereATypeHasNoBinaryForm) {
  exec(
      "create temp table t(a inet, b text, c int, generated int generated always as (c + 1) "
      "stored)");
  EXPECT_EQ(bulk("t", {{Cell::of_text("10.0.0.1"), Cell::of_text("a\tb\\N\n"), Cell::of_int64(1)},
                       {Cell(), Cell(), Cell()}}),
            2U);
  const auto row = query("select a, b, generated from t where c = 1");
  EXPECT_EQ(row[0], Value("10.0.0.1"));
  EXPECT_EQ(row[1], Value("a\tb\\N\n"));
  EXPECT_EQ(row[2], Value(2));
}

TEST_F(Streams, BulkInsertIsAllOrNothing) {
  exec("create temp table t(a int primary key)");
  std::vector<std::vector<Cell>> rows;
  for (int i = 0; i < 30000; ++i) rows.push_back({Cell::of_int64(i)});
  rows.push_back({Cell::of_int64(5)});
  EXPECT_EQ(kind_of([&] { bulk("t(a)", rows); }), ErrorKind::unique_violation);
  EXPECT_EQ(text("select count(*) from t"), "0");
  {
    const auto sink = connection_->bulk(BulkTarget::parse("t(a)"), call_);
    sink->write(rows[0]);
  }
  EXPECT_EQ(text("select count(*) from t"), "0");
  connection_->begin({}, call_);
  EXPECT_EQ(bulk("t(a)", {rows[1]}), 1U);
  connection_->rollback(call_);
  EXPECT_EQ(text("select count(*) from t"), "0");
}

TEST_F(Streams, LargeValuesBothWays) {
  constexpr std::uint64_t size = 100 << 20;
  exec("create temp table t(id int, big bytea)");
  Repeated source(size, size, 'x');
  exec("insert into t values (?, ?)", 1, streamed(source));
  EXPECT_EQ(text("select length(big) from t"), std::to_string(size));
  std::uint64_t seen = 0;
  bool same = true;
  std::size_t largest = 0;
  const auto sink = [&](BytesView piece) {
    seen += piece.size();
    largest = std::max(largest, piece.size());
    same = same && piece.front() == std::byte{'x'} && piece.back() == std::byte{'x'};
  };
  EXPECT_EQ(connection_->read_large("select big from t", {}, sink, call_), size);
  EXPECT_EQ(seen, size);
  EXPECT_TRUE(same);
  EXPECT_LE(largest, 64U * 1024);
  EXPECT_EQ(text("select 'alive'"), "alive");
}

TEST_F(Streams, LargeValuesThatAreNone) {
  const auto sink = [](BytesView) {};
  const auto read = [&](std::string_view sql) {
    return connection_->read_large(sql, {}, sink, call_);
  };
  EXPECT_EQ(kind_of([&] { read("select null::text"); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { read("select 1"); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { read("select 'a'::text where false"); }), ErrorKind::row_count);
  EXPECT_EQ(kind_of([&] { read("select 'a'::text from generate_series(1, 2)"); }),
            ErrorKind::row_count);
  EXPECT_EQ(kind_of([&] { read("select 'a'::text, 'b'::text"); }), ErrorKind::usage);
  EXPECT_EQ(read("select ''::text"), 0U);
  EXPECT_EQ(read("select '{\"a\":1}'::jsonb"), 8U);
  const auto throwing = [](BytesView) { throw std::runtime_error("no"); };
  EXPECT_THROW(connection_->read_large("select repeat('x', 1000000)", {}, throwing, call_),
               std::runtime_error);
  EXPECT_EQ(text("select 'alive'"), "alive");
}

TEST_F(Streams, ASourceThatEndsEarlyBreaksTheConnection) {
  Repeated source(1000, 10, 'x');
  const auto error = error_of([&] { exec("select length(?::bytea)", streamed(source)); });
  EXPECT_EQ(error.kind, ErrorKind::usage);
  EXPECT_TRUE(error.breaks_connection);
}

TEST_F(Streams, Notifications) {
  connection_->listen("news \"x\"", call_);
  const driver::Call soon{base::Deadline::in(20ms), {}};
  EXPECT_TRUE(connection_->notifications(soon).empty());
  other().exec("select pg_notify('news \"x\"', 'first'), pg_notify('news \"x\"', 'second')", {},
               call_);
  const auto got = connection_->notifications({base::Deadline::in(10s), {}});
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[0].channel, "news \"x\"");
  EXPECT_EQ(got[0].payload, "first");
  EXPECT_EQ(got[1].payload, "second");
  connection_->unlisten("news \"x\"", call_);
  other().exec("select pg_notify('news \"x\"', 'third')", {}, call_);
  EXPECT_EQ(text("select 1"), "1");
  EXPECT_TRUE(connection_->notifications({base::Deadline::in(20ms), {}}).empty());
}

TEST_F(Streams, Pipelines) {
  exec("create temp table t(a int primary key, b text)");
  std::vector<PipelinedStatement> statements;
  for (int i = 0; i < 500; ++i) {
    statements.push_back({"insert into t values (?, ?)", {Value(i), Value("x")}});
  }
  statements.push_back({"update t set b = ? where a < ?", {Value("y"), Value(10)}});
  statements.push_back({"select repeat('z', 1000) from t", {}});
  for (int round = 0; round < 2; ++round) {
    const auto results = connection_->pipeline(statements, call_);
    ASSERT_EQ(results.size(), 502U);
    EXPECT_EQ(results[0].rows_affected, 1U);
    EXPECT_EQ(results[500].rows_affected, 10U);
    exec("truncate t");
  }
  statements.resize(2);
  statements[1].parameters[0] = Value(0);
  EXPECT_EQ(kind_of([&] { connection_->pipeline(statements, call_); }),
            ErrorKind::unique_violation);
  EXPECT_EQ(text("select count(*) from t"), "0");  // one group: all or nothing
  connection_->begin({}, call_);
  statements.resize(1);
  connection_->pipeline(statements, call_);
  connection_->commit(call_);
  EXPECT_EQ(text("select count(*) from t"), "1");
}

TEST_F(Streams, BigPipelinesDoNotLock) {
  std::vector<PipelinedStatement> statements;
  for (int i = 0; i < 300; ++i) {
    statements.push_back({"select repeat('z', 100000), ?::text", {Value(std::string(50000, 'a'))}});
  }
  EXPECT_EQ(connection_->pipeline(statements, call_).size(), 300U);
}

TEST_F(Streams, ProceduresAndFunctions) {
  exec(
      "create or replace procedure double_it(a int, inout b int, out c text) language plpgsql as "
      "$$ begin b := b + a; c := 'done'; end $$");
  const std::vector<ProcedureParameter> parameters{in(Value(2)), in_out(Value(5)), out()};
  const auto called = connection_->call_procedure("double_it", parameters, call_);
  ASSERT_EQ(called.out.size(), 2U);
  EXPECT_EQ(called.out[0], Value(7));
  EXPECT_EQ(called.out[1], Value("done"));
  exec(
      "create or replace function pair_of(a int, out x int, out y int) language sql as "
      "$$ select a, a * 2 $$");
  const std::vector<ProcedureParameter> pair{in(Value(4)), out(), out()};
  EXPECT_EQ(connection_->call_procedure("public.pair_of", pair, call_).out[1], Value(8));
  exec(
      "create or replace function two_results() returns setof refcursor language plpgsql as "
      "$$ declare a refcursor := 'a'; b refcursor := 'b'; begin "
      "open a for select 1 as n; return next a; "
      "open b for select g from generate_series(1, 3) g; return next b; end $$");
  const auto several = connection_->call_procedure("two_results", {}, call_);
  ASSERT_EQ(several.results.size(), 2U);
  EXPECT_EQ(several.results[0][0].at("n"), Value(1));
  EXPECT_EQ(several.results[1].size(), 3U);
  EXPECT_EQ(connection_->state(), driver::SessionState::idle);
  const std::vector<ProcedureParameter> wrong{in(Value("x"))};
  EXPECT_EQ(kind_of([&] { connection_->call_procedure("double_it", wrong, call_); }),
            ErrorKind::undefined_object);
  EXPECT_EQ(kind_of([&] { connection_->call_procedure("f(); drop table x", {}, call_); }),
            ErrorKind::usage);
  exec("drop procedure double_it; drop function pair_of, two_results");
}

}  // namespace
}  // namespace iacdb::postgres_tests
