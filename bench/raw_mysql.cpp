// The SQL workloads through MariaDB Connector/C itself, as one would write them for speed: prepared
// statements whose results are bound once and streamed, LOAD DATA from memory.

#include <mysql.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "frame.hpp"
#include "shop.hpp"
#include "threads.hpp"

namespace {

using bench::Run;

struct Close {
  void operator()(MYSQL* connection) const noexcept { mysql_close(connection); }
  void operator()(MYSQL_STMT* statement) const noexcept { mysql_stmt_close(statement); }
};
using Connection = std::unique_ptr<MYSQL, Close>;

[[noreturn]] void fail(MYSQL_STMT* statement) {
  throw std::runtime_error(mysql_stmt_error(statement));
}

Connection open() {
  Connection connection(mysql_init(nullptr));
  const unsigned int local_infile = 1;
  mysql_optionsv(connection.get(), MYSQL_OPT_LOCAL_INFILE, &local_infile);
  mysql_optionsv(connection.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
  const auto port = static_cast<unsigned>(std::atoi(bench::environment("IACDB_BENCH_PORT")));
  if (!mysql_real_connect(connection.get(), bench::environment("IACDB_BENCH_HOST"),
                          bench::environment("IACDB_BENCH_USER"),
                          bench::environment("IACDB_BENCH_PASSWORD"),
                          bench::environment("IACDB_BENCH_DATABASE"), port, nullptr, 0)) {
    throw std::runtime_error(mysql_error(connection.get()));
  }
  return connection;
}

void exec(const Connection& connection, std::string_view sql) {
  if (mysql_real_query(connection.get(), sql.data(), sql.size()) != 0) {
    throw std::runtime_error(mysql_error(connection.get()));
  }
}

/// A prepared statement with integers as parameters.
class Statement {
 public:
  Statement(const Connection& connection, std::string_view sql)
      : statement_(mysql_stmt_init(connection.get())) {
    if (mysql_stmt_prepare(get(), sql.data(), sql.size()) != 0) fail(get());
    for (std::size_t i = 0; i < parameters_.size(); ++i) {
      binds_[i].buffer_type = MYSQL_TYPE_LONGLONG;
      binds_[i].buffer = &parameters_[i];
    }
    if (mysql_stmt_bind_param(get(), binds_.data()) != 0) fail(get());
  }
  void execute(std::int64_t first = 0, std::int64_t second = 0) {
    parameters_ = {first, second};
    if (mysql_stmt_execute(get()) != 0) fail(get());
  }
  MYSQL_STMT* get() const noexcept { return statement_.get(); }

 private:
  std::unique_ptr<MYSQL_STMT, Close> statement_;
  std::array<std::int64_t, 2> parameters_{};
  std::array<MYSQL_BIND, 2> binds_{};
};

/// Days since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
std::int64_t days(std::int64_t year, std::int64_t month, std::int64_t day) {
  year -= month <= 2 ? 1 : 0;
  const std::int64_t era = year / 400;
  const std::int64_t of_era = year - era * 400;
  const std::int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146'097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719'468;
}

std::int64_t microseconds(const MYSQL_TIME& time) {
  const std::int64_t hours = days(time.year, time.month, time.day) * 24 + time.hour;
  const std::int64_t seconds = (hours * 60 + time.minute) * 60 + time.second;
  return seconds * 1'000'000 + static_cast<std::int64_t>(time.second_part);
}

/// Where the rows of bench_rows arrive.
class ItemBuffers {
 public:
  ItemBuffers() {
    set(0, MYSQL_TYPE_LONG, &a_);
    set(1, MYSQL_TYPE_LONGLONG, &b_);
    set(2, MYSQL_TYPE_STRING, text_.data());
    binds_[2].buffer_length = text_.size();
    binds_[2].length = &text_size_;
    set(3, MYSQL_TYPE_DOUBLE, &d_);
    set(4, MYSQL_TYPE_DATETIME, &e_);
  }
  ItemBuffers(const ItemBuffers&) = delete;
  ItemBuffers& operator=(const ItemBuffers&) = delete;
  ~ItemBuffers() = default;

  void bind(const Statement& statement) {
    if (mysql_stmt_bind_result(statement.get(), binds_.data()) != 0) fail(statement.get());
  }
  /// Reads all rows as they arrive.
  std::uint64_t sum_of_rows(MYSQL_STMT* statement) {
    std::uint64_t sum = 0;
    int rc = mysql_stmt_fetch(statement);
    for (; rc == 0; rc = mysql_stmt_fetch(statement)) {
      sum += bench::sum(a_, b_, {text_.data(), text_size_}, d_,
                        static_cast<std::uint64_t>(microseconds(e_)));
    }
    if (rc != MYSQL_NO_DATA) fail(statement);
    return sum;
  }

 private:
  void set(std::size_t column, enum_field_types type, void* buffer) {
    binds_[column].buffer_type = type;
    binds_[column].buffer = buffer;
  }

  std::int32_t a_ = 0;
  std::int64_t b_ = 0;
  std::array<char, 160> text_{};
  unsigned long text_size_ = 0;
  double d_ = 0;
  MYSQL_TIME e_{};
  std::array<MYSQL_BIND, 5> binds_{};
};

std::uint64_t sum_of_query(const Connection& connection, std::string_view sql) {
  Statement statement(connection, sql);
  ItemBuffers row;
  row.bind(statement);
  statement.execute();
  return row.sum_of_rows(statement.get());
}

void scan(Run& run) {
  const Connection connection = open();
  const std::string sql = bench::scan_sql(run.operations());
  run.measure([&] { run.add(sum_of_query(connection, sql)); });
}

/// What LOAD DATA reads: the items as lines of text, written when they are asked for.
struct Lines {
  const bench::Item* at;
  const bench::Item* end;

  static int init(void** state, const char*, void* self) {
    *state = self;
    return 0;
  }
  static int read(void* state, char* buffer, unsigned int size) {
    return static_cast<Lines*>(state)->fill(buffer, size);
  }
  static void end_of(void*) {}
  static int error(void*, char*, unsigned int) { return 0; }

  int fill(char* buffer, unsigned int size) {
    char* out = buffer;
    for (; at != end && out + 2 * at->c.size() + 160 < buffer + size; ++at) {
      out = std::to_chars(out, out + 16, at->a).ptr;
      *out++ = '\t';
      out = std::to_chars(out, out + 24, at->b).ptr;
      *out++ = '\t';
      for (const char c : at->c) {
        if (c == '\t' || c == '\n' || c == '\\' || c == '\0') *out++ = '\\';
        *out++ = c == '\0' ? '0' : c;
      }
      *out++ = '\t';
      out = std::to_chars(out, out + 32, at->d).ptr;
      *out++ = '\t';
      out = bench::put_timestamp(out, at->e_us);
      *out++ = '\n';
    }
    return static_cast<int>(out - buffer);
  }
};

void bulk_insert(Run& run) {
  const auto items = bench::make_items(run.operations());
  const Connection connection = open();
  exec(connection, "delete from bench_bulk");
  run.measure([&] {
    Lines lines{items.data(), items.data() + items.size()};
    mysql_set_local_infile_handler(connection.get(), Lines::init, Lines::read, Lines::end_of,
                                   Lines::error, &lines);
    exec(connection,
         "load data local infile 'items' into table bench_bulk character set utf8mb4 "
         "(a, b, c, d, e)");
    run.add(mysql_affected_rows(connection.get()));
  });
  run.add(sum_of_query(connection, bench::bulk_rows_sql));
}

void transaction(Run& run) {
  const Connection connection = open();
  exec(connection, "update bench_accounts set balance = 0");
  Statement update(connection, bench::update_sql);
  Statement select(connection, bench::balance_sql);
  std::int64_t balance = 0;
  MYSQL_BIND bind{};
  bind.buffer_type = MYSQL_TYPE_LONGLONG;
  bind.buffer = &balance;
  mysql_stmt_bind_result(select.get(), &bind);
  const auto transfer = [&](std::uint64_t i) {
    const std::int64_t id = bench::key(i, bench::accounts_count);
    exec(connection, "start transaction");
    update.execute(1, id);
    select.execute(id);
    if (mysql_stmt_fetch(select.get()) != 0) fail(select.get());
    mysql_stmt_free_result(select.get());
    exec(connection, "commit");
    return static_cast<std::uint64_t>(balance);
  };
  run.add(transfer(0));
  run.measure([&] {
    for (std::uint64_t i = 0; i < run.operations(); ++i) run.add(transfer(i));
  });
}

/// A connection that selects rows by key.
class PointSelector {
 public:
  PointSelector() { row_.bind(statement_); }
  std::uint64_t select(std::int64_t key) {
    statement_.execute(key);
    return row_.sum_of_rows(statement_.get());
  }

 private:
  Connection connection_ = open();
  Statement statement_{connection_, bench::point_select_sql};
  ItemBuffers row_;
};

void point_select(Run& run) {
  PointSelector selector;
  const std::int64_t count = bench::rows_count();
  selector.select(1);
  run.measure([&] {
    for (std::uint64_t i = 0; i < run.operations(); ++i) {
      run.add(selector.select(bench::key(i, count)));
    }
  });
}

/// Eight threads, each with a connection of its own.
void threads(Run& run) {
  const std::int64_t count = bench::rows_count();
  mysql_library_init(0, nullptr, nullptr);
  bench::on_eight_threads(run, [&] {
    return [selector = std::make_unique<PointSelector>(), count](std::uint64_t i) {
      return selector->select(bench::key(i, count));
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
