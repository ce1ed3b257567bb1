// Booleans: predicates as values and values as predicates.

#include <span>

#include "sql/translate/passes.hpp"
#include "sql/translate/predicates.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

class Booleans {
 public:
  explicit Booleans(Context& c) : c_(c) {
    // Oracle has booleans as values from 23 on; columns and what is stored stay numbers.
    const bool has = c.options.target_version == 0 || c.options.target_version >= 23;
    const Node* s = c.statement;
    if (!has || !c.from_is(Dialect::postgres) || !c.to_is(Dialect::oracle) || !s) return;
    if (!s->is(Kind::select) || s->kid(select_slot::into)) return;
    // What is grouped must be written in the same words.
    if (s->kid(select_slot::group) || s->has(flag::distinct)) return;
    shown_ = s->kid(select_slot::items);
  }

  /// What stands where a condition is wanted.
  void condition(Node*& n) {
    if (!n) return;
    if (n->is(Kind::paren)) return condition(n->kids[0]);
    if (n->is(BinOp::or_) || n->is(BinOp::and_) || n->is(BinOp::xor_)) {
      condition(n->kids[0]);
      condition(n->kids[1]);
      if (n->is(BinOp::xor_) && !c_.to_is(Dialect::mysql)) xor_(n);
      return;
    }
    if (n->is(Kind::unary) && n->text == "NOT") return condition(n->kids[0]);
    if (is_predicate(n)) return operands(n);
    operands(n);
    value_as_condition(n);
  }

  /// What stands where a value is wanted.
  void value(Node*& n) {
    if (!n) return;
    const bool predicate = is_predicate(n);
    if (predicate) {
      condition(n);
      const bool wants_case = c_.to_is(Dialect::tsql) || c_.to_is(Dialect::oracle);
      if (wants_case) as_case(n);
      return;
    }
    operands(n);
  }

 private:
  void operands(Node* n) {
    switch (n->kind) {
      case Kind::case_:
        return case_(n);
      case Kind::exists:
        return query(n->kid(0));
      case Kind::subquery:
        return query(n->kid(0));
      case Kind::call:
        return call(n);
      case Kind::select:
      case Kind::set_op:
      case Kind::values:
        return query(n);
      default:
        break;
    }
    const bool comparison = n->is(Kind::binary);
    if (comparison && (n->is(BinOp::is) || n->is(BinOp::is_not)) && n->kid(1)->is(Kind::boolean)) {
      is_boolean(n);
      return;
    }
    if (n->is(Kind::cast) || n->is(BinOp::concat)) shown(n);
    for (std::uint32_t i = 0; i < n->size; ++i) value(n->kids[i]);
    if (comparison) comparison_of_booleans(n);
    if (comparison) arithmetic(n);
    if (n->is(Kind::in)) in_list(n);
  }

  /// A boolean in a text or a number: 'true' by PostgreSQL, 1 by the others.
  void as_shown(Node*& n, bool whole_words) {
    if (!is_boolean_value(n) || c_.from == c_.to) return;
    if (c_.from_is(Dialect::postgres))
      boolean_as_text(n, whole_words, c_);
    else
      as_number(n);
  }

  void shown(Node* n) {
    if (n->is(BinOp::concat)) {
      as_shown(n->kids[0], true);
      as_shown(n->kids[1], true);
      return;
    }
    const Node* type = n->kid(1);
    if (!type || !type->is(Kind::type) || n->has(flag::done)) return;
    const ValueType t = value_type_of(type, c_.from);
    if (t == ValueType::text || (is_number(t) && !c_.from_is(Dialect::postgres)))
      as_shown(n->kids[0], true);
  }

  bool is_boolean_value(const Node* n) const {
    return is_predicate(n) || type_of(n, c_) == ValueType::boolean;
  }

  /// TRUE + 1 and SUM(a > b): a boolean counts as a number in MySQL and SQLite.
  void as_number(Node*& n) {
    if (!c_.to_is(Dialect::postgres) || !is_boolean_value(n)) return;
    n = c_.build.cast(n, "INT");
    n->flags |= flag::done;
  }

  void arithmetic(Node* n) {
    if (!n->is(BinOp::add) && !n->is(BinOp::sub) && !n->is(BinOp::mul) && !n->is(BinOp::div) &&
        !n->is(BinOp::int_div) && !n->is(BinOp::mod)) {
      return;
    }
    as_number(n->kids[0]);
    as_number(n->kids[1]);
  }

  static bool is_zero(const Node* number) {
    const std::string_view digits = number->text.substr(0, number->text.find_first_of("eE"));
    return digits.find_first_of("123456789") == std::string_view::npos;
  }

  /// 0 and 1 where PostgreSQL wants a boolean.
  void as_boolean(Node*& n) {
    if (!c_.to_is(Dialect::postgres)) return;
    const bool text = n->is(Kind::string) || n->is(Kind::number);
    if (text && (n->text == "0" || n->text == "1")) {
      n = c_.build.node(Kind::boolean, n->text == "1" ? "TRUE" : "FALSE");
    } else if (n->is(Kind::number)) {
      n = c_.build.node(Kind::boolean, is_zero(n) ? "FALSE" : "TRUE");
    } else if (is_number(type_of(n, c_))) {
      n = c_.build.binary(BinOp::neq, n, c_.build.number("0"));
    }
  }

  /// (a, flag) IN ((1, 0)): row by row.
  void row_of_booleans(const Node* left, Node* right) {
    if (!right->is(Kind::row) || right->size != left->size) return;
    for (std::uint32_t i = 0; i < left->size; ++i) {
      if (type_of(left->kid(i), c_) == ValueType::boolean) as_boolean(right->kids[i]);
    }
  }

  void in_list(Node* n) {
    if (n->kid(0)->is(Kind::row) && n->kid(1)->is(Kind::list)) {
      for (Node* row : *n->kid(1)) row_of_booleans(n->kid(0), row);
      return;
    }
    if (type_of(n->kid(0), c_) != ValueType::boolean || !n->kid(1)->is(Kind::list)) return;
    for (std::uint32_t i = 0; i < n->kid(1)->size; ++i) as_boolean(n->kid(1)->kids[i]);
  }

  /// x IS TRUE: NULL counts as false.
  void is_boolean(Node* n) {
    if (c_.to_is(Dialect::postgres) || c_.to_is(Dialect::mysql)) {
      if (c_.to_is(Dialect::postgres))
        condition(n->kids[0]);
      else
        value(n->kids[0]);
      return;
    }
    if (c_.to_is(Dialect::sqlite)) return value(n->kids[0]);
    const bool wanted = (n->kid(1)->text == "TRUE");
    const bool negated = n->is(BinOp::is_not);
    condition(n->kids[0]);
    Node* test = wanted ? n->kid(0) : c_.build.unary("NOT", c_.build.paren(n->kid(0)));
    Node* made = c_.build.slots(Kind::case_, 2);
    made->kids[1] = c_.build.number("0");
    c_.build.add(made, c_.build.with(Kind::when, {}, test, c_.build.number("1")));
    n->op = static_cast<std::uint8_t>(negated ? BinOp::neq : BinOp::eq);
    n->kids[0] = made;
    n->kids[1] = c_.build.number("1");
  }

  /// flag = 1 where the target's column is boolean, flag = TRUE where it is a number.
  void comparison_of_booleans(Node* n) {
    if (!c_.to_is(Dialect::postgres)) return;
    const bool equality = n->is(BinOp::eq) || n->is(BinOp::neq) || n->is(BinOp::is_distinct) ||
                          n->is(BinOp::is_not_distinct);
    const bool order = n->is(BinOp::lt) || n->is(BinOp::gt) || n->is(BinOp::le) || n->is(BinOp::ge);
    if (!equality && !order) return;
    if (n->kid(0)->is(Kind::row)) return row_of_booleans(n->kid(0), n->kid(1));
    for (std::uint32_t i = 0; i < 2; ++i) {
      Node*& other = n->kids[1 - i];
      const bool boolean = type_of(n->kids[i], c_) == ValueType::boolean;
      if (boolean && is_number(type_of(other, c_)) &&
          (order || !(other->text == "0" || other->text == "1"))) {
        as_number(n->kids[i]);
        continue;
      }
      if (boolean && other->is(Kind::number) && (other->text == "0" || other->text == "1")) {
        other = c_.build.node(Kind::boolean, other->text == "1" ? "TRUE" : "FALSE");
      }
      if (type_of(n->kids[i], c_) == ValueType::integer && other->is(Kind::boolean)) {
        other = c_.build.number(other->text == "TRUE" ? "1" : "0");
      }
    }
  }

  void case_(Node* n) {
    value(n->kids[0]);
    value(n->kids[1]);
    for (std::uint32_t i = 2; i < n->size; ++i) {
      if (n->kid(0))
        value(n->kids[i]->kids[0]);
      else
        condition(n->kids[i]->kids[0]);
      value(n->kids[i]->kids[1]);
      const bool boolean = n->kid(0) && type_of(n->kid(0), c_) == ValueType::boolean;
      if (boolean) as_boolean(n->kids[i]->kids[0]);
    }
    results(n);
  }

  /// A choice between booleans and numbers is a number.
  void results(Node* n) {
    bool number = is_number(type_of(n->kid(1), c_));
    for (std::uint32_t i = 2; i < n->size; ++i) {
      number = number || is_number(type_of(n->kids[i]->kid(1), c_));
    }
    if (!number || c_.from_is(Dialect::postgres)) return;
    if (n->kid(1)) as_number(n->kids[1]);
    for (std::uint32_t i = 2; i < n->size; ++i) as_number(n->kids[i]->kids[1]);
  }

  void call(Node* n) {
    Node* args = n->kid(call_slot::args);
    for (std::uint32_t i = 0; i < args->size; ++i) {
      if (i == 0 && is_call(n, "$IF")) {
        condition(args->kids[i]);
        continue;
      }
      value(args->kids[i]);
      for (std::string_view f : {"SUM", "AVG", "MAX", "MIN", "ABS", "SIGN"}) {
        if (is_call(n, f) && !c_.from_is(Dialect::postgres)) as_number(args->kids[i]);
      }
      for (std::string_view f : {"$CONCAT_NULL", "$CONCAT_SKIP", "CONCAT_WS", "$STRING_AGG"}) {
        if (is_call(n, f)) as_shown(args->kids[i], f == "$CONCAT_NULL");
      }
    }
    if (is_call(n, "$IF") && args->size == 3 && !c_.from_is(Dialect::postgres)) {
      const bool number =
          is_number(type_of(args->kid(1), c_)) || is_number(type_of(args->kid(2), c_));
      for (std::uint32_t i = 1; number && i < 3; ++i) as_number(args->kids[i]);
    }
    const bool choice = is_call(n, "COALESCE") || is_call(n, "NULLIF");
    if (choice && args->size > 0 && type_of(args->kid(0), c_) == ValueType::boolean) {
      for (std::uint32_t i = 1; i < args->size; ++i) as_boolean(args->kids[i]);
    }
    for (std::uint32_t i = 1; i < n->size; ++i) {
      if (!n->kids[i] || i == call_slot::path) continue;
      if (i == call_slot::filter)
        condition(n->kids[i]);
      else
        operands(n->kids[i]);
    }
  }

  void query(Node* n) {
    if (!n) return;
    if (n->is(Kind::select)) {
      for (std::uint32_t i = 0; i < n->size; ++i) {
        if (!n->kids[i]) continue;
        const bool conditions =
            i == select_slot::where || i == select_slot::having || i == select_slot::start_with;
        if (conditions)
          condition(n->kids[i]);
        else if (i == select_slot::connect_by)
          condition(n->kids[i]->kids[0]);
        else
          other(n->kids[i]);
      }
      return;
    }
    other(n);
  }

 public:
  /// Statements, lists and tables: finds the conditions and values below.
  void other(Node* n) {
    if (!n) return;
    switch (n->kind) {
      case Kind::select:
        return query(n);
      case Kind::join:
        other(n->kids[join_slot::left]);
        other(n->kids[join_slot::right]);
        condition(n->kids[join_slot::on]);
        return;
      case Kind::item:
      case Kind::sort:
      case Kind::assign:
      case Kind::row:
        for (std::uint32_t i = n->is(Kind::assign) ? 1 : 0; i < n->size; ++i) value(n->kids[i]);
        return;
      case Kind::insert:
        inserted(n);
        for (std::uint32_t i = 0; i < n->size; ++i) other(n->kids[i]);
        return;
      case Kind::update:
        assigned(n->kid(update_slot::assigns), n->kid(update_slot::target));
        conditions(n, update_slot::where);
        return;
      case Kind::delete_:
        conditions(n, delete_slot::where);
        return;
      case Kind::merge:
        conditions(n, merge_slot::on);
        return;
      case Kind::merge_when:
        for (std::uint32_t i = 0; i < n->size; ++i) {
          const bool test =
              i == when_slot::condition || i == when_slot::where || i == when_slot::delete_where;
          test ? condition(n->kids[i]) : other(n->kids[i]);
        }
        return;
      case Kind::conflict:
        conditions(n, conflict_slot::update_where);
        return;
      case Kind::constraint:
        if (n->op == static_cast<std::uint8_t>(ConstraintKind::check)) {
          condition(n->kids[constraint_slot::expression]);
        }
        return;
      case Kind::column:
      case Kind::type:
        return other(n->kid(column_slot::constraints));
      case Kind::call:
      case Kind::subquery:
        return operands(n);
      case Kind::create_index:
        condition(n->kids[index_slot::where]);
        return;
      case Kind::name:
      case Kind::path:
        return;
      case Kind::list:
        return list(n);
      default:
        for (std::uint32_t i = 0; i < n->size; ++i) other(n->kids[i]);
    }
  }

 private:
  void list(Node* n) {
    for (Node*& kid : std::span(n->kids, n->size)) {
      if (n == shown_ && kid->is(Kind::item) && is_predicate(kid->kid(0)))
        condition(kid->kids[0]);
      else if (is_expression(kid))
        value(kid);
      else
        other(kid);
    }
  }

  static bool is_expression(const Node* n) {
    return n && (n->is(Kind::binary) || n->is(Kind::unary) || n->is(Kind::case_) ||
                 n->is(Kind::call) || n->is(Kind::paren) || n->is(Kind::cast));
  }

  const TableFacts* facts_of(const Node* target) const {
    if (!c_.options.schema || !target || !target->is(Kind::table)) return nullptr;
    return c_.options.schema->table(last_name(target->kid(table_slot::source)));
  }

  /// Values for the boolean columns of an INSERT.
  void inserted(Node* n) {
    const TableFacts* facts = facts_of(n->kid(insert_slot::target));
    Node* source = n->kid(insert_slot::source);
    if (!facts || !source || !c_.to_is(Dialect::postgres)) return;
    const Node* columns = n->kid(insert_slot::columns);
    const auto each = [&](Node* row, bool items) {
      for (std::uint32_t i = 0; i < row->size; ++i) {
        const ColumnFacts* f =
            columns ? (i < columns->size ? facts->column(last_name(columns->kids[i])) : nullptr)
            : i < facts->columns.size() ? &facts->columns[i]
                                        : nullptr;
        if (!f || f->type != ValueType::boolean) continue;
        as_boolean(items ? row->kids[i]->kids[0] : row->kids[i]);
      }
    };
    if (source->is(Kind::values)) {
      for (Node* row : *source->kid(values_slot::rows)) each(row, false);
    } else if (source->is(Kind::select)) {
      for (const Node* item : *source->kid(select_slot::items)) {
        if (item->kid(0)->is(Kind::star)) return;
      }
      each(source->kid(select_slot::items), true);
    }
    if (Node* conflict = n->kid(insert_slot::conflict)) {
      if (conflict->kid(conflict_slot::updates)) {
        assigned(conflict->kid(conflict_slot::updates), n->kid(insert_slot::target));
      }
    }
  }

  void assigned(Node* assigns, const Node* target) {
    if (!c_.to_is(Dialect::postgres)) return;
    const TableFacts* facts = facts_of(target);
    for (Node* a : *assigns) {
      const ColumnFacts* f = facts ? facts->column(last_name(a->kid(0))) : nullptr;
      const bool boolean =
          f ? f->type == ValueType::boolean : column_type(c_, a->kid(0)) == ValueType::boolean;
      if (boolean && a->size > 1) as_boolean(a->kids[1]);
    }
  }

  void conditions(Node* n, std::uint32_t slot) {
    for (std::uint32_t i = 0; i < n->size; ++i) {
      if (i == slot)
        condition(n->kids[i]);
      else
        other(n->kids[i]);
    }
  }

  void xor_(Node*& n) {
    if (c_.to_is(Dialect::postgres)) {
      n = c_.build.binary(BinOp::neq, c_.build.paren(n->kid(0)), c_.build.paren(n->kid(1)));
      return;
    }
    Node* a = c_.build.paren(n->kid(0));
    Node* b = c_.build.paren(n->kid(1));
    Node* first = c_.build.binary(BinOp::and_, a, c_.build.unary("NOT", b));
    Node* second =
        c_.build.binary(BinOp::and_, c_.build.unary("NOT", c_.build.clone(a)), c_.build.clone(b));
    n = c_.build.paren(c_.build.binary(BinOp::or_, first, second));
  }

  void as_case(Node*& n) {
    Node* made = c_.build.slots(Kind::case_, 2);
    c_.build.add(made, c_.build.with(Kind::when, {}, n, c_.build.number("1")));
    if (never_null_predicate(n)) {
      made->kids[1] = c_.build.number("0");
    } else {
      Node* negated = c_.build.unary("NOT", c_.build.paren(c_.build.clone(n)));
      c_.build.add(made, c_.build.with(Kind::when, {}, negated, c_.build.number("0")));
    }
    n = made;
  }

  void value_as_condition(Node*& n) {
    const bool constant = n->is(Kind::boolean);
    if (c_.to_is(Dialect::tsql) || c_.to_is(Dialect::oracle)) {
      if (constant) {
        n = c_.build.binary(BinOp::eq, c_.build.number("1"),
                            c_.build.number(n->text == "TRUE" ? "1" : "0"));
      } else if (n->is(Kind::number)) {
        n = c_.build.binary(BinOp::neq, n, c_.build.number("0"));
      } else if ((n->is(Kind::name) || n->is(Kind::path)) && c_.from_is(Dialect::postgres)) {
        n = c_.build.binary(BinOp::eq, n, c_.build.number("1"));
      } else if (!n->is(Kind::null)) {
        n = c_.build.binary(BinOp::neq, n, c_.build.number("0"));
      }
      return;
    }
    if (!c_.to_is(Dialect::postgres) || constant || n->is(Kind::null)) return;
    const bool numbers = c_.from_is(Dialect::mysql) || c_.from_is(Dialect::sqlite);
    if (n->is(Kind::number)) {
      n = c_.build.node(Kind::boolean, is_zero(n) ? "FALSE" : "TRUE");
    } else if (c_.from_is(Dialect::mysql) && type_of(n, c_) == ValueType::text) {
      n = c_.build.binary(BinOp::neq, number_of_text(n, c_), c_.build.number("0"));
    } else if (numbers && is_number(type_of(n, c_))) {
      n = c_.build.binary(BinOp::neq, n, c_.build.number("0"));
    }
  }

  Context& c_;
  const Node* shown_ = nullptr;  ///< the outermost list, where a predicate may stay one
};

}  // namespace

void pass_booleans(Context& c) {
  Booleans(c).other(c.statement);
}

}  // namespace iacdb::sql
