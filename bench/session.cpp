// The SQL workloads through iacdb: a Session, SQL unchanged, text read as views.
//
//   IACDB_BENCH_URL=sqlite:bench.db IACDB_BENCH_ROWS=1000000 bench_session scan 1000000

#include <iacdb/iacdb.hpp>

#include "frame.hpp"
#include "shop.hpp"
#include "threads.hpp"

namespace {

using bench::Run;
using iacdb::Timestamp;

std::string_view url() {
  return bench::environment("IACDB_BENCH_URL");
}
/// SQLite has no timestamps: they are text on both sides.
bool stamps_are_text() {
  return url().starts_with("sqlite:");
}

using TypedRow = std::tuple<std::int32_t, std::int64_t, std::string_view, double, Timestamp>;
using TextRow = std::tuple<std::int32_t, std::int64_t, std::string_view, double, std::string_view>;

std::uint64_t sum_of(const TypedRow& row) {
  const auto& [a, b, c, d, e] = row;
  return bench::sum(a, b, c, d, static_cast<std::uint64_t>(e.micros));
}
std::uint64_t sum_of(const TextRow& row) {
  const auto& [a, b, c, d, e] = row;
  return bench::sum(a, b, c, d, bench::sum(e));
}

/// The items as the records that bulk_insert takes.
template <class RowType>
class Records {
 public:
  explicit Records(const std::vector<bench::Item>& items) : items_(&items) {}
  class iterator {
   public:
    using value_type = RowType;
    using difference_type = std::ptrdiff_t;
    iterator() = default;
    explicit iterator(const bench::Item* item) : item_(item) {}
    RowType operator*() const {
      if constexpr (std::same_as<RowType, TypedRow>) {
        return {item_->a, item_->b, item_->c, item_->d, Timestamp{item_->e_us}};
      } else {
        return {item_->a, item_->b, item_->c, item_->d, item_->e};
      }
    }
    iterator& operator++() {
      ++item_;
      return *this;
    }
    void operator++(int) { ++item_; }
    bool operator==(const iterator&) const = default;

   private:
    const bench::Item* item_ = nullptr;
  };
  iterator begin() const { return iterator(items_->data()); }
  iterator end() const { return iterator(items_->data() + items_->size()); }

 private:
  const std::vector<bench::Item>* items_;
};

std::uint64_t insert(iacdb::Queryable& db, std::string_view target,
                     const std::vector<bench::Item>& items) {
  if (stamps_are_text()) return db.bulk_insert(target, Records<TextRow>(items));
  return db.bulk_insert(target, Records<TypedRow>(items));
}

void create(iacdb::Queryable& db, const std::string& table) {
  const std::string key = stamps_are_text() ? "b integer primary key" : "b bigint primary key";
  const std::string stamp = url().starts_with("postgres") ? "timestamp" : "datetime(6)";
  db.exec("drop table if exists " + table);
  db.exec("create table " + table + "(a int, " + key + ", c varchar(40), d double precision, e " +
          stamp + ")");
}

/// Makes the tables, with `operations` rows to read; not measured.
void prepare(Run& run) {
  iacdb::Database db = iacdb::open(url());
  create(db, "bench_rows");
  run.add(insert(db, "bench_rows(a,b,c,d,e)", bench::make_items(run.operations())));
  db.exec("drop table if exists bench_accounts");
  db.exec("create table bench_accounts(id integer primary key, balance bigint)");
  std::vector<std::tuple<std::int64_t, std::int64_t>> accounts;
  for (std::int64_t id = 1; id <= bench::accounts_count; ++id) accounts.emplace_back(id, 0);
  db.bulk_insert("bench_accounts(id,balance)", accounts);
  create(db, "bench_bulk");
  if (url().starts_with("postgres")) db.exec("vacuum analyze bench_rows");
}

void clean(Run&) {
  iacdb::Database db = iacdb::open(url());
  for (const char* table : {"bench_rows", "bench_accounts", "bench_bulk"}) {
    db.exec(std::string("drop table if exists ") + table);
  }
}

template <class RowType, class... Args>
std::uint64_t sum_of_rows(iacdb::Queryable& db, std::string_view sql, Args... args) {
  std::uint64_t sum = 0;
  for (const auto& row : db.query<RowType>(sql, args...)) sum += sum_of(row);
  return sum;
}

template <class RowType>
std::uint64_t select_point(iacdb::Queryable& db, std::int64_t key) {
  return sum_of_rows<RowType>(db, bench::point_select_sql, key);
}

template <class RowType>
void point_selects(Run& run, const iacdb::OpenOptions& options = {}) {
  iacdb::Database db = iacdb::open(url(), options);
  iacdb::Session session = db.session();
  const std::int64_t count = bench::rows_count();
  select_point<RowType>(session, 1);
  run.measure([&] {
    for (std::uint64_t i = 0; i < run.operations(); ++i) {
      run.add(select_point<RowType>(session, bench::key(i, count)));
    }
  });
}

template <class RowType>
void scan_rows(Run& run) {
  iacdb::Database db = iacdb::open(url());
  iacdb::Session session = db.session();
  const std::string sql = bench::scan_sql(run.operations());
  run.measure([&] { run.add(sum_of_rows<RowType>(session, sql)); });
}

void point_select(Run& run) {
  stamps_are_text() ? point_selects<TextRow>(run) : point_selects<TypedRow>(run);
}

/// The same by a program that speaks another dialect: its statement is translated once, and known.
void point_select_translated(Run& run) {
  point_selects<TextRow>(run, {.source_dialect = iacdb::Dialect::mysql});
}

void scan(Run& run) {
  stamps_are_text() ? scan_rows<TextRow>(run) : scan_rows<TypedRow>(run);
}

void bulk(Run& run) {
  const auto items = bench::make_items(run.operations());
  iacdb::Database db = iacdb::open(url());
  iacdb::Session session = db.session();
  session.exec("delete from bench_bulk");
  run.measure([&] { run.add(insert(session, "bench_bulk(a,b,c,d,e)", items)); });
  run.add(stamps_are_text() ? sum_of_rows<TextRow>(session, bench::bulk_rows_sql)
                            : sum_of_rows<TypedRow>(session, bench::bulk_rows_sql));
}

void transaction(Run& run) {
  iacdb::Database db = iacdb::open(url());
  iacdb::Session session = db.session();
  session.exec("update bench_accounts set balance = 0");
  const auto transfer = [&](std::uint64_t i) {
    const std::int64_t id = bench::key(i, bench::accounts_count);
    iacdb::Transaction tx = session.begin();
    tx.exec(bench::update_sql, 1, id);
    const auto balance = tx.one<std::int64_t>(bench::balance_sql, id);
    tx.commit();
    return static_cast<std::uint64_t>(balance);
  };
  run.add(transfer(0));
  run.measure([&] {
    for (std::uint64_t i = 0; i < run.operations(); ++i) run.add(transfer(i));
  });
}

/// Eight threads share a pool of eight: each statement leases a connection and returns it.
template <class RowType>
void share_pool(Run& run) {
  iacdb::OpenOptions options;
  options.pool = {.open_max = 8, .idle_max = 8, .warm = 8};
  iacdb::Database db = iacdb::open(url(), options);
  const std::int64_t count = bench::rows_count();
  bench::on_eight_threads(run, [&] {
    return
        [&db, count](std::uint64_t i) { return select_point<RowType>(db, bench::key(i, count)); };
  });
}

void threads(Run& run) {
  stamps_are_text() ? share_pool<TextRow>(run) : share_pool<TypedRow>(run);
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv,
                    {{"prepare", prepare},
                     {"clean", clean},
                     {"point_select", point_select},
                     {"point_select_translated", point_select_translated},
                     {"scan", scan},
                     {"bulk_insert", bulk},
                     {"transaction", transaction},
                     {"threads", threads}});
}
