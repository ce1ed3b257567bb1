#include "config/node.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace iacdb::config {

std::string Mark::text() const {
  std::string result = source ? source->name : std::string();
  if (line != 0) result += ":" + std::to_string(line) + ":" + std::to_string(column);
  if (url_position != 0) {
    if (!result.empty()) result += ", ";
    result += "position " + std::to_string(url_position);
  }
  return result;
}

Node Node::scalar(std::string_view text, Mark mark, Style style) {
  Node node;
  node.kind = Kind::scalar;
  node.style = style;
  node.text = text;
  node.mark = std::move(mark);
  return node;
}

Node Node::mapping(Mark mark) {
  Node node;
  node.kind = Kind::mapping;
  node.mark = std::move(mark);
  return node;
}

Node Node::sequence(Mark mark) {
  Node node;
  node.kind = Kind::sequence;
  node.mark = std::move(mark);
  return node;
}

const Node* Node::find(std::string_view key) const noexcept {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Node* Node::find(std::string_view key) noexcept {
  return const_cast<Node*>(std::as_const(*this).find(key));
}

const Node* Node::find_path(std::string_view path) const noexcept {
  const Node* node = this;
  while (node != nullptr && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    node = node->find(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return node;
}

void Node::put(std::string_view path, Node value) {
  const std::size_t dot = path.find('.');
  const std::string_view key = path.substr(0, dot);
  Node* child = find(key);
  if (child == nullptr) {
    entries.push_back({std::string(key), value.mark, Node::mapping(value.mark)});
    child = &entries.back().value;
  }
  if (dot == std::string_view::npos) {
    *child = std::move(value);
    return;
  }
  if (!child->is_mapping()) *child = Node::mapping(value.mark);
  child->put(path.substr(dot + 1), std::move(value));
}

bool Node::erase(std::string_view key) {
  return std::erase_if(entries, [&](const Entry& entry) { return entry.key == key; }) > 0;
}

void merge(Node& base, const Node& over) {
  if (!base.is_mapping() || !over.is_mapping()) {
    base = over;
    return;
  }
  for (const Entry& entry : over.entries) {
    if (Node* present = base.find(entry.key)) {
      merge(*present, entry.value);
    } else {
      base.entries.push_back(entry);
    }
  }
}

bool looks_like_number(std::string_view text) noexcept {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool has_digit = text.find_first_of("0123456789") != std::string_view::npos;
  return has_digit && error != std::errc::invalid_argument && stop == text.data() + text.size();
}

std::string_view describe(const Node& node) noexcept {
  switch (node.kind) {
    case Node::Kind::null:
      return "nothing";
    case Node::Kind::sequence:
      return "a list";
    case Node::Kind::mapping:
      return "a section";
    case Node::Kind::scalar:
      break;
  }
  if (node.style == Node::Style::quoted) return "text";
  if (node.text == "true" || node.text == "false") return "a boolean";
  return looks_like_number(node.text) ? "a number" : "text";
}

}  // namespace iacdb::config
