// Open a database by URL, write a few rows, read them back. The URL is the only thing that changes
// between databases.

#include <iacdb/iacdb.hpp>
#include <iostream>

int main(int argc, char** argv) {
  iacdb::Database db = iacdb::open(argc > 1 ? argv[1] : "sqlite::memory:");
  db.exec("drop table if exists example_users");
  db.exec("create table example_users (id bigint primary key, name varchar(80), born date)");

  const iacdb::Date born = iacdb::Date::parse("1815-12-10");
  db.exec("insert into example_users (id, name, born) values (?, ?, ?)", 1, "Ada", born);
  db.exec("insert into example_users (id, name, born) values (?, ?, ?)", 2, "Grace", nullptr);

  // One value, one row, perhaps a row, all rows.
  std::cout << "users: " << db.one<std::int64_t>("select count(*) from example_users") << "\n";
  const auto [id, name] = db.one<std::tuple<std::int64_t, std::string>>(
      "select id, name from example_users where id = ?", 1);
  std::cout << id << " is " << name << "\n";
  const auto nobody = db.maybe<std::string>("select name from example_users where id = ?", 3);
  std::cout << "3 is " << nobody.value_or("nobody") << "\n";

  // Rows whose columns are known at run time only.
  for (const iacdb::Row& row : db.query("select id, name, born from example_users order by id")) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      std::cout << (i > 0 ? ", " : "") << row.columns()[i].name << "=" << iacdb::print(row[i]);
    }
    std::cout << "\n";
  }
  db.exec("drop table example_users");
}

// Prints:
//   users: 2
//   1 is Ada
//   3 is nobody
//   id=1, name=Ada, born=1815-12-10
//   id=2, name=Grace, born=NULL
