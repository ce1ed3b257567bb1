// Errors: the same kinds on every database. Catch a class where you act differently, ask kind() and
// the three questions for the rest. See docs/guides/troubleshooting.md.

#include <iacdb/iacdb.hpp>
#include <iostream>

using iacdb::ErrorKind;

int main(int argc, char** argv) {
  iacdb::Database db = iacdb::open(argc > 1 ? argv[1] : "sqlite::memory:");
  db.exec("drop table if exists example_keys");
  db.exec("create table example_keys (id bigint primary key, big bigint)");
  db.exec("insert into example_keys values (1, 5000000000)");

  try {
    db.exec("insert into example_keys values (?, ?)", 1, 2);
  } catch (const iacdb::ConstraintError& error) {
    std::cout << to_string(error.kind()) << ", retry helps: " << error.retryable() << "\n";
    std::clog << error.what() << "\n";            // One line, ours, without values.
    std::clog << error.server_message() << "\n";  // The server's words: may quote data.
  }
  try {
    db.one<std::int32_t>("select big from example_keys");
  } catch (const iacdb::DataError& error) {
    std::cout << to_string(error.kind()) << "\n";
  }
  try {
    db.one<int>("select id from example_keys where id = 7");
  } catch (const iacdb::RowCountError& error) {
    std::cout << to_string(error.kind()) << "\n";
  }
  try {
    db.exec("select password from no_such_table where x = 'secret'");
  } catch (const iacdb::QueryError& error) {
    const bool leaks = std::string_view(error.what()).find("secret") != std::string_view::npos;
    std::cout << to_string(error.kind()) << (leaks ? ", leaks" : ", keeps the literal out") << "\n";
  }
  try {
    iacdb::open("postgres://u@127.0.0.1:1/x");
  } catch (const iacdb::ConnectError& error) {
    std::cout << to_string(error.kind()) << " at " << error.where() << "\n";
  }
  db.exec("drop table example_keys");
}

// Prints:
//   unique_violation, retry helps: 0
//   data
//   row_count
//   undefined_object, keeps the literal out
//   connect at 127.0.0.1:1
