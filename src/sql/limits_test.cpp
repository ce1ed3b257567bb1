// What a statement costs grows as its text does; what would grow faster ends with an error.

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>

#include "iacdb/query.hpp"
#include "sql/translate.hpp"

namespace {
std::atomic<std::size_t> allocated{0};
}

// Counted for all tests of this program. Not inlined: g++ would see new beside free() and warn.
[[gnu::noinline]] void* operator new(std::size_t bytes) {
  allocated += bytes;
  if (void* memory = std::malloc(bytes)) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace iacdb::sql {
namespace {

std::string repeated(const std::string& text, int n) {
  std::string out;
  for (int i = 0; i < n; ++i) out += text;
  return out;
}
std::string joined(int n, const std::string& separator,
                   const std::function<std::string(int)>& item) {
  std::string out;
  for (int i = 0; i < n; ++i) out += (i > 0 ? separator : "") + item(i);
  return out;
}
std::string number(int i) {
  return std::to_string(1000 + i);
}

TranslateOptions lossy() {
  TranslateOptions options;
  options.lossy = true;
  return options;
}

constexpr Dialect all_dialects[] = {Dialect::mysql, Dialect::postgres, Dialect::tsql,
                                    Dialect::oracle, Dialect::sqlite};

void each_pair(const std::function<void(Dialect, Dialect)>& f) {
  for (const Dialect from : all_dialects) {
    for (const Dialect to : all_dialects) {
      if (from != to) f(from, to);
    }
  }
}

std::size_t bytes_for(const std::string& sql, Dialect from, Dialect to) {
  const std::size_t before = allocated;
  const Translation t = translate(sql, from, to, lossy());
  EXPECT_TRUE(!t.error || t.error->code != "limit")
      << sql.substr(0, 80) << ": " << t.error->message;
  return allocated - before;
}

struct Growing {
  const char* name;
  std::string (*text)(int n);
};
const Growing growing[] = {
    {"a list of IN",
     [](int n) { return "SELECT a FROM t WHERE a IN (" + joined(n, ", ", number) + ")"; }},
    {"rows",
     [](int n) {
       return "INSERT INTO t (a, b) VALUES " +
              joined(n, ", ", [](int i) { return "(" + number(i) + ", 'x')"; });
     }},
    {"columns",
     [](int n) {
       return "SELECT " + joined(n, ", ", [](int i) { return "a AS c" + number(i); }) + " FROM t";
     }},
    {"branches of CASE",
     [](int n) {
       return "SELECT CASE a " +
              joined(n, " ", [](int i) { return "WHEN " + number(i) + " THEN 'x'"; }) +
              " END FROM t";
     }},
    {"conditions",
     [](int n) {
       return "SELECT a FROM t WHERE " +
              joined(n, " AND ", [](int i) { return "b" + number(i) + " > 1"; });
     }},
    {"a sum", [](int n) { return "SELECT " + joined(n, " + ", number); }},
    {"a sum in parentheses",
     [](int n) {
       return "SELECT " + repeated("(", 8) + "a" + repeated(repeated(" + a", n / 8) + ")", 8) +
              " FROM t";
     }},
    {"a chain of texts",
     [](int n) {
       return "SELECT " + joined(n, " || ", [](int i) { return "'x" + number(i) + "'"; });
     }},
    {"arguments", [](int n) { return "SELECT COALESCE(" + joined(n, ", ", number) + ")"; }},
    {"set operations",
     [](int n) { return joined(n, " UNION ALL ", [](int i) { return "SELECT " + number(i); }); }},
    {"windows",
     [](int n) {
       return "SELECT " +
              joined(n, ", ",
                     [](int i) {
                       return "SUM(a) OVER (PARTITION BY b ORDER BY c" + number(i) + ")";
                     }) +
              " FROM t";
     }},
    {"comments", [](int n) { return "SELECT 1 " + repeated("/* a comment */ ", n) + "+ 1"; }},
};

TEST(Limits, memory_grows_as_the_text_does) {
  constexpr int n = 500;
  each_pair([](Dialect from, Dialect to) {
    for (const Growing& form : growing) {
      const std::size_t once = bytes_for(form.text(n), from, to);
      const std::size_t four_times = bytes_for(form.text(4 * n), from, to);
      // Blocks and vectors grow in steps: a little over four. Squares would be sixteen times.
      EXPECT_LT(four_times, 7 * once)
          << form.name << ", " << to_string(from) << " to " << to_string(to);
    }
  });
}

TEST(Limits, ends_what_doubles_with_each_level) {
  const std::pair<const char*, const char*> forms[] = {{"GREATEST(a, ", ")"},
                                                       {"LPAD(", ", 5, 'x')"},
                                                       {"ADD_MONTHS(", ", 1)"},
                                                       {"SUBSTR(", ", -2)"},
                                                       {"NVL2(a, b, ", ")"},
                                                       {"NULLIF(a, ", ")"},
                                                       {"DATE_ADD(", ", INTERVAL 1 MONTH)"},
                                                       {"(", " IN (1, NULL))"},
                                                       {"NOT (", " = 1)"},
                                                       {"LAST_DAY(", ")"},
                                                       {"TRUNCATE(", ", 1)"}};
  for (const auto& [before, after] : forms) {
    const std::string sql =
        "SELECT " + repeated(before, 60) + "d" + repeated(after, 60) + " FROM t";
    each_pair([&](Dialect from, Dialect to) {
      const Translation t = translate(sql, from, to, lossy());
      EXPECT_LT(t.error ? 0 : t.sql().size(), std::size_t{2} << 20);
    });
  }
}

TEST(Limits, leave_room_for_what_is_built) {
  Insert insert = insert_into("t", {"a"});
  constexpr int rows = 60'000;
  const Expression one = call("LOWER", {call("UPPER", {call("LOWER", {value("a text")})})});
  for (int i = 0; i < rows; ++i) insert.values({one});
  for (const Dialect to : {Dialect::mysql, Dialect::postgres, Dialect::sqlite}) {
    const std::string text = insert.build({.dialect = to}).statements.at(0).text();
    EXPECT_GT(text.size(), std::size_t{1} << 20) << to_string(to);
  }
}

TEST(Limits, ends_chains_within_chains) {
  std::string sum = "a";
  std::string call = "a";
  for (int i = 0; i < 100; ++i) {
    sum = "(" + sum + repeated(" + a", 900) + ")";
    call = "CONCAT(" + call + repeated(", a", 900) + ")";
  }
  each_pair([&](Dialect from, Dialect to) {
    for (const std::string& sql : {"SELECT " + sum, "SELECT " + call}) {
      const Translation t = translate(sql, from, to, lossy());
      ASSERT_TRUE(t.error);
      EXPECT_EQ(t.error->code, "limit");
      EXPECT_NE(t.error->message.find("more than 4000"), std::string::npos) << t.error->message;
    }
  });
}

}  // namespace
}  // namespace iacdb::sql
