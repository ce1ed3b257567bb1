// Placeholders: `?` by position or `:name` by name on every database, and lists. Values are always
// bound, never pasted into the text.

#include <iacdb/iacdb.hpp>
#include <iostream>

using iacdb::arg;
using iacdb::list;

int main(int argc, char** argv) {
  iacdb::Database db = iacdb::open(argc > 1 ? argv[1] : "sqlite::memory:");
  db.exec("drop table if exists example_words");
  db.exec("create table example_words (id bigint, word varchar(40))");
  const std::string awkward = "it's; drop table example_words -- ?";
  db.exec("insert into example_words values (?, ?), (?, ?), (?, ?)", 1, "one", 2, "two", 3,
          awkward);

  std::cout << db.one<std::string>("select word from example_words where id = :id and id < :max",
                                   arg("max", 10), arg("id", 2))
            << "\n";
  const std::vector<int> wanted{1, 3, 99};
  const std::vector<int> none;
  const std::string in = "select count(*) from example_words where id in (?)";
  std::cout << db.one<int>(in, list(wanted)) << " of the list, " << db.one<int>(in, list(none))
            << " of an empty one\n";
  // Literals and comments are left alone.
  std::cout << db.one<std::string>("select 'what is :this?' /* ? */ where 1 = ?", 1) << "\n";
  std::cout << db.one<std::string>("select word from example_words where word = ?", awkward)
            << "\n";
  db.exec("drop table example_words");
}

// Prints:
//   two
//   2 of the list, 0 of an empty one
//   what is :this?
//   it's; drop table example_words -- ?
