#include "sql/translate/templates.hpp"

#include <charconv>
#include <map>
#include <memory>
#include <mutex>

#include "sql/parser.hpp"

namespace iacdb::sql {

namespace {

struct Parsed {
  Arena arena;
  Node* tree = nullptr;
};

const Node* parsed(std::string_view text, Dialect dialect) {
  static std::mutex mutex;
  static std::map<std::pair<const char*, Dialect>, std::unique_ptr<Parsed>> cache;
  const std::lock_guard lock(mutex);
  std::unique_ptr<Parsed>& entry = cache[{text.data(), dialect}];
  if (!entry) {
    auto made = std::make_unique<Parsed>();
    Parser parser(text, dialect, made->arena);
    parser.allow_own_names();
    made->tree = parser.whole_expression();
    entry = std::move(made);
  }
  return entry->tree;
}

class Filler {
 public:
  Filler(std::span<Node* const> holes, Builder& build, bool finished)
      : holes_(holes), build_(build), finished_(finished) {}

  Node* copy(const Node* n) {
    if (!n) return nullptr;
    if (n->is(Kind::parameter) && n->text.size() > 1 && n->text[0] == ':') return hole(n);
    Node* made = build_.node(n->kind, n->text, n->flags);
    made->op = n->op;
    const bool settled = n->is(Kind::call) || n->is(Kind::cast) || n->is(Kind::extract) ||
                         n->is(Kind::binary) || n->is(Kind::interval);
    if (finished_ && settled) made->flags |= flag::done;
    for (const Node* k : *n) {
      if (k && k->is(Kind::parameter) && k->text == ":all") {
        for (Node* h : holes_) build_.add(made, h);
      } else {
        build_.add(made, copy(k));
      }
    }
    return made;
  }

 private:
  Node* hole(const Node* n) {
    std::size_t index = 0;
    std::from_chars(n->text.data() + 1, n->text.data() + n->text.size(), index);
    if (index == 0 || index > holes_.size()) return build_.null();
    Node* value = holes_[index - 1];
    if (used_ & (1U << index)) return build_.clone(value);
    used_ |= 1U << index;
    return value;
  }

  std::span<Node* const> holes_;
  Builder& build_;
  bool finished_;
  std::uint32_t used_ = 0;
};

}  // namespace

Node* fill(std::string_view text, Dialect dialect, std::span<Node* const> holes, Builder& build,
           bool finished) {
  return Filler(holes, build, finished).copy(parsed(text, dialect));
}

Node* fill_text(const std::string& text, Dialect dialect, std::span<Node* const> holes,
                Builder& build) {
  Parser parser(build.text(text), dialect, build.arena());
  parser.allow_own_names();
  const bool query = text.starts_with("SELECT") || text.starts_with("WITH");
  const Node* tree = query ? parser.whole_statement() : parser.whole_expression();
  return Filler(holes, build, true).copy(tree);
}

}  // namespace iacdb::sql
