#include "sql/translate/context.hpp"

#include "sql/translate/types.hpp"

namespace iacdb::sql {

namespace {

/// What a name may stand for: a column of the schema, or an expression of a query.
struct Definition {
  const ColumnFacts* facts = nullptr;
  Node* expression = nullptr;
  const Node* type = nullptr;  ///< where the statement itself defines the column
};
using Definitions = std::vector<Definition>;

/// ORDER BY name, and in MySQL any name in HAVING, is one of the select list first and a column
/// only then.
void find_aliased(const Context& c, const Node* select, Sources& out) {
  constexpr std::uint32_t items_max = 256;  // what a select list of people's writing has
  const Node* items = select->kid(select_slot::items);
  if (!items || items->size > items_max) return;
  const auto look = [&](const Node* name) {
    for (const Node* item : *items) {
      if (!item->is(Kind::item) || !item->kid(1) || !same_word(item->kid(1)->text, name->text)) {
        continue;
      }
      if (!same_word(last_name(item->kid(0)), name->text)) out.aliased.emplace(name, item->kid(0));
      return;
    }
  };
  if (const Node* order = select->kid(query_slot::order)) {
    for (const Node* sort : *order) {
      if (sort->size > 0 && sort->kid(0)->is(Kind::name)) look(sort->kid(0));
    }
  }
  Node* having = select->kid(select_slot::having);
  if (!having || !c.from_is(Dialect::mysql)) return;
  walk(having, [&](Node* k) {
    if (k->is(Kind::name)) look(k);
    for (std::string_view f : {"COUNT", "SUM", "MIN", "MAX", "AVG"}) {
      if (is_call(k, f)) return false;  // Its argument names a column.
    }
    return !k->is(Kind::path) && !k->is(Kind::subquery) && !k->is(Kind::select);
  });
}

const Sources& sources_of(const Context& c) {
  if (!c.sources.known) {
    c.sources.known = true;
    walk(c.statement, [&](Node* k) {
      if (k->is(Kind::table) && k->size == table_slot::count) c.sources.tables.push_back(k);
      if (k->is(Kind::cte)) c.sources.ctes.push_back(k);
      if (k->is(Kind::select)) find_aliased(c, k, c.sources);
      const bool outer = k->is(Kind::join) && k->join() != JoinKind::inner &&
                         k->join() != JoinKind::cross && k->join() != JoinKind::comma;
      c.sources.outer = c.sources.outer || outer || is_call(k, "ROLLUP") || is_call(k, "CUBE") ||
                        is_call(k, "GROUPING SETS");
      return true;
    });
  }
  return c.sources;
}

const Node* find_cte(const Context& c, std::string_view name) {
  for (const Node* cte : sources_of(c).ctes) {
    if (same_word(cte->kid(cte_slot::name)->text, name)) return cte;
  }
  return nullptr;
}

std::string_view alias_of(const Node* table) {
  const Node* alias = table->kid(table_slot::alias);
  return alias ? alias->text : last_name(table->kid(table_slot::source));
}

constexpr int depth_of_names_max = 12;

void define_in_table(const Context& c, const Node* table, std::string_view name, int depth,
                     Definitions& out);

void define_in_from(const Context& c, const Node* from, std::string_view name, int depth,
                    Definitions& out) {
  if (!from) return;
  if (from->is(Kind::table)) return define_in_table(c, from, name, depth, out);
  if (!from->is(Kind::list) && !from->is(Kind::join) && !from->is(Kind::paren)) return;
  const std::uint32_t tables = from->is(Kind::join) ? 2 : from->size;
  for (std::uint32_t i = 0; i < tables; ++i) define_in_from(c, from->kids[i], name, depth, out);
}

std::string_view item_name(const Node* item) {
  return item->kid(1) ? item->kid(1)->text : last_name(item->kid(0));
}

void define_in_query(const Context& c, const Node* query, const Node* columns,
                     std::string_view name, int depth, Definitions& out) {
  while (query && query->is(Kind::set_op)) query = query->kid(set_slot::left);
  if (!query || depth > depth_of_names_max) return;
  std::uint32_t index = UINT32_MAX;
  for (std::uint32_t i = 0; columns && i < columns->size; ++i) {
    if (same_word(last_name(columns->kids[i]), name)) index = i;
  }
  if (columns && index == UINT32_MAX) return;
  if (query->is(Kind::values)) {
    const Node* rows = query->kid(values_slot::rows);
    if (index != UINT32_MAX && rows->size > 0 && index < rows->kid(0)->size) {
      out.push_back({nullptr, rows->kid(0)->kids[index]});
    }
    return;
  }
  if (!query->is(Kind::select)) return;
  const Node* items = query->kid(select_slot::items);
  for (std::uint32_t i = 0; i < items->size; ++i) {
    const Node* item = items->kids[i];
    if (!item->is(Kind::item)) continue;
    if (item->kid(0)->is(Kind::star)) {
      define_in_from(c, query->kid(select_slot::from), name, depth + 1, out);
    } else if (columns ? i == index : same_word(item_name(item), name)) {
      out.push_back({nullptr, item->kid(0)});
    }
  }
}

void define_in_table(const Context& c, const Node* table, std::string_view name, int depth,
                     Definitions& out) {
  if (depth > depth_of_names_max) return;
  const Node* source = table->kid(table_slot::source);
  const Node* columns = table->kid(table_slot::columns);
  if (source->is(Kind::subquery)) {
    return define_in_query(c, source->kid(0), columns, name, depth + 1, out);
  }
  if (source->is(Kind::name)) {
    if (const Node* cte = find_cte(c, source->text)) {
      return define_in_query(c, cte->kid(cte_slot::body), cte->kid(cte_slot::columns), name,
                             depth + 1, out);
    }
  }
  if (!c.options.schema || columns) return;
  const TableFacts* facts = c.options.schema->table(last_name(source));
  if (const ColumnFacts* f = facts ? facts->column(name) : nullptr) out.push_back({f, nullptr});
}

/// A column in a CHECK, or in the WHERE of an index, is of the table that the statement defines.
void define_in_definition(const Context& c, std::string_view name, Definitions& out) {
  const Node* n = c.statement;
  const Node* table = n->is(Kind::create_table)   ? n->kid(table_def_slot::name)
                      : n->is(Kind::create_index) ? n->kid(index_slot::table)
                      : n->is(Kind::alter_table)  ? n->kid(alter_slot::name)
                                                  : nullptr;
  if (!table) return;
  if (const Node* items = n->is(Kind::create_table) ? n->kid(table_def_slot::items) : nullptr) {
    for (const Node* item : *items) {
      if (!item->is(Kind::column) || !same_word(item->kid(column_slot::name)->text, name)) continue;
      if (Node* type = item->kid(column_slot::type)) out.push_back({nullptr, nullptr, type});
      return;
    }
  }
  if (!c.options.schema) return;
  const TableFacts* facts = c.options.schema->table(last_name(table));
  if (const ColumnFacts* f = facts ? facts->column(name) : nullptr) out.push_back({f, nullptr});
}

Definitions define(const Context& c, const Node* column) {
  Definitions out;
  const std::string_view owner = qualifier(column);
  const Sources& sources = sources_of(c);
  if (const auto alias = sources.aliased.find(column); alias != sources.aliased.end()) {
    out.push_back({nullptr, alias->second});
    return out;
  }
  for (const Node* table : sources_of(c).tables) {
    if (!owner.empty() && !same_word(alias_of(table), owner)) continue;
    define_in_table(c, table, last_name(column), 0, out);
  }
  if (out.empty()) define_in_definition(c, last_name(column), out);
  return out;
}

}  // namespace

const TableFacts* table_facts(const Context& c, std::string_view wanted) {
  if (!c.options.schema) return nullptr;
  for (const Node* table : sources_of(c).tables) {
    if (same_word(alias_of(table), wanted)) {
      return c.options.schema->table(last_name(table->kid(table_slot::source)));
    }
  }
  return c.options.schema->table(wanted);
}

bool knows_tables(const Context& context) {
  if (!context.options.schema) return false;
  bool known = false;
  walk(context.statement, [&](Node* k) {
    if (k->is(Kind::table) && !known) {
      known = context.options.schema->table(last_name(k->kid(table_slot::source))) != nullptr;
    }
    return !known;
  });
  return known;
}

const ColumnFacts* column_facts(const Context& c, const Node* column) {
  if (!column || (!column->is(Kind::name) && !column->is(Kind::path))) return nullptr;
  const ColumnFacts* found = nullptr;
  for (int depth = 0; depth < depth_of_names_max; ++depth) {
    const Definitions all = define(c, column);
    found = nullptr;
    const Node* next = nullptr;
    for (const Definition& d : all) {
      if (d.facts && found && d.facts != found) return nullptr;
      if (d.facts) found = d.facts;
      const bool name =
          d.expression && (d.expression->is(Kind::name) || d.expression->is(Kind::path));
      if (d.expression && !(name && same_word(last_name(d.expression), last_name(column)))) {
        if (!name) return nullptr;
        next = d.expression;
      }
    }
    if (found || !next || next == column) return found;
    column = next;
  }
  return found;
}

bool names_column(const Context& c, std::string_view name) {
  Node column;
  column.kind = Kind::name;
  column.text = name;
  return !define(c, &column).empty();
}

ValueType column_type(const Context& c, const Node* column) {
  if (c.depth_of_types > depth_of_names_max) return ValueType::unknown;
  sources_of(c);
  // Queries that name each other's columns are asked again and again, without it in ever more ways;
  // one that is being found is not known, so that a circle ends.
  const auto [known, added] = c.sources.types.emplace(column, ValueType::unknown);
  if (!added) return known->second;
  ++c.depth_of_types;
  ValueType found = ValueType::unknown;
  bool mixed = false;
  for (const Definition& d : define(c, column)) {
    if (d.expression == column) continue;
    const ValueType t = d.facts  ? d.facts->type
                        : d.type ? value_type_of(d.type, c.from)
                                 : type_of(d.expression, c);
    if (t == ValueType::null || t == ValueType::unknown) continue;
    if (found != ValueType::unknown && found != t) mixed = true;
    found = t;
  }
  --c.depth_of_types;
  if (mixed) found = ValueType::unknown;
  c.sources.types[column] = found;
  return found;
}

bool never_null(const Context& c, const Node* n) {
  switch (n->kind) {
    case Kind::number:
    case Kind::exists:
    case Kind::boolean:
    case Kind::typed_literal:
      return true;
    case Kind::string:
      return !(c.from_is(Dialect::oracle) && n->text.empty());
    case Kind::paren:
      return never_null(c, n->kid(0));
    case Kind::unary:
      return never_null(c, n->kid(0));
    case Kind::call:
      if (is_call(n, "COALESCE")) {
        for (const Node* a : *n->kid(call_slot::args)) {
          if (never_null(c, a)) return true;
        }
        return false;
      }
      for (std::string_view f :
           {"COUNT", "ROW_NUMBER", "RANK", "DENSE_RANK", "$NOW", "$TODAY", "$RANDOM"}) {
        if (is_call(n, f)) return true;
      }
      return false;
    case Kind::subquery: {  // (SELECT COUNT(*) ..) has a row in any case
      const Node* q = n->kid(0);
      return q->is(Kind::select) && !q->kid(select_slot::group) && !q->kid(select_slot::having) &&
             !q->kid(query_slot::limit) && q->kid(select_slot::items)->size == 1 &&
             is_call(q->kid(select_slot::items)->kid(0)->kid(0), "COUNT");
    }
    case Kind::name:
    case Kind::path: {
      const auto alias = sources_of(c).aliased.find(n);
      if (alias != sources_of(c).aliased.end()) return never_null(c, alias->second);
      if (sources_of(c).outer) return false;
      const ColumnFacts* f = column_facts(c, n);
      return f && f->not_null;
    }
    default:
      return false;
  }
}

namespace {

bool columns_of_query(const Context& c, const Node* query, int depth,
                      std::vector<std::string_view>& out);

bool columns_of_from(const Context& c, const Node* from, int depth,
                     std::vector<std::string_view>& out) {
  if (!from) return false;
  if (from->is(Kind::table)) return source_columns(c, from, out, depth + 1);
  if (from->is(Kind::join) && (from->kid(join_slot::using_) || from->has(flag::natural))) {
    return false;
  }
  if (!from->is(Kind::list) && !from->is(Kind::join) && !from->is(Kind::paren)) return false;
  const std::uint32_t tables = from->is(Kind::join) ? 2 : from->size;
  for (std::uint32_t i = 0; i < tables; ++i) {
    if (!columns_of_from(c, from->kids[i], depth, out)) return false;
  }
  return true;
}

const Node* table_in_from(const Node* from, std::string_view alias) {
  if (!from) return nullptr;
  if (from->is(Kind::table)) return same_word(alias_of(from), alias) ? from : nullptr;
  for (std::uint32_t i = 0; i < from->size; ++i) {
    const Node* k = from->kids[i];
    if (!k || k->is(Kind::binary)) continue;
    if (const Node* found = table_in_from(k, alias)) return found;
  }
  return nullptr;
}

bool columns_of_query(const Context& c, const Node* query, int depth,
                      std::vector<std::string_view>& out) {
  while (query && query->is(Kind::set_op)) query = query->kid(set_slot::left);
  if (!query || !query->is(Kind::select) || depth > depth_of_names_max) return false;
  for (const Node* item : *query->kid(select_slot::items)) {
    if (!item->is(Kind::item)) return false;
    if (item->kid(0)->is(Kind::star)) {
      const Node* from = query->kid(select_slot::from);
      const Node* owner = item->kid(0)->kid(0);
      if (owner) from = table_in_from(from, last_name(owner));
      if (!columns_of_from(c, from, depth, out)) return false;
    } else if (item_name(item).empty()) {
      return false;
    } else {
      out.push_back(item_name(item));
    }
  }
  return true;
}

}  // namespace

bool source_columns(const Context& c, const Node* table, std::vector<std::string_view>& out,
                    int depth) {
  if (!table || depth > depth_of_names_max) return false;
  if (const Node* columns = table->kid(table_slot::columns)) {
    for (const Node* n : *columns) out.push_back(last_name(n));
    return true;
  }
  const Node* source = table->kid(table_slot::source);
  if (source->is(Kind::subquery)) return columns_of_query(c, source->kid(0), depth + 1, out);
  if (source->is(Kind::name)) {
    if (const Node* cte = find_cte(c, source->text)) {
      if (const Node* columns = cte->kid(cte_slot::columns)) {
        for (const Node* n : *columns) out.push_back(last_name(n));
        return true;
      }
      return columns_of_query(c, cte->kid(cte_slot::body), depth + 1, out);
    }
  }
  const TableFacts* facts = c.options.schema ? c.options.schema->table(last_name(source)) : nullptr;
  if (!facts) return false;
  for (const ColumnFacts& f : facts->columns) out.push_back(f.name);
  return true;
}

bool output_columns(const Context& c, const Node* query, std::vector<std::string_view>& out) {
  return columns_of_query(c, query, 0, out);
}

namespace {

/// True for a FROM, or a part of one, with NATURAL or USING.
bool merges_columns(const Node* from) {
  if (!from || from->is(Kind::table)) return false;
  const bool join = from->is(Kind::join);
  if (join && (from->has(flag::natural) || from->kid(join_slot::using_))) return true;
  const std::uint32_t count = join ? 2 : from->size;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (merges_columns(from->kid(i))) return true;
  }
  return false;
}

/// The star of a join with USING: its columns once and first, then the others of both tables.
bool add_merged_columns(Context& c, const Node* from, Node* out) {
  const Node* join = from->size == 1 ? from->kid(0) : nullptr;
  const Node* columns = join && join->is(Kind::join) ? join->kid(join_slot::using_) : nullptr;
  if (!columns) return false;
  const bool right = join->join() == JoinKind::right;
  const bool bare = join->join() == JoinKind::full || c.to_is(Dialect::oracle);
  for (const Node* k : *columns) {
    const Node* side = join->kid(right ? join_slot::right : join_slot::left);
    Node* name = c.build.name(k->text);
    c.build.add(out, c.build.item(bare ? name : c.build.column(alias_of(side), k->text)));
  }
  for (const auto slot : {join_slot::left, join_slot::right}) {
    const Node* table = join->kid(slot);
    std::vector<std::string_view> names;
    if (!table->is(Kind::table) || !source_columns(c, table, names, 0)) return false;
    for (const std::string_view name : names) {
      bool merged = false;
      for (const Node* k : *columns) merged = merged || same_word(k->text, name);
      if (!merged) c.build.add(out, c.build.item(c.build.column(alias_of(table), name)));
    }
  }
  return true;
}

}  // namespace

bool expand_stars(Context& c, Node* select) {
  Node* items = select->kid(select_slot::items);
  const Node* sources = select->kid(select_slot::from);
  const bool merges = sources && merges_columns(sources);
  Node* made = c.build.list();
  for (Node* item : *items) {
    if (!item->kid(0)->is(Kind::star)) {
      c.build.add(made, item);
      continue;
    }
    const Node* owner = item->kid(0)->kid(0);
    if (merges && !owner) {
      if (!add_merged_columns(c, sources, made)) return false;
      continue;
    }
    std::vector<const Node*> tables;
    const auto collect = [&](auto&& self, const Node* from) -> void {
      if (!from) return;
      if (from->is(Kind::table)) return tables.push_back(from);
      const std::uint32_t count = from->is(Kind::join) ? 2 : from->size;
      for (std::uint32_t i = 0; i < count; ++i) self(self, from->kids[i]);
    };
    collect(collect, select->kid(select_slot::from));
    for (const Node* table : tables) {
      const std::string_view alias = alias_of(table);
      if (owner && !same_word(alias, last_name(owner))) continue;
      std::vector<std::string_view> names;
      if (!source_columns(c, table, names, 0)) return false;
      for (std::string_view name : names) {
        Node* column = tables.size() > 1 ? c.build.column(alias, name) : c.build.name(name);
        c.build.add(made, c.build.item(column));
      }
    }
    if (tables.empty()) return false;
  }
  select->kids[select_slot::items] = made;
  return true;
}

}  // namespace iacdb::sql
