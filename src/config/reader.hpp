#pragma once
// Reader: YAML and JSON text to a Node, with the line and column of everything.
//
//   Node root = read_document(text, "iacdb.yaml");
//
// Told apart by the name's ending; other names are JSON when the first character is a brace.
// Refused in both: duplicate keys, invalid UTF-8, keys that are not text, more than one document.
// YAML anchors and aliases work, and `<<: *base` takes over what a section does not say itself.
// Throws: SettingsError with file:line:column.
// Limits: 1 MiB, 32 levels, 50,000 values after aliases were expanded.

#include <cstddef>
#include <string_view>

#include "config/node.hpp"

namespace iacdb::config {

Node read_document(std::string_view text, std::string_view name);
/// JSON only: for variables that hold a list or a section.
Node read_json(std::string_view text, const Mark& mark);
Node read_yaml(std::string_view text, const Mark& mark);

/// Builds a Node from the events of a parser, and holds its limits.
class NodeBuilder {
 public:
  static constexpr std::size_t depth_max = 32;
  static constexpr std::size_t nodes_max = 50'000;

  void scalar(Node node);
  void open_mapping(const Mark& mark);
  void open_sequence(const Mark& mark);
  /// Closes the innermost; answers it, for anchors.
  const Node& close();
  /// The finished value; null when there was none.
  Node take() { return std::move(root_); }
  bool wants_key() const noexcept;

 private:
  struct Level {
    Node node;
    bool has_key = false;
    std::string key;
    Mark key_mark;
  };
  void open(Node node);
  void add(Node node);
  void add_entry(Level& level, Node node);
  void count(const Node& node);

  std::vector<Level> levels_;
  Node root_;
  std::size_t nodes_ = 0;
};

}  // namespace iacdb::config
