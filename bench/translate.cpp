// The translator over a corpus, one thread: `bench_translate parse|translate FILE SECONDS`.
//
// FILE holds records that end with a zero byte: source dialect, target dialect and statement, each
// behind a byte 31. Prints one line of JSON: statements read, passes over the corpus, seconds of
// CPU time, heap allocations. scripts/bench translate runs it beside its peers.

#include "sql/translate.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iterator>
#include <new>
#include <string>
#include <vector>

#include "iacdb/error.hpp"
#include "sql/parser.hpp"
#include "sql/printer.hpp"

namespace {
std::uint64_t allocations = 0;
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* p = std::malloc(size)) return p;  // NOLINT(cppcoreguidelines-no-malloc)
  throw std::bad_alloc();
}
void operator delete(void* p) noexcept {
  std::free(p);  // NOLINT(cppcoreguidelines-no-malloc)
}
void operator delete(void* p, std::size_t) noexcept {
  std::free(p);  // NOLINT(cppcoreguidelines-no-malloc)
}

namespace {

struct Record {
  iacdb::Dialect from;
  iacdb::Dialect to;
  std::string sql;
};

std::vector<Record> read_corpus(const char* path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  std::vector<Record> records;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\0', at);
    const std::size_t first = text.find('\x1f', at);
    const std::size_t second = text.find('\x1f', first + 1);
    const auto from = iacdb::parse_dialect(text.substr(at, first - at));
    const auto to = iacdb::parse_dialect(text.substr(first + 1, second - first - 1));
    if (from && to) records.push_back({*from, *to, text.substr(second + 1, end - second - 1)});
    at = end + 1;
  }
  return records;
}

double cpu_seconds() {
  std::timespec t{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

bool parse_and_print(const Record& r, iacdb::sql::Arena& arena, std::size_t& bytes) {
  try {
    arena.reset();
    bytes += iacdb::sql::print(*iacdb::sql::parse(r.sql, r.from, arena), r.from).size();
    return true;
  } catch (const iacdb::Error&) {
    return false;
  }
}

bool translated(const Record& r, std::size_t& bytes) {
  const auto t = iacdb::sql::translate(r.sql, r.from, r.to);
  for (const std::string& s : t.statements) bytes += s.size();
  return !t.error;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  const bool parses = std::string_view(argv[1]) == "parse";
  const std::vector<Record> all = read_corpus(argv[2]);
  const double least = std::atof(argv[3]);
  iacdb::sql::Arena arena;
  std::size_t bytes = 0;
  std::vector<Record> read;  // what is not read is not measured
  for (const Record& r : all) {
    if (parses ? parse_and_print(r, arena, bytes) : translated(r, bytes)) read.push_back(r);
  }
  const std::uint64_t before = allocations;
  const double start = cpu_seconds();
  double spent = 0;
  std::uint64_t passes = 0;
  for (; spent < least || passes == 0; ++passes) {
    for (const Record& r : read) {
      if (parses) {
        parse_and_print(r, arena, bytes);
      } else {
        translated(r, bytes);
      }
    }
    spent = cpu_seconds() - start;
  }
  std::printf(R"({"statements":%zu,"passes":%llu,"seconds":%.6f,"allocations":%llu,"bytes":%zu})"
              "\n",
              read.size(), static_cast<unsigned long long>(passes), spent,
              static_cast<unsigned long long>(allocations - before), bytes);
  return 0;
}
