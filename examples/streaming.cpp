// Streaming: a query is a lazy range in constant memory. Leave it early, read text as views, or
// collect it; several results of one text come one after the other.

#include <iacdb/iacdb.hpp>
#include <iostream>

int main(int argc, char** argv) {
  iacdb::Database db = iacdb::open(argc > 1 ? argv[1] : "sqlite::memory:");
  const std::string numbers =
      "with recursive n as (select 1 as i union all select i + 1 from n where i < 900) "
      "select i, 'row' from n order by i";

  // Views are valid until the next step: nothing is copied.
  std::int64_t sum = 0;
  std::size_t characters = 0;
  for (auto [i, text] : db.query<std::tuple<std::int64_t, std::string_view>>(numbers)) {
    sum += i;
    characters += text.size();
  }
  std::cout << sum << ", " << characters << " characters\n";

  // Leaving early is cheap: what was not read is cancelled.
  for (auto [i, text] : db.query<std::tuple<std::int64_t, std::string_view>>(numbers)) {
    if (i == 3) {
      std::cout << "left at " << i << "\n";
      break;
    }
  }

  // All rows at once, where they are few.
  const std::vector<int> few = db.query<int>("select 1 union all select 2").all();
  std::cout << few.size() << " collected\n";

  auto rows = db.query<int>("select 10; select 20");
  do {
    while (rows.next()) std::cout << "result " << rows.current() << "\n";
  } while (rows.next_result());
}

// Prints:
//   405450, 2700 characters
//   left at 3
//   2 collected
//   result 10
//   result 20
