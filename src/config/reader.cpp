#include "config/reader.hpp"

#include <utility>

#include "base/text.hpp"
#include "config/problem.hpp"

namespace iacdb::config {
namespace {

constexpr std::size_t document_bytes_max = 1024 * 1024;

void check_text(std::string_view text, const Mark& mark) {
  if (text.size() > document_bytes_max) raise_problem(mark, "the configuration exceeds 1 MiB");
  std::uint32_t line = 1;
  while (!text.empty()) {
    const std::string_view row = text.substr(0, text.find('\n'));
    if (!base::is_utf8(row)) {
      raise_problem(mark.at(line, 1), "this line is not UTF-8; save the file as UTF-8");
    }
    if (const std::size_t zero = row.find('\0'); zero != std::string_view::npos) {
      raise_problem(mark.at(line, static_cast<std::uint32_t>(zero) + 1), "a zero byte");
    }
    text.remove_prefix(std::min(row.size() + 1, text.size()));
    ++line;
  }
}

bool is_json(std::string_view text, std::string_view name) {
  if (name.ends_with(".json")) return true;
  if (name.ends_with(".yaml") || name.ends_with(".yml")) return false;
  return base::trim(text).starts_with('{');
}

/// `<<: *base`, or a list of them: what the section says itself wins, then the earlier one.
void take_over(Node& section, const Node& source) {
  if (source.is_sequence()) {
    for (const Node& item : source.items) take_over(section, item);
  } else if (source.is_mapping()) {
    for (const Entry& entry : source.entries) {
      if (section.find(entry.key) == nullptr) section.entries.push_back(entry);
    }
  } else {
    raise_problem(source.mark, "<< takes a section, as in <<: *base");
  }
}

}  // namespace

void NodeBuilder::count(const Node& node) {
  if (++nodes_ > nodes_max) {
    raise_problem(node.mark, "more than 50,000 values once aliases are expanded");
  }
  for (const Node& item : node.items) count(item);
  for (const Entry& entry : node.entries) count(entry.value);
}

bool NodeBuilder::wants_key() const noexcept {
  return !levels_.empty() && levels_.back().node.is_mapping() && !levels_.back().has_key;
}

void NodeBuilder::scalar(Node node) {
  count(node);
  if (!wants_key()) {
    // An absent value stands nowhere: its key's place is the useful one.
    const bool absent = node.kind == Node::Kind::null && !levels_.empty();
    if (absent && levels_.back().has_key) node.mark = levels_.back().key_mark;
    return add(std::move(node));
  }
  if (!node.is_scalar()) raise_problem(node.mark, "a key must be a name");
  Level& level = levels_.back();
  if (const Node* first = level.node.find(node.text)) {
    raise_problem(node.mark, shown(node.text) + " is given twice; the first is at line " +
                                 std::to_string(first->mark.line));
  }
  level.has_key = true;
  level.key_mark = node.mark;
  level.key = std::move(node.text);
}

void NodeBuilder::open_mapping(const Mark& mark) {
  open(Node::mapping(mark));
}

void NodeBuilder::open_sequence(const Mark& mark) {
  open(Node::sequence(mark));
}

void NodeBuilder::open(Node node) {
  if (wants_key()) raise_problem(node.mark, "a key must be a name");
  if (levels_.size() == depth_max) raise_problem(node.mark, "more than 32 levels of nesting");
  count(node);
  levels_.push_back({.node = std::move(node), .key = {}, .key_mark = {}});
}

const Node& NodeBuilder::close() {
  Node node = std::move(levels_.back().node);
  levels_.pop_back();
  if (Node* base = node.find("<<")) {
    const Node source = std::move(*base);
    node.erase("<<");
    take_over(node, source);
  }
  add(std::move(node));
  if (levels_.empty()) return root_;
  const Node& parent = levels_.back().node;
  return parent.is_mapping() ? parent.entries.back().value : parent.items.back();
}

void NodeBuilder::add(Node node) {
  if (levels_.empty()) {
    root_ = std::move(node);
  } else if (levels_.back().node.is_sequence()) {
    levels_.back().node.items.push_back(std::move(node));
  } else {
    add_entry(levels_.back(), std::move(node));
  }
}

void NodeBuilder::add_entry(Level& level, Node node) {
  level.has_key = false;
  level.node.entries.push_back({std::move(level.key), level.key_mark, std::move(node)});
}

Node read_document(std::string_view text, std::string_view name) {
  const Mark mark = Mark::of(name);
  check_text(text, mark);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // A byte order mark.
  return is_json(text, name) ? read_json(text, mark) : read_yaml(text, mark);
}

}  // namespace iacdb::config
