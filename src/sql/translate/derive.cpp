#include "sql/translate/derive.hpp"

#include <string>
#include <vector>

#include "sql/translate/make.hpp"

namespace iacdb::sql {

namespace {

class Mover {
 public:
  Mover(Node* select, Context& c) : s_(select), c_(c) {}

  Node* move() {
    for (const Node* item : *s_->kid(select_slot::items)) {
      if (!item->is(Kind::item) || !item->kid(0)->is(Kind::star)) continue;
      if (!expand_stars(c_, s_)) c_.refuse(item, "a star beside this needs the schema", "schema");
      break;
    }
    inner_ = c_.build.select();
    inner_->kids[select_slot::items] = c_.build.list();
    inner_->kids[select_slot::from] = s_->kid(select_slot::from);
    inner_->kids[select_slot::where] = s_->kid(select_slot::where);
    s_->kids[select_slot::where] = nullptr;
    for (Node* item : *s_->kid(select_slot::items)) {
      const std::string_view own = last_name(item->kid(0));
      replace(item->kids[0]);
      if (!item->kid(1) && !own.empty()) item->kids[1] = c_.build.name(own);
    }
    for (auto slot : {select_slot::group, select_slot::having}) {
      aliases_ = true;  // of the list, which the new list keeps
      replace(s_->kids[slot]);
      aliases_ = false;
    }
    if (Node* order = s_->kid(query_slot::order)) {
      for (Node* sort : *order) {
        if (!is_alias(sort->kid(0))) replace(sort->kids[0]);
      }
    }
    s_->kids[select_slot::from] =
        c_.build.list_of(derived_table(c_, inner_, c_.fresh("iacdb_rows_")));
    return inner_;
  }

  void replace(Node*& n) {
    if (!n) return;
    if (n->is(Kind::subquery) || n->is(Kind::exists)) {
      c_.refuse(n, "a subquery beside this construct has no equal");
    }
    if (n->is(Kind::star) && n->kid(0)) c_.refuse(n, "a star beside this construct has no equal");
    if (n->is(Kind::name) || n->is(Kind::path)) {
      if (aliases_ && is_alias(n) && !column_facts(c_, n)) return;
      n = moved(n);
      return;
    }
    const bool call = n->is(Kind::call);
    for (std::uint32_t i = 0; i < n->size; ++i) {
      if (!call || i != call_slot::path) replace(n->kids[i]);
    }
  }

 private:
  bool is_alias(const Node* n) const {
    if (!n->is(Kind::name)) return n->is(Kind::number);
    for (const Node* item : *s_->kid(select_slot::items)) {
      if (item->kid(1) && same_word(item->kid(1)->text, n->text)) return true;
    }
    return false;
  }

  Node* moved(Node* n) {
    for (std::size_t i = 0; i < known_.size(); ++i) {
      if (same_tree(known_[i], n)) return c_.build.name(names_[i]);
    }
    const std::string_view name = c_.fresh("iacdb_c_");
    known_.push_back(n);
    names_.push_back(name);
    c_.build.add(inner_->kid(select_slot::items), c_.build.item(n, c_.build.name(name)));
    return c_.build.name(name);
  }

  Node* s_;
  Context& c_;
  Node* inner_ = nullptr;
  bool aliases_ = false;
  std::vector<Node*> known_ = {};
  std::vector<std::string_view> names_ = {};
};

}  // namespace

Node* derive_from(Node* select, Context& c) {
  return Mover(select, c).move();
}

}  // namespace iacdb::sql
