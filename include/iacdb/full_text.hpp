#pragma once
// FullText: what a person typed, searched in text columns, in the words of the database behind.
//
//   const iacdb::FullText text(db.can(), "products", {"name", "note"});
//   for (const std::string& sql : text.index("products_text")) db.exec(sql);      // once
//   db.query<std::string>("select name from products where " + text.where() +
//                         " order by " + text.rank() + " desc",
//                         iacdb::arg("search", text.search("red tea")));
//
// A row matches when it has every word. PostgreSQL compares stems of `language` and leaves out its
// stop words; MySQL and MariaDB leave out words shorter than their index keeps; on SQLite the table
// is an FTS5 table, which is its own index.
// Throws: UnsupportedError without Capability::full_text; UsageError for names that are none.
// Threads: a plain value.

#include <iacdb/capabilities.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb {

class FullText {
 public:
  FullText(const Capabilities& can, std::string_view table, const std::vector<std::string>& columns,
           std::string_view language = "english");

  /// A condition with the parameter :search.
  const std::string& where() const noexcept { return where_; }
  /// An expression, larger for better matches, with :search where the database needs it again.
  const std::string& rank() const noexcept { return rank_; }
  /// The DDL that lets where() use an index; none where the table is one.
  std::vector<std::string> index(std::string_view name) const;
  /// What to bind as :search for the words of `typed`; whatever else it holds has no meaning.
  std::string search(std::string_view typed) const;

 private:
  enum class Kind : std::uint8_t { postgres, mysql, sqlite };
  std::string quoted(std::string_view name) const;

  Kind kind_ = Kind::sqlite;
  std::string table_;
  std::string columns_;  // Quoted, in the form the database takes several in.
  std::string where_;
  std::string rank_;
};

}  // namespace iacdb
