// Large values: sent from and read into something of your own, piece by piece.

#include <algorithm>
#include <iacdb/iacdb.hpp>
#include <iostream>

/// Ten megabytes that are never in memory as a whole.
class Generated : public iacdb::ByteSource {
 public:
  std::uint64_t size_bytes() const override { return size; }
  std::size_t read(std::span<std::byte> into) override {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), size - at_));
    for (std::size_t i = 0; i < count; ++i) into[i] = static_cast<std::byte>((at_ + i) % 256);
    at_ += count;
    return count;
  }
  static constexpr std::uint64_t size = 10'000'000;

 private:
  std::uint64_t at_ = 0;
};

int main(int argc, char** argv) {
  iacdb::Database db = iacdb::open(argc > 1 ? argv[1] : "sqlite::memory:");
  const bool is_postgres = db.can().backend == "postgres";  // DDL is the one thing that differs.
  db.exec("drop table if exists example_files");
  db.exec("create table example_files (id bigint, body " +
          std::string(is_postgres ? "bytea" : "longblob") + ")");

  Generated source;
  db.exec("insert into example_files values (?, ?)", 1, iacdb::streamed(source));

  std::uint64_t sum = 0;
  const auto size = db.session().read_large(
      [&](iacdb::BytesView piece) {
        for (const std::byte b : piece) sum += static_cast<std::uint64_t>(b);
      },
      "select body from example_files where id = ?", 1);
  std::cout << size << " bytes, sum " << sum << "\n";
  db.exec("drop table example_files");
}

// Prints:
//   10000000 bytes, sum 1274991808
