#include "sql/ast.hpp"

#include "sql/word.hpp"

namespace iacdb::sql {

Node* Builder::clone(const Node* n) {
  if (!n) return nullptr;
  Node* copy = arena_.make<Node>(*n);
  arena_.note(static_cast<std::uint8_t>(n->kind));  // The tree may be another arena's.
  if (n->size == 0) {
    copy->kids = nullptr;
    copy->capacity = 0;
    return copy;
  }
  copy->kids = static_cast<Node**>(arena_.allocate(n->size * sizeof(Node*)));
  copy->capacity = n->size;
  for (std::uint32_t i = 0; i < n->size; ++i) copy->kids[i] = clone(n->kids[i]);
  return copy;
}

namespace {

/// A cast is written in several ways; what it does on failure is not one of them.
bool same_cast(std::string_view a, std::string_view b) noexcept {
  return a.starts_with("TRY") == b.starts_with("TRY");
}

const Node* bare(const Node* n) noexcept {
  while (n && n->kind == Kind::paren && n->size == 1) n = n->kids[0];
  return n;
}

}  // namespace

void WorkLimit::exceeded() {
  fail("limit", "the translation of this statement grows too large: it nests too deep", 0);
}

bool same_tree(const Node* a, const Node* b) noexcept {
  a = bare(a);
  b = bare(b);
  if (!a || !b) return a == b;
  if (a->kind != b->kind || a->op != b->op || a->size != b->size) return false;
  const bool exact = a->kind == Kind::string || (a->flags & flag::quoted) != 0;
  const bool spelled = a->kind == Kind::cast ? same_cast(a->text, b->text)
                       : exact               ? a->text == b->text
                                             : same_word(a->text, b->text);
  constexpr std::uint32_t spelling = flag::done | flag::asc | flag::parens;
  if (!spelled || (a->flags & ~spelling) != (b->flags & ~spelling)) return false;
  for (std::uint32_t i = 0; i < a->size; ++i) {
    if (!same_tree(a->kids[i], b->kids[i])) return false;
  }
  return true;
}

std::string_view last_name(const Node* n) noexcept {
  if (!n) return {};
  if (n->kind == Kind::name) return n->text;
  if (n->kind == Kind::path && n->size > 0) return n->kids[n->size - 1]->text;
  return {};
}

std::string_view qualifier(const Node* n) noexcept {
  if (!n || n->kind != Kind::path || n->size < 2) return {};
  return n->kids[n->size - 2]->text;
}

}  // namespace iacdb::sql
