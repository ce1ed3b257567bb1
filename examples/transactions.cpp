// Transactions: a unit of work that commits as a whole, savepoints by nesting, and the whole unit
// run again when another transaction came in between.

#include <iacdb/iacdb.hpp>
#include <iostream>

using iacdb::Transaction;

int main(int argc, char** argv) {
  iacdb::Database db = iacdb::open(argc > 1 ? argv[1] : "sqlite::memory:");
  db.exec("drop table if exists example_accounts");
  db.exec(
      "create table example_accounts (name varchar(20) primary key, cents bigint not null "
      "check (cents >= 0))");
  db.exec("insert into example_accounts values ('ada', 500), ('bob', 0)");

  // Commits when it returns, rolls back when it throws. Conflicts run it again, at most five times.
  const auto transfer = [&](std::int64_t cents) {
    return db.transact(
        [&](Transaction& tx) {
          tx.exec("update example_accounts set cents = cents + ? where name = 'bob'", cents);
          tx.exec("update example_accounts set cents = cents - ? where name = 'ada'", cents);
          return tx.one<std::int64_t>("select cents from example_accounts where name = 'ada'");
        },
        {.isolation = iacdb::Isolation::serializable, .attempts_max = 5});
  };
  std::cout << "ada has " << transfer(200) << " left\n";
  try {
    transfer(1000);
  } catch (const iacdb::ConstraintError& error) {
    std::cout << "refused: " << to_string(error.kind()) << "\n";
  }

  // A transaction begun on a transaction is a savepoint.
  Transaction tx = db.begin();
  tx.exec("insert into example_accounts values ('cleo', 10)");
  {
    Transaction bonus = tx.begin();
    bonus.exec("update example_accounts set cents = cents + 1000000");
  }  // Not committed: undone, and only this.
  tx.commit();

  for (auto [name, cents] : db.query<std::tuple<std::string, std::int64_t>>(
           "select name, cents from example_accounts order by name")) {
    std::cout << name << " " << cents << "\n";
  }
  db.exec("drop table example_accounts");
}

// Prints:
//   ada has 300 left
//   refused: check_violation
//   ada 300
//   bob 200
//   cleo 10
