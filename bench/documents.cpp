// Documents on PostgreSQL: iacdb's collections, and the same in SQL written by hand on a Session.
//
//   bench_documents insert_many 100000      # beside it: insert_many_sql, insert_many_ferretdb
//
// Both sides hold IACDB_BENCH_ROWS documents of about 500 bytes, 100,000 at most, made at first
// use. The finds do `operations` of them, the others go over all documents.

#include <algorithm>
#include <functional>
#include <iacdb/documents.hpp>
#include <iacdb/iacdb.hpp>
#include <span>

#include "frame.hpp"
#include "shop.hpp"

namespace {

using bench::Run;
using iacdb::Document;

constexpr std::size_t batch_size = 1000;
constexpr const char* hand_table = "bench_docs_by_hand";
constexpr std::string_view filler =
    "The quick brown fox jumps over the lazy dog, and the dog sleeps on; so they do it again and "
    "again, until the evening comes and both of them have had enough of it for this one long day. "
    "The next day it begins anew, with another fox, who has been told about the dog, and about the "
    "ways to jump over dogs that sleep; but this dog does not sleep today.";

const char* url() {
  return bench::environment("IACDB_BENCH_URL");
}

/// Where the collections are: PostgreSQL, or what on_ferretdb() names.
bool at_ferretdb = false;
iacdb::DocumentStore open_store() {
  return iacdb::open_documents(at_ferretdb ? bench::environment("IACDB_BENCH_FERRETDB_URL")
                                           : url());
}

/// The same workload on a FerretDB server.
std::function<void(Run&)> on_ferretdb(void (*workload)(Run&)) {
  return [workload](Run& run) {
    at_ferretdb = true;
    workload(run);
  };
}

std::string json(std::uint64_t i) {
  const std::string n = std::to_string(i);
  return R"({"_id": )" + n + R"(, "n": )" + n + R"(, "group": )" + std::to_string(i % 100) +
         R"(, "price": )" + n + R"(.5, "name": "name )" + n +
         R"(", "tags": ["a", "b"], "text": ")" + std::string(filler) + "\"}";
}

/// The collection, filled where it is not.
void fill_collection(std::uint64_t count) {
  auto store = open_store();
  iacdb::Collection docs = store.collection("bench_docs");
  if (static_cast<std::uint64_t>(docs.count()) == count) return;
  docs.drop();
  docs.create_index(R"({"n": 1})", {.name = "n"});
  std::vector<Document> batch;
  for (std::uint64_t i = 0; i < count; ++i) {
    batch.push_back(Document::from_json(json(i)));
    if (batch.size() < batch_size && i + 1 < count) continue;
    docs.insert_many(batch);
    batch.clear();
  }
  if (!at_ferretdb) iacdb::open(url()).exec("analyze documents.bench_docs");
}

/// The table by hand.
void fill_table(std::uint64_t count) {
  iacdb::Database db = iacdb::open(url());
  db.exec(std::string("drop table if exists ") + hand_table);
  db.exec(std::string("create table ") + hand_table +
          "(id bigint primary key, doc jsonb not null)");
  std::vector<std::tuple<std::int64_t, iacdb::Json>> rows;
  for (std::uint64_t i = 0; i < count; ++i) {
    rows.emplace_back(static_cast<std::int64_t>(i), iacdb::Json{json(i)});
  }
  db.bulk_insert(std::string(hand_table) + "(id,doc)", rows);
  db.exec(std::string("create index on ") + hand_table + "(((doc ->> 'n')::bigint))");
  db.exec(std::string("analyze ") + hand_table);
}

void fill(std::uint64_t count) {
  fill_collection(count);
  if (at_ferretdb) return;
  iacdb::Database db = iacdb::open(url());
  const bool there = db.one<bool>("select to_regclass(?) is not null", hand_table);
  const std::string counted = std::string("select count(*) from ") + hand_table;
  if (there && db.one<std::int64_t>(counted) == static_cast<std::int64_t>(count)) return;
  fill_table(count);
}

std::uint64_t documents_count() {
  constexpr std::int64_t documents_max = 100'000;
  return static_cast<std::uint64_t>(std::min(bench::rows_count(), documents_max));
}

void clean(Run&) {
  auto store = open_store();
  store.collection("bench_docs").drop();
  store.collection("bench_new").drop();
  if (at_ferretdb) return;
  iacdb::open(url()).exec(std::string("drop table if exists ") + hand_table);
}

// --- insert_many ---

void insert_many(Run& run) {
  std::vector<Document> all;
  for (std::uint64_t i = 0; i < run.operations(); ++i) all.push_back(Document::from_json(json(i)));
  auto store = open_store();
  iacdb::Collection docs = store.collection("bench_new");
  docs.drop();
  store.create("bench_new");
  run.measure([&] { run.add(static_cast<std::uint64_t>(docs.insert_many(all).inserted)); });
  docs.drop();
}

constexpr const char* new_hand_table = "bench_new_by_hand";

iacdb::Database new_by_hand() {
  iacdb::Database db = iacdb::open(url());
  db.exec(std::string("drop table if exists ") + new_hand_table);
  db.exec(std::string("create table ") + new_hand_table +
          "(id bigint primary key, doc jsonb not null)");
  return db;
}

/// By hand: one COPY of lines of text, which are ready before the time runs; ours makes its rows
/// of BSON meanwhile. The table by hand has one index, of integers; ours has two, and each document
/// there keeps the order of its keys.
void insert_many_sql(Run& run) {
  std::string lines;  // Without tabs, line ends and backslashes in the documents.
  for (std::uint64_t i = 0; i < run.operations(); ++i) {
    lines += std::to_string(i) + "\t" + json(i) + "\n";
  }
  iacdb::Database db = new_by_hand();
  iacdb::Session session = db.session();
  run.measure([&] {
    std::string_view rest = lines;
    const auto next = [&](std::span<std::byte> to) {
      const std::size_t size = std::min(to.size(), rest.size());
      std::copy_n(rest.data(), size, reinterpret_cast<char*>(to.data()));
      rest.remove_prefix(size);
      return size;
    };
    run.add(session.copy_in(std::string("copy ") + new_hand_table + "(id, doc) from stdin", next));
  });
  db.exec(std::string("drop table ") + new_hand_table);
}

/// The same in COPY's binary form, which spares the server the fields of text: not what one writes
/// by hand, but how far there is to go.
void insert_many_binary_sql(Run& run) {
  std::vector<std::tuple<std::int64_t, iacdb::Json>> all;
  for (std::uint64_t i = 0; i < run.operations(); ++i) {
    all.emplace_back(static_cast<std::int64_t>(i), iacdb::Json{json(i)});
  }
  iacdb::Database db = new_by_hand();
  run.measure([&] { run.add(db.bulk_insert(std::string(new_hand_table) + "(id,doc)", all)); });
  db.exec(std::string("drop table ") + new_hand_table);
}

// --- find ---

/// Spread over all, and the first one in the middle, where a scan is half as long as the longest.
std::int64_t key_of(std::uint64_t i, std::uint64_t count) {
  return static_cast<std::int64_t>((i * 7919 + count / 2) % count);
}

void find(Run& run, const char* field) {
  const std::uint64_t count = documents_count();
  fill(count);
  auto store = open_store();
  iacdb::Collection docs = store.collection("bench_docs");
  const auto one = [&](std::uint64_t i) {
    const std::int64_t key = key_of(i, count);
    const auto found = docs.find_one(iacdb::field(field) == key);
    return static_cast<std::uint64_t>(found->bytes().size() > 100 ? key : 0);
  };
  one(0);
  run.measure([&] {
    for (std::uint64_t i = 0; i < run.operations(); ++i) run.add(one(i));
  });
}

void find_sql(Run& run, const std::string& condition) {
  const std::uint64_t count = documents_count();
  fill(count);
  iacdb::Database db = iacdb::open(url());
  iacdb::Session session = db.session();
  const std::string sql = std::string("select doc from ") + hand_table + " where " + condition;
  const auto one = [&](std::uint64_t i) {
    const std::int64_t key = key_of(i, count);
    const auto found = session.one<std::string>(sql, key);
    return static_cast<std::uint64_t>(found.size() > 100 ? key : 0);
  };
  one(0);
  run.measure([&] {
    for (std::uint64_t i = 0; i < run.operations(); ++i) run.add(one(i));
  });
}

void find_by_id(Run& run) {
  find(run, "_id");
}
void find_by_id_sql(Run& run) {
  find_sql(run, "id = ?");
}
void indexed_find(Run& run) {
  find(run, "n");
}
void indexed_find_sql(Run& run) {
  find_sql(run, "(doc ->> 'n')::bigint = ?");
}

// --- group, update, scan: over all documents ---

void group(Run& run) {
  fill(documents_count());
  auto store = open_store();
  iacdb::Collection docs = store.collection("bench_docs");
  run.measure([&] {
    for (const Document& d : docs.aggregate(
             R"([{"$group": {"_id": "$group", "total": {"$sum": "$price"}, "n": {"$sum": 1}}}])")) {
      run.add(d.bytes().empty() ? 0 : 1);  // FerretDB gets the sums wrong.
    }
  });
}

void group_sql(Run& run) {
  fill(documents_count());
  iacdb::Database db = iacdb::open(url());
  const std::string sql = "select doc -> 'group', sum((doc ->> 'price')::float8), count(*) from " +
                          std::string(hand_table) + " group by 1";
  run.measure([&] {
    for (const auto& [key, total, n] :
         db.query<std::tuple<std::string_view, double, std::int64_t>>(sql)) {
      run.add(total + static_cast<double>(n) > 0 ? 1 : 0);
    }
  });
}

void update(Run& run, const iacdb::Filter& filter) {
  fill(documents_count());
  auto store = open_store();
  iacdb::Collection docs = store.collection("bench_docs");
  run.measure([&] {
    const auto done = docs.update_many(filter, R"({"$inc": {"price": 1}})");
    run.add(static_cast<std::uint64_t>(done.modified));
  });
}

void update_many(Run& run) {
  update(run, {});
}
/// Twenty of them: FerretDB needs more than five minutes for a thousand.
void update_some(Run& run) {
  update(run, R"({"group": 7, "n": {"$lt": 2000}})");
}

void update_many_sql(Run& run) {
  fill(documents_count());
  iacdb::Database db = iacdb::open(url());
  run.measure([&] {
    run.add(
        db.exec(std::string("update ") + hand_table +
                " set doc = jsonb_set(doc, '{price}', to_jsonb((doc ->> 'price')::numeric + 1))")
            .rows_affected);
  });
}

void scan(Run& run) {
  fill(documents_count());
  auto store = open_store();
  iacdb::Collection docs = store.collection("bench_docs");
  run.measure([&] {
    for (const Document& d : docs.find()) run.add(d.bytes().empty() ? 0 : 1);
  });
}

/// Two of the fields of all documents.
void project(Run& run) {
  fill(documents_count());
  auto store = open_store();
  iacdb::Collection docs = store.collection("bench_docs");
  run.measure([&] {
    for (const Document& d : docs.find({}, {.projection = R"({"group": 1, "price": 1})"})) {
      run.add(d.bytes().empty() ? 0 : 1);
    }
  });
}

void project_sql(Run& run) {
  fill(documents_count());
  iacdb::Database db = iacdb::open(url());
  const std::string sql =
      std::string("select id, doc -> 'group', doc -> 'price' from ") + hand_table + " order by id";
  run.measure([&] {
    for (const auto& [id, group, price] :
         db.query<std::tuple<std::int64_t, std::string_view, std::string_view>>(sql)) {
      run.add(group.empty() || price.empty() ? 0 : 1);
    }
  });
}

void scan_sql(Run& run) {
  fill(documents_count());
  iacdb::Database db = iacdb::open(url());
  run.measure([&] {
    for (const std::string_view doc :
         db.query<std::string_view>(std::string("select doc from ") + hand_table)) {
      run.add(doc.empty() ? 0 : 1);
    }
  });
}

}  // namespace

int main(int argc, char** argv) {
  return bench::run(argc, argv,
                    {{"clean", clean},
                     {"insert_many", insert_many},
                     {"insert_many_sql", insert_many_sql},
                     {"insert_many_binary_sql", insert_many_binary_sql},
                     {"find_by_id", find_by_id},
                     {"find_by_id_sql", find_by_id_sql},
                     {"indexed_find", indexed_find},
                     {"indexed_find_sql", indexed_find_sql},
                     {"group", group},
                     {"group_sql", group_sql},
                     {"update_many", update_many},
                     {"update_many_sql", update_many_sql},
                     {"scan", scan},
                     {"scan_sql", scan_sql},
                     {"project", project},
                     {"project_sql", project_sql},
                     {"clean_ferretdb", on_ferretdb(clean)},
                     {"insert_many_ferretdb", on_ferretdb(insert_many)},
                     {"find_by_id_ferretdb", on_ferretdb(find_by_id)},
                     {"indexed_find_ferretdb", on_ferretdb(indexed_find)},
                     {"group_ferretdb", on_ferretdb(group)},
                     {"update_some", update_some},
                     {"update_some_ferretdb", on_ferretdb(update_some)}});
}
