// Rows as your own structs: by position, or by name where the struct lists its columns.

#include <array>
#include <iacdb/iacdb.hpp>
#include <iostream>

enum class Size { small = 1, large = 2 };

struct Product {  // By position: the columns stand in this order.
  std::int64_t id;
  std::string name;
  std::optional<std::string> note;  // Only an optional takes NULL.
  Size size;                        // Enums are numbers.
};

struct Summary {  // By name: in any order.
  std::int64_t total;
  std::string name;
  static constexpr std::array<std::string_view, 2> columns{"total", "name"};
};

/// A type of your own joins in by two functions.
struct Cents {
  std::int64_t value;
};
template <>
struct iacdb::Convert<Cents> {
  static Cents from(const Cell& cell) { return {read_cell<std::int64_t>(cell)}; }
  static std::int64_t to(const Cents& cents) { return cents.value; }
};

int main(int argc, char** argv) {
  iacdb::Database db = iacdb::open(argc > 1 ? argv[1] : "sqlite::memory:");
  db.exec("drop table if exists example_products");
  db.exec(
      "create table example_products (id bigint, name varchar(80), note varchar(80), "
      "size integer, price bigint)");
  db.exec("insert into example_products values (?, ?, ?, ?, ?)", 1, "teapot", std::nullopt,
          Size::large, Cents{1999});
  db.exec("insert into example_products values (?, ?, ?, ?, ?)", 2, "cup", "handle it with care",
          Size::small, Cents{450});

  for (const Product& product :
       db.query<Product>("select id, name, note, size from example_products order by id")) {
    std::cout << product.name << (product.size == Size::large ? " (large)" : "") << ": "
              << product.note.value_or("no note") << "\n";
  }
  const auto summary =
      db.one<Summary>("select min(name) as name, count(*) as total from example_products");
  std::cout << summary.total << " products, first " << summary.name << "\n";
  const auto price = db.one<Cents>("select price from example_products where id = 1");
  std::cout << "the teapot costs " << price.value << " cents\n";
  db.exec("drop table example_products");
}

// Prints:
//   teapot (large): no note
//   cup: handle it with care
//   2 products, first cup
//   the teapot costs 1999 cents
