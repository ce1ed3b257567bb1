// The SQL workloads through libpq, as one would write them for speed: prepared statements, binary
// parameters and results, rows one at a time where there are many, binary COPY from one buffer.

#include <libpq-fe.h>

#include <array>
#include <bit>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "frame.hpp"
#include "shop.hpp"
#include "threads.hpp"

namespace {

using bench::Run;

/// Microseconds from PostgreSQL's epoch, 2000-01-01, to that of Unix.
constexpr std::int64_t epoch_us = 946'684'800'000'000;

struct Close {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  void operator()(PGresult* result) const noexcept { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Close>;
using Result = std::unique_ptr<PGresult, Close>;

template <class Integer>
Integer big_endian(Integer value) {
  if constexpr (sizeof value == 2) return static_cast<Integer>(__builtin_bswap16(value));
  if constexpr (sizeof value == 4) return static_cast<Integer>(__builtin_bswap32(value));
  if constexpr (sizeof value == 8) return static_cast<Integer>(__builtin_bswap64(value));
}

template <class Integer>
Integer read(const char* bytes) {
  Integer value;
  std::memcpy(&value, bytes, sizeof value);
  return big_endian(value);
}

/// libpq reads where to connect from the PG* variables.
Connection open() {
  Connection connection(PQconnectdb(""));
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    throw std::runtime_error(PQerrorMessage(connection.get()));
  }
  return connection;
}

Result expect(const Connection& connection, PGresult* raw, ExecStatusType status) {
  Result result(raw);
  if (PQresultStatus(raw) != status) throw std::runtime_error(PQerrorMessage(connection.get()));
  return result;
}

void exec(const Connection& connection, const char* sql) {
  expect(connection, PQexec(connection.get(), sql), PGRES_COMMAND_OK);
}

void prepare(const Connection& connection, const char* name, const char* sql) {
  expect(connection, PQprepare(connection.get(), name, sql, 0, nullptr), PGRES_COMMAND_OK);
}

template <std::size_t Count>
Result exec_prepared(const Connection& connection, const char* name,
                     const std::array<std::int64_t, Count>& parameters, ExecStatusType status) {
  std::array<std::int64_t, Count> wire;
  std::array<const char*, Count> values;
  std::array<int, Count> lengths;
  std::array<int, Count> formats;
  for (std::size_t i = 0; i < Count; ++i) {
    wire[i] = big_endian(parameters[i]);
    values[i] = reinterpret_cast<const char*>(&wire[i]);
    lengths[i] = 8;
    formats[i] = 1;
  }
  return expect(connection,
                PQexecPrepared(connection.get(), name, Count, values.data(), lengths.data(),
                               formats.data(), 1),
                status);
}

std::uint64_t sum_of_row(const PGresult* result, int row) {
  const std::string_view text(PQgetvalue(result, row, 2),
                              static_cast<std::size_t>(PQgetlength(result, row, 2)));
  const auto e_us = read<std::int64_t>(PQgetvalue(result, row, 4)) + epoch_us;
  return bench::sum(read<std::int32_t>(PQgetvalue(result, row, 0)),
                    read<std::int64_t>(PQgetvalue(result, row, 1)), text,
                    std::bit_cast<double>(read<std::int64_t>(PQgetvalue(result, row, 3))),
                    static_cast<std::uint64_t>(e_us));
}

void prepare_point(const Connection& connection) {
  prepare(connection, "point", "select a, b, c, d, e from bench_rows where b = $1");
}

std::uint64_t select_point(const Connection& connection, std::int64_t key) {
  const Result result = exec_prepared<1>(connection, "point", {key}, PGRES_TUPLES_OK);
  std::uint64_t sum = 0;
  for (int row = 0; row < PQntuples(result.get()); ++row) sum += sum_of_row(result.get(), row);
  return sum;
}

void point_select(Run& run) {
  const Connection connection = open();
  prepare_point(connection);
  const std::int64_t count = bench::rows_count();
  select_point(connection, 1);
  run.measure([&] {
    for (std::uint64_t i = 0; i < run.operations(); ++i) {
      run.add(select_point(connection, bench::key(i, count)));
    }
  });
}

std::uint64_t sum_of_query(const Connection& connection, const char* sql) {
  PGconn* const pg = connection.get();
  if (!PQsendQueryParams(pg, sql, 0, nullptr, nullptr, nullptr, nullptr, 1) ||
      !PQsetSingleRowMode(pg)) {
    throw std::runtime_error(PQerrorMessage(pg));
  }
  std::uint64_t sum = 0;
  while (const Result result{PQgetResult(pg)}) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_SINGLE_TUPLE) {
      sum += sum_of_row(result.get(), 0);
    } else if (status != PGRES_TUPLES_OK) {
      throw std::runtime_error(PQerrorMessage(pg));
    }
  }
  return sum;
}

void scan(Run& run) {
  const Connection connection = open();
  const std::string sql = bench::scan_sql(run.operations());
  run.measure([&] { run.add(sum_of_query(connection, sql.c_str())); });
}

/// Rows in the binary form of COPY, sent by the buffer.
class CopyBuffer {
 public:
  explicit CopyBuffer(PGconn* connection) : connection_(connection) {
    put_bytes(std::string_view("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19));
  }
  void put(const bench::Item& item) {
    if (end_ + 64 + item.c.size() > buffer_.size()) flush();
    put_number<std::uint16_t>(5);
    put_field(static_cast<std::uint32_t>(item.a));
    put_field(static_cast<std::uint64_t>(item.b));
    put_number(static_cast<std::uint32_t>(item.c.size()));
    put_bytes(item.c);
    put_field(std::bit_cast<std::uint64_t>(item.d));
    put_field(static_cast<std::uint64_t>(item.e_us - epoch_us));
  }
  void finish() {
    put_number<std::uint16_t>(0xffff);
    flush();
    if (PQputCopyEnd(connection_, nullptr) != 1) fail();
  }

 private:
  template <class Integer>
  void put_number(Integer value) {
    const Integer wire = big_endian(value);
    std::memcpy(buffer_.data() + end_, &wire, sizeof wire);
    end_ += sizeof wire;
  }
  template <class Integer>
  void put_field(Integer value) {
    put_number(static_cast<std::uint32_t>(sizeof value));
    put_number(value);
  }
  void put_bytes(std::string_view bytes) {
    std::memcpy(buffer_.data() + end_, bytes.data(), bytes.size());
    end_ += bytes.size();
  }
  void flush() {
    if (PQputCopyData(connection_, buffer_.data(), static_cast<int>(end_)) != 1) fail();
    end_ = 0;
  }
  [[noreturn]] void fail() { throw std::runtime_error(PQerrorMessage(connection_)); }

  PGconn* connection_;
  std::array<char, 65'536> buffer_;
  std::size_t end_ = 0;
};

void bulk_insert(Run& run) {
  const auto items = bench::make_items(run.operations());
  const Connection connection = open();
  exec(connection, "delete from bench_bulk");
  run.measure([&] {
    expect(connection,
           PQexec(connection.get(), "copy bench_bulk(a, b, c, d, e) from stdin (format binary)"),
           PGRES_COPY_IN);
    CopyBuffer buffer(connection.get());
    for (const bench::Item& item : items) buffer.put(item);
    buffer.finish();
    expect(connection, PQgetResult(connection.get()), PGRES_COMMAND_OK);
    while (const Result end{PQgetResult(connection.get())}) {
    }
    run.add(items.size());
  });
  run.add(sum_of_query(connection, bench::bulk_rows_sql));
}

void transaction(Run& run) {
  const Connection connection = open();
  exec(connection, "update bench_accounts set balance = 0");
  prepare(connection, "begin", "begin");
  prepare(connection, "update",
          "update bench_accounts set balance = balance + $1::bigint where id = $2::bigint");
  prepare(connection, "select", "select balance from bench_accounts where id = $1::bigint");
  prepare(connection, "commit", "commit");
  const auto transfer = [&](std::uint64_t i) {
    const std::int64_t id = bench::key(i, bench::accounts_count);
    exec_prepared<0>(connection, "begin", {}, PGRES_COMMAND_OK);
    exec_prepared<2>(connection, "update", {1, id}, PGRES_COMMAND_OK);
    const Result row = exec_prepared<1>(connection, "select", {id}, PGRES_TUPLES_OK);
    const auto balance = read<std::uint64_t>(PQgetvalue(row.get(), 0, 0));
    exec_prepared<0>(connection, "commit", {}, PGRES_COMMAND_OK);
    return balance;
  };
  run.add(transfer(0));
  run.measure([&] {
    for (std::uint64_t i = 0; i < run.operations(); ++i) run.add(transfer(i));
  });
}

/// Eight threads, each with a connection of its own.
void threads(Run& run) {
  const std::int64_t count = bench::rows_count();
  bench::on_eight_threads(run, [&] {
    Connection connection = open();
    prepare_point(connection);
    return [connection = std::move(connection), count](std::uint64_t i) {
      return select_point(connection, bench::key(i, count));
    };
  });
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv,
                    {{"point_select", point_select},
                     {"scan", scan},
                     {"bulk_insert", bulk_insert},
                     {"transaction", transaction},
                     {"threads", threads}});
}
