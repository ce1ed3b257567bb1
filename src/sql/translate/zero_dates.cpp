// MySQL's dates of zeros, wherever a statement names one: see ZeroDates. Those that are stored in a
// column of a known type are stored-values' work.

#include "sql/translate/passes.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

constexpr std::string_view zero_date = "0000-00-00";

bool is_zero(const Node* n) {
  if (!n || !n->is(Kind::string) || !n->text.starts_with(zero_date)) return false;
  const std::string_view rest = n->text.substr(zero_date.size());
  return rest.empty() || (rest.starts_with(" 00:00:00") &&
                          rest.find_first_not_of("0.", 9) == std::string_view::npos);
}

bool is_text(const Node* n, const Context& c) {
  return n && type_of(n, c) == ValueType::text && !n->is(Kind::string);
}

/// A default of zeros is left out: a row that does not say the date is refused, or gets a NULL.
void drop_default(Node* column, Context& c) {
  if (c.options.policies.zero_dates != ZeroDates::refuse || !c.options.whole_database) return;
  const Node* type = column->kid(column_slot::type);
  const ValueType held = type ? value_type_of(type, c.from) : ValueType::unknown;
  if (held != ValueType::date && held != ValueType::timestamp) return;
  Node* constraints = column->kid(column_slot::constraints);
  for (std::uint32_t i = 0; constraints && i < constraints->size; ++i) {
    const Node* k = constraints->kid(i);
    const bool is_default = k->op == static_cast<std::uint8_t>(ConstraintKind::default_);
    const Node* value = k->kid(constraint_slot::expression);
    const bool zero = is_zero(value) || (value && value->is(Kind::number) && value->text == "0");
    if (!is_default || !zero) continue;
    Builder::erase(constraints, i);
    return c.warn("zero-date", "a default that is a date of zeros was left out");
  }
}

class ZeroDatePass {
 public:
  explicit ZeroDatePass(Context& c) : c_(c) {}

  void visit(Node*& n) {
    if (!n || n->is(Kind::like)) return;
    if (n->is(Kind::column)) drop_default(n, c_);
    if (n->is(Kind::binary) && compares(n)) return;
    const bool stored = (n->is(Kind::values) || n->is(Kind::assign)) && knows_tables(c_);
    for (std::uint32_t i = 0; i < n->size; ++i) {
      Node*& kid = n->kids[i];
      if (is_zero(kid)) {
        if (!stored && !n->is(Kind::item)) replace(kid);
      } else if (!stored || !n->is(Kind::values)) {
        visit(kid);
      }
    }
  }

 private:
  ZeroDates policy() const { return c_.options.policies.zero_dates; }

  void tell(const Node* n) {
    if (policy() != ZeroDates::refuse) return;
    c_.lose(n, "zero-date", "a date of zeros is no date elsewhere; see the policy zero-dates");
  }

  void replace(Node*& n) {
    tell(n);
    if (policy() == ZeroDates::lowest) {
      n->text = c_.build.text("0001-01-01" + std::string(n->text.substr(zero_date.size())));
    } else {
      n = c_.build.null();
    }
  }

  /// True where it was a comparison with a date of zeros, which NULL takes part in otherwise.
  bool compares(Node*& n) {
    const bool right = is_zero(n->kid(1));
    if (!right && !is_zero(n->kid(0))) return false;
    Node* value = n->kids[right ? 0 : 1];
    if (is_text(value, c_)) return true;
    BinOp op = n->bin();
    if (!right && (op == BinOp::lt || op == BinOp::gt))
      op = op == BinOp::lt ? BinOp::gt : BinOp::lt;
    const bool known =
        op == BinOp::eq || op == BinOp::neq || op == BinOp::gt || op == BinOp::null_safe_eq;
    if (policy() == ZeroDates::lowest) {
      replace(n->kids[right ? 1 : 0]);
      return true;
    }
    tell(n);
    if (!known) c_.refuse(n, "this comparison with a date of zeros has no equal with NULL");
    const bool same = op == BinOp::eq || op == BinOp::null_safe_eq;
    n = c_.build.binary(same ? BinOp::is : BinOp::is_not, value, c_.build.null());
    return true;
  }

  Context& c_;
};

}  // namespace

void pass_zero_dates(Context& c) {
  if (c.from_is(Dialect::sqlite)) {
    walk(c.statement, [&](Node* n) {
      if (n->is(Kind::column)) drop_default(n, c);
      return true;
    });
  }
  if (!c.from_is(Dialect::mysql) || c.to_is(Dialect::mysql)) return;
  ZeroDatePass(c).visit(c.statement);
}

}  // namespace iacdb::sql
