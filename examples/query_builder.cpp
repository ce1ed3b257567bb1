// Statements built from parts: the same program text on every database.

#include <iacdb/iacdb.hpp>
#include <iacdb/run_query.hpp>
#include <iostream>

namespace sql = iacdb::sql;
using sql::column;

int main(int argc, char** argv) {
  iacdb::Database db = iacdb::open(argc > 1 ? argv[1] : "sqlite::memory:");
  iacdb::Session session = db.session();
  session.exec("drop table if exists built_stock");
  session.exec("create table built_stock (id integer primary key, name varchar(20), n integer)");

  sql::exec(session, sql::insert_into("built_stock", {"id", "name", "n"})
                         .values({1, "nails", 500})
                         .values({2, "screws", 20})
                         .values({3, "hooks", 7}));

  // An upsert: nails are there already, bolts are not.
  sql::exec(session, sql::insert_into("built_stock", {"id", "name", "n"})
                         .values({1, "nails", 600})
                         .values({4, "bolts", 90})
                         .on_conflict({"id"})
                         .do_update({"n"}));

  sql::Select many = sql::select({column("name"), column("n")})
                         .from("built_stock")
                         .where(column("n") > 10 && column("name").like("%s"))
                         .order_by({column("n").desc()})
                         .limit(2);
  for (auto [name, n] : sql::query<std::tuple<std::string, int>>(session, many)) {
    std::cout << name << " " << n << "\n";
  }

  // Every row is changed only when that is said.
  try {
    sql::exec(session, sql::delete_from("built_stock"));
  } catch (const iacdb::UsageError& e) {
    std::cout << "refused\n";
  }
  sql::exec(session, sql::delete_from("built_stock").where(column("id").in({1, 2})));
  std::cout << sql::one<int>(session, sql::select({sql::count()}).from("built_stock")) << " left\n";
  session.exec("drop table built_stock");

  // No database is needed for the texts.
  for (const char* target : {"mysql", "tsql", "oracle"}) {
    std::cout << sql::select({column("id")}).from("order").limit(5).build_for(target).text()
              << "\n";
  }
}

// Prints:
//   nails 600
//   bolts 90
//   refused
//   2 left
//   SELECT id FROM `order` LIMIT 5
//   SELECT TOP 5 id FROM [order]
//   SELECT id FROM "ORDER" FETCH FIRST 5 ROWS ONLY
