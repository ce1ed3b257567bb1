// A program of another project: opens an embedded database, writes and reads.
#include <iacdb/iacdb.hpp>
#include <iostream>
#include <string>

int main() {
  auto db = iacdb::open("sqlite::memory:");
  db.exec("create table t(n integer, name text)");
  db.exec("insert into t(n, name) values (?, ?)", 42, "answers");
  auto [n, name] = db.one<std::tuple<std::int64_t, std::string>>("select n, name from t");
  std::cout << n << ' ' << name << '\n';
}
