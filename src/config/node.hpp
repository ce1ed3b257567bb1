#pragma once
// Node: one value of a configuration source, with the place where it was written.
//
//   Node root = read_document(text, "iacdb.yaml");
//   if (const Node* port = root.find("port")) complain(port->mark.text());   // "iacdb.yaml:3:9"
//
// Threads: plain value.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb::config {

/// What a value came from. Later ones win over earlier ones.
struct Source {
  enum class Kind : std::uint8_t { file, environment, command_line };
  std::string name;
  Kind kind = Kind::file;
};

/// Where a value was written: a file's line and column, a variable, or a part of a URL.
struct Mark {
  std::shared_ptr<const Source> source;
  std::uint32_t line = 0;  ///< 1-based; 0: the source has no lines.
  std::uint32_t column = 0;
  std::uint32_t url_position = 0;  ///< 1-based position within a connection string; 0: none.

  static Mark of(std::string_view name, Source::Kind kind = Source::Kind::file) {
    return {.source = std::make_shared<const Source>(Source{std::string(name), kind})};
  }
  Mark at(std::uint32_t new_line, std::uint32_t new_column) const {
    return {.source = source, .line = new_line, .column = new_column};
  }
  /// The same place, `position` bytes (from 0) into its connection string.
  Mark within(std::size_t position) const {
    Mark mark = *this;
    mark.url_position = static_cast<std::uint32_t>(position) + 1;
    return mark;
  }
  Source::Kind kind() const noexcept { return source ? source->kind : Source::Kind::file; }
  std::string text() const;
};

struct Entry;

struct Node {
  enum class Kind : std::uint8_t { null, scalar, sequence, mapping };
  /// A plain scalar may be a number or a boolean, a quoted one is text; untyped ones (from
  /// variables, URLs and references) are what their key wants.
  enum class Style : std::uint8_t { plain, quoted, untyped };

  Kind kind = Kind::null;
  Style style = Style::plain;
  Mark mark;
  std::string text;            ///< Of a scalar; ${...} is not resolved.
  std::vector<Entry> entries;  ///< Of a mapping, in the order written.
  std::vector<Node> items;     ///< Of a sequence.

  static Node scalar(std::string_view text, Mark mark, Style style = Style::untyped);
  static Node mapping(Mark mark);
  static Node sequence(Mark mark);

  bool is_scalar() const noexcept { return kind == Kind::scalar; }
  bool is_mapping() const noexcept { return kind == Kind::mapping; }
  bool is_sequence() const noexcept { return kind == Kind::sequence; }

  const Node* find(std::string_view key) const noexcept;
  Node* find(std::string_view key) noexcept;
  /// By path: find_path("tls.mode").
  const Node* find_path(std::string_view path) const noexcept;
  /// Puts or replaces an entry; makes the mappings of a path like "tls.mode" on its way.
  void put(std::string_view path, Node value);
  bool erase(std::string_view key);
};

struct Entry {
  std::string key;
  Mark mark;  ///< Of the key.
  Node value;
};

/// Lays `over` on `base`: mappings key by key, everything else replaced.
void merge(Node& base, const Node& over);

/// What a value is, for messages: "a number", "text", "a list".
std::string_view describe(const Node& node) noexcept;
/// True when a plain scalar reads as a number.
bool looks_like_number(std::string_view text) noexcept;

}  // namespace iacdb::config
