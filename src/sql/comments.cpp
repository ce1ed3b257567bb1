#include "sql/comments.hpp"

#include <algorithm>

#include "sql/lexer.hpp"

namespace iacdb::sql {

namespace {

std::string as_block(std::string_view text) {
  std::string_view body = text;
  if (body.starts_with("/*")) {
    body = body.substr(2, body.size() - 4);
  } else {
    body.remove_prefix(body.starts_with("#") ? 1 : 2);
  }
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  body = body.substr(first, body.find_last_not_of(" \t\r\n") - first + 1);
  std::string out = "/* ";
  for (std::size_t i = 0; i < body.size(); ++i) {
    out += body[i];
    const char next = i + 1 < body.size() ? body[i + 1] : '\0';
    // Neither an end nor, where comments nest, a beginning may stand inside.
    if ((body[i] == '*' && next == '/') || (body[i] == '/' && next == '*')) out += ' ';
  }
  return out + " */";
}

bool is_leaf(const Node* n) {
  return n->size == 0 && n->position != 0 &&
         (n->is(Kind::name) || n->is(Kind::number) || n->is(Kind::string) || n->is(Kind::null) ||
          n->is(Kind::boolean) || n->is(Kind::parameter) || n->is(Kind::variable));
}

}  // namespace

Comments::Comments(std::string_view statement, Dialect dialect) {
  Lexer lexer(statement, dialect);
  bool begun = false;
  for (Token t = lexer.next(); t.kind != TokenKind::end; t = lexer.next()) {
    if (t.kind == TokenKind::comment) {
      const std::string_view text = t.text(statement);
      if (text.starts_with("/*+") || text.starts_with("--+")) {
        hints_.push_back({text, t.begin});
        continue;
      }
      std::string block = as_block(text);
      if (!block.empty()) all_.push_back({std::move(block), t.begin});
    } else if (!begun) {
      begun = true;
      first_word_ = t.begin;
    }
  }
}

void Comments::anchor(const Node* statement) {
  std::vector<std::uint32_t> leaves;
  walk(const_cast<Node*>(statement), [&](const Node* n) {
    if (is_leaf(n)) leaves.push_back(n->position);
    return true;
  });
  std::sort(leaves.begin(), leaves.end());
  for (Comment& c : all_) {
    const auto leaf = std::upper_bound(leaves.begin(), leaves.end(), c.offset);
    if (leaf != leaves.end()) c.leaf = *leaf;
  }
}

std::string Comments::front() {
  std::string out;
  for (Comment& c : all_) {
    if (c.offset >= first_word_) break;
    c.printed = true;
    out += c.text + " ";
  }
  return out;
}

void Comments::before(std::uint32_t position, std::string& out) {
  const auto first = std::lower_bound(
      all_.begin(), all_.end(), position,
      [](const Comment& c, std::uint32_t at) { return c.leaf != 0 && c.leaf < at; });
  for (auto c = first; c != all_.end() && c->leaf == position; ++c) {
    if (c->printed) continue;
    c->printed = true;
    out += c->text + " ";
  }
}

std::string Comments::rest() {
  std::string out;
  for (Comment& c : all_) {
    if (!c.printed) out += " " + c.text;
    c.printed = true;
  }
  return out;
}

}  // namespace iacdb::sql
