// Parts of definitions: lists of values, the actions of foreign keys, columns that follow updates,
// views, DROP.
//
// Sources: "CREATE TABLE" and "CREATE TRIGGER" of PostgreSQL 15 and SQLite 3.40, "The ENUM Type",
// "The SET Type", "Automatic Initialization and Updating for TIMESTAMP" and "FOREIGN KEY
// Constraints" of MySQL 8.0, "CREATE TABLE" of Transact-SQL 2019 and of Oracle 19c.

#include <algorithm>
#include <charconv>
#include <string>

#include "sql/parser.hpp"
#include "sql/printer.hpp"
#include "sql/translate/definitions.hpp"
#include "sql/translate/make.hpp"
#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

std::uint8_t code(ConstraintKind k) {
  return static_cast<std::uint8_t>(k);
}

std::string upper_words(std::string_view text) {
  std::string out;
  bool blank = true;
  for (const char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space || !blank) out += space ? ' ' : upper(c);
    blank = space;
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// The action that follows ON DELETE or ON UPDATE; empty for none.
std::string action_of(const std::string& text, std::string_view event) {
  const std::size_t at = text.find(event);
  if (at == std::string::npos) return {};
  std::string rest = text.substr(at + event.size() + 1);
  for (const std::string_view action :
       {"CASCADE", "SET NULL", "SET DEFAULT", "NO ACTION", "RESTRICT"}) {
    if (rest.starts_with(action)) return std::string(action);
  }
  return {};
}

std::string printed(const Node* n, Dialect to) {
  Printer printer(to);
  printer.expression(n);
  return printer.take();
}

/// A name made of a table and a column, for a trigger and its function.
std::string made_name(const Node* table, const Node* column, std::string_view end) {
  return std::string(last_name(table)) + "_" + std::string(column->kid(column_slot::name)->text) +
         std::string(end);
}

Node* raw(Context& c, const std::string& text) {
  return c.build.node(Kind::command, c.build.text(text));
}

/// OLD.* or, where a column is generated, the others: a trigger before the change does not see it.
std::string row_of(const Node* table, std::string_view row) {
  std::string own;
  bool generated = false;
  for (const Node* item : *table->kid(table_def_slot::items)) {
    if (!item->is(Kind::column)) continue;
    bool made = false;
    for (const Node* k : *item->kid(column_slot::constraints)) {
      made = made || static_cast<ConstraintKind>(k->op) == ConstraintKind::generated;
    }
    generated = generated || made;
    if (made) continue;
    own += (own.empty() ? "" : ", ") + std::string(row) + "." +
           printed(item->kid(column_slot::name), Dialect::postgres);
  }
  return generated ? "ROW(" + own + ")" : std::string(row) + ".*";
}

void follow_in_postgres(const Node* table, const Node* column, Context& c) {
  const Node* name = table->kid(table_def_slot::name);
  const std::string t = printed(name, c.to);
  const std::string col = printed(column->kid(column_slot::name), c.to);
  const std::string function =
      printed(c.build.name(c.build.text(made_name(name, column, "_now"))), c.to);
  c.after.push_back(raw(c, "CREATE FUNCTION " + function +
                               "() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW." + col +
                               " = CURRENT_TIMESTAMP; RETURN NEW; END $$"));
  c.after.push_back(raw(
      c, "CREATE TRIGGER " + function + " BEFORE UPDATE ON " + t + " FOR EACH ROW WHEN (" +
             row_of(table, "OLD") + " IS DISTINCT FROM " + row_of(table, "NEW") + " AND OLD." +
             col + " IS NOT DISTINCT FROM NEW." + col + ") EXECUTE FUNCTION " + function + "()"));
}

void follow_in_sqlite(const Node* table, const Node* column, Context& c) {
  const Node* name = table->kid(table_def_slot::name);
  const std::string t = printed(name, c.to);
  const std::string col = printed(column->kid(column_slot::name), c.to);
  std::string changed;
  for (const Node* item : *table->kid(table_def_slot::items)) {
    if (!item->is(Kind::column) || item == column) continue;
    const std::string other = printed(item->kid(column_slot::name), c.to);
    changed += (changed.empty() ? "" : " OR ") + ("OLD." + other + " IS NOT NEW." + other);
  }
  if (changed.empty()) return;
  const std::string trigger =
      printed(c.build.name(c.build.text(made_name(name, column, "_now"))), c.to);
  c.after.push_back(raw(c, "CREATE TRIGGER " + trigger + " AFTER UPDATE ON " + t +
                               " FOR EACH ROW WHEN OLD." + col + " IS NEW." + col + " AND (" +
                               changed + ") BEGIN UPDATE " + t + " SET " + col +
                               " = CURRENT_TIMESTAMP WHERE rowid = NEW.rowid; END"));
}

}  // namespace

void resolve_named_type(Node* column, Context& c) {
  Node* type = column->kid(column_slot::type);
  const NamedType* named =
      type && c.options.schema ? c.options.schema->named_type(type->text) : nullptr;
  if (!named) return;
  if (!named->values.empty()) {
    type->text = "ENUM";
    for (const std::string& value : named->values) {
      c.build.add(type, c.build.string(c.build.text(value)));
    }
    return;
  }
  Parser parser(c.build.text("CREATE TABLE t (c " + named->definition + ")"), c.from,
                c.build.arena());
  parser.allow_own_names();
  Node* base = parser.whole_statement()->kid(table_def_slot::items)->kid(0);
  column->kids[column_slot::type] = base->kid(column_slot::type);
  for (Node* k : *base->kid(column_slot::constraints)) {
    Node*& check = k->kids[constraint_slot::expression];
    rewrite_tree(check, [&](Node*& n) {
      if (n && n->is(Kind::name) && same_word(n->text, "value")) {
        n = c.build.clone(column->kid(column_slot::name));
      }
    });
    k->kids[constraint_slot::name] = nullptr;  // one name for each of several tables
    const auto kind = static_cast<ConstraintKind>(k->op);
    const bool nullness = kind == ConstraintKind::null || kind == ConstraintKind::not_null;
    bool said = false;
    for (const Node* own : *column->kid(column_slot::constraints)) {
      const auto o = static_cast<ConstraintKind>(own->op);
      said = said || o == kind ||
             (nullness && (o == ConstraintKind::null || o == ConstraintKind::not_null));
    }
    if (!said || kind == ConstraintKind::check) {
      c.build.add(column->kid(column_slot::constraints), k);
    }
  }
}

void untyped(Node* column, Context& c) {
  if (column->kid(column_slot::type) || !c.from_is(Dialect::sqlite)) return;
  for (const Node* k : *column->kid(column_slot::constraints)) {
    if (static_cast<ConstraintKind>(k->op) == ConstraintKind::generated) return;
  }
  c.warn("type", "a column without a type becomes a text");
  column->kids[column_slot::type] = c.build.node(Kind::type, "TEXT");
}

namespace {

/// The type of a column of the same definition.
const Node* type_in(const Node* items, std::string_view name) {
  for (std::uint32_t i = 0; items && i < items->size; ++i) {
    const Node* item = items->kids[i];
    if (!item->is(Kind::column) || !same_word(item->kid(column_slot::name)->text, name)) continue;
    return item->kid(column_slot::type);
  }
  return nullptr;
}

/// DECIMAL with as many digits as sums and products of decimals have; nullptr where there are none.
Node* computed_decimal(const Node* expression, const Node* items, Context& c) {
  constexpr int digits_of_quotient = 10;
  bool decimal = false;
  bool multiplied = false;
  bool divided = false;
  bool other = false;
  int most = 0;
  int sum = 0;
  walk(const_cast<Node*>(expression), [&](const Node* n) {
    multiplied = multiplied || n->is(BinOp::mul);
    divided = divided || n->is(BinOp::div);
    const Node* type = n->is(Kind::name) ? type_in(items, n->text) : nullptr;
    int scale = 0;
    if (type && value_type_of(type, c.from) == ValueType::decimal) {
      decimal = true;
      const auto digits = type->size == 2 ? whole_number(type->kid(1)) : std::nullopt;
      scale = digits ? static_cast<int>(*digits) : 0;
      other = other || !digits;
    } else if (type && value_type_of(type, c.from) != ValueType::integer) {
      other = true;
    } else if (n->is(Kind::number) && n->text.find('.') != std::string_view::npos) {
      scale = static_cast<int>(n->text.size() - n->text.find('.') - 1);
    } else if (n->is(Kind::call) || n->is(Kind::cast)) {
      other = true;
    }
    most = std::max(most, scale);
    sum += scale;
    return true;
  });
  if (!decimal || other) return nullptr;
  int scale = multiplied ? sum : most;
  if (divided) scale = std::max(scale, digits_of_quotient);
  Node* type = c.build.node(Kind::type, "DECIMAL");
  c.build.add(type, c.build.number("38"));
  c.build.add(type, c.build.number(c.build.text(std::to_string(scale))));
  return type;
}

}  // namespace

void generated_type(Node* column, const Node* expression, const Node* items, Context& c) {
  if (column->kid(column_slot::type) || c.to_is(Dialect::tsql) || c.to_is(Dialect::oracle) ||
      c.to_is(Dialect::sqlite)) {
    return;
  }
  if (Node* decimal = computed_decimal(expression, items, c)) {
    column->kids[column_slot::type] = decimal;
    return;
  }
  const Node* like = nullptr;
  walk(const_cast<Node*>(expression), [&](const Node* n) {
    if (!like && n->is(Kind::name)) like = type_in(items, n->text);
    return !like;
  });
  const ValueType found = type_of(expression, c);
  if (found == ValueType::text || (!like && found == ValueType::unknown)) {
    if (found == ValueType::unknown) {
      c.refuse(column, "a computed column whose type is not known: say it with a CAST", "schema");
    }
    column->kids[column_slot::type] = c.build.node(Kind::type, "TEXT");
    return;
  }
  column->kids[column_slot::type] =
      like ? c.build.clone(like)
           : c.build.node(Kind::type, found == ValueType::integer ? "BIGINT" : "DOUBLE");
}

Node* listed_values(const Node* column, Context& c) {
  const Node* type = column->kid(column_slot::type);
  if (type->text != "ENUM" && type->text != "SET") return nullptr;
  Node* check = c.build.slots(Kind::constraint, constraint_slot::count);
  check->op = code(ConstraintKind::check);
  Node* values = c.build.list();
  for (Node* v : *type) c.build.add(values, v);
  Node* name = c.build.clone(column->kid(column_slot::name));
  if (type->text == "ENUM") {
    check->kids[constraint_slot::expression] = c.build.with(Kind::in, {}, name, values);
    return check;
  }
  if (!c.to_is(Dialect::postgres)) {
    c.warn("set", "the values of a SET column are not checked");
    return nullptr;
  }
  Node* parts = c.build.call("STRING_TO_ARRAY", name, c.build.string(","));
  parts->flags |= flag::done;
  Node* all = c.build.node(Kind::array);
  for (Node* v : *values) c.build.add(all, v);
  Node* within = c.build.binary(BinOp::contained, parts, all);
  within->flags |= flag::done;
  check->kids[constraint_slot::expression] = within;
  return check;
}

/// REFERENCES t without columns means t's primary key; MySQL wants it said.
void said_key(Node* key, Context& c) {
  if (key->kid(constraint_slot::foreign_columns) || !c.to_is(Dialect::mysql)) return;
  const TableFacts* table =
      c.options.schema ? c.options.schema->table(last_name(key->kid(constraint_slot::table)))
                       : nullptr;
  if (!table || !table->has_primary || table->keys.empty()) {
    c.refuse(key, "REFERENCES without columns needs the primary key of the other table", "schema");
  }
  Node* columns = c.build.list();
  for (const std::string& name : table->keys.front()) {
    Node* n = c.build.name(c.build.text(name));
    n->flags |= flag::done;
    c.build.add(columns, n);
  }
  key->kids[constraint_slot::foreign_columns] = columns;
}

void foreign_actions(Node* key, Context& c) {
  said_key(key, c);
  const std::string text = upper_words(key->text);
  std::string out;
  for (const std::string_view event : {"ON DELETE", "ON UPDATE"}) {
    std::string action = action_of(text, event);
    if (action.empty()) continue;
    const bool nothing = action == "NO ACTION" || action == "RESTRICT";
    if (c.to_is(Dialect::tsql) && action == "RESTRICT") action = "NO ACTION";
    if (c.to_is(Dialect::oracle) && nothing) continue;  // the only default it has
    const bool unknown =
        c.to_is(Dialect::oracle) && (event == "ON UPDATE" || action == "SET DEFAULT");
    const bool refused = c.to_is(Dialect::mysql) && action == "SET DEFAULT";
    if (unknown || refused) {
      c.lose(key, "foreign-key",
             std::string(event) + " " + action +
                 " of a foreign key has no "
                 "equal in " +
                 std::string(to_string(c.to)));
      continue;
    }
    out += (out.empty() ? "" : " ") + std::string(event) + " " + action;
  }
  key->text = c.build.text(out);
}

void follow_updates(const Node* table, const Node* column, Context& c) {
  if (c.to_is(Dialect::postgres)) return follow_in_postgres(table, column, c);
  if (c.to_is(Dialect::sqlite)) return follow_in_sqlite(table, column, c);
  c.lose(column, "on-update", "ON UPDATE of a column needs a trigger");
}

void drop_options(Node* n, Context& c) {
  bool keeps_rows = !c.from_is(Dialect::oracle);
  if (const Node* options = n->kid(table_def_slot::options)) {
    for (const Node* o : *options) {
      const bool stored = c.options.whole_database && o->text == "PARTITION" &&
                          (c.from_is(Dialect::mysql) || c.from_is(Dialect::oracle));
      if (stored) {
        c.warn("partition",
               "PARTITION BY was left out: one table holds all rows, of any partition");
      } else if (o->text == "PARTITION" || o->text == "INHERITS") {
        c.refuse(n, std::string(o->text) + " of a table is not translated");
      }
      const std::string text = upper_words(o->kids[o->size - 1]->text);
      if (text.starts_with("ON COMMIT")) keeps_rows = text.find("PRESERVE") != std::string::npos;
    }
    n->kids[table_def_slot::options] = nullptr;
  }
  if (n->has(flag::temporary) && !keeps_rows) {
    c.warn("on-commit",
           "what a commit does to the rows of a temporary table was left out: they stay");
  }
}

Node* identity_numbers(const Node* table, Node* numbers, Context& c) {
  if (!numbers || (!c.to_is(Dialect::mysql) && !c.to_is(Dialect::sqlite))) return numbers;
  if (numbers->kid(1)->text != "1") {
    c.warn("identity-start", "the step of an identity column was left out");
  }
  const Node* first = numbers->kid(0);
  if (first->text == "1") return numbers;
  long long start = 0;
  const std::string_view digits = first->is(Kind::number) ? first->text : std::string_view();
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), start);
  if (digits.empty() || read.ptr != digits.data() + digits.size()) {
    c.warn("identity-start", "the first number of an identity column was left out");
    return numbers;
  }
  if (c.to_is(Dialect::mysql)) {
    c.after.push_back(raw(
        c, "ALTER TABLE " + printed(table, c.to) + " AUTO_INCREMENT = " + std::to_string(start)));
  } else {
    const std::string name = printed(c.build.string(last_name(table)), c.to);
    c.after.push_back(raw(c, "INSERT INTO sqlite_sequence (name, seq) VALUES (" + name + ", " +
                                 std::to_string(start - 1) + ")"));
  }
  return numbers;
}

void first_number(Node* table, Context& c) {
  Node* const options = table->kid(table_def_slot::options);
  Node* const items = table->kid(table_def_slot::items);
  if (!options || !items || c.to_is(Dialect::mysql)) return;
  for (const Node* option : *options) {
    if (option->text != "AUTO_INCREMENT") continue;
    const std::string_view text = option->kids[option->size - 1]->text;
    const std::size_t at = text.find_last_not_of("0123456789");
    const std::string_view digits = at == text.npos ? text : text.substr(at + 1);
    for (Node* item : *items) {
      if (!item->is(Kind::column) || digits.empty()) continue;
      for (Node* k : *item->kid(column_slot::constraints)) {
        if (static_cast<ConstraintKind>(k->op) != ConstraintKind::auto_increment) continue;
        k->kids[constraint_slot::columns] =
            c.build.with(Kind::list, {}, c.build.number(digits), c.build.number("1"));
      }
    }
  }
}

void replace_table(Node* n, Context& c) {
  if (!n->has(flag::replace) || c.to_is(Dialect::mysql)) return;
  if (c.to_is(Dialect::oracle)) c.refuse(n, "CREATE OR REPLACE TABLE has no equal; drop it first");
  n->flags &= ~flag::replace;
  Node* gone = c.build.node(Kind::drop, "TABLE", flag::if_exists);
  c.build.add(gone, c.build.list_of(c.build.clone(n->kid(table_def_slot::name))));
  c.build.add(gone, nullptr);
  c.before.push_back(gone);
}

void create_view(Node* n, Context& c) {
  if (const Node* options = n->kid(view_slot::options)) {
    const std::string text = upper_words(options->text);
    const bool check = text.find("CHECK OPTION") != std::string::npos;
    if (check && c.to_is(Dialect::sqlite)) {
      c.lose(n, "check-option", "WITH CHECK OPTION has no equal in sqlite");
    }
    const bool keeps = check && !c.to_is(Dialect::sqlite);
    if (!check) c.warn("view-option", "an option of a view was left out");
    n->kids[view_slot::options] = keeps ? c.build.node(Kind::raw, "WITH CHECK OPTION") : nullptr;
  }
  if (!n->has(flag::replace) || !c.to_is(Dialect::sqlite)) return;
  n->flags &= ~flag::replace;
  Node* gone = c.build.node(Kind::drop, "VIEW", flag::if_exists);
  c.build.add(gone, c.build.list_of(c.build.clone(n->kid(view_slot::name))));
  c.build.add(gone, nullptr);
  c.before.push_back(gone);
}

void drop(Node* n, Context& c) {
  const bool several = n->kid(0)->size > 1;
  if (several && (c.to_is(Dialect::sqlite) || c.to_is(Dialect::oracle))) {
    for (std::uint32_t i = 1; i < n->kid(0)->size; ++i) {
      Node* one = c.build.node(Kind::drop, n->text, n->flags);
      c.build.add(one, c.build.list_of(n->kid(0)->kids[i]));
      c.build.add(one, n->kid(1));
      c.after.push_back(one);
    }
    n->kid(0)->size = 1;
  }
  // Where the script makes everything anew, what hangs on the table goes with it anyway.
  if (c.options.whole_database && n->has(flag::cascade) &&
      (c.to_is(Dialect::sqlite) || c.to_is(Dialect::tsql))) {
    n->flags &= ~flag::cascade;
    c.warn("cascade", "CASCADE of a DROP was left out");
  }
}

}  // namespace iacdb::sql
