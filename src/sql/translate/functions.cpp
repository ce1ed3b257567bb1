// Functions: a call is read into a common name, and the common name written in the target's way.

#include "sql/dialects/functions.hpp"

#include <string>
#include <unordered_map>

#include "sql/translate/make.hpp"
#include "sql/translate/passes.hpp"
#include "sql/translate/special.hpp"
#include "sql/translate/templates.hpp"

namespace iacdb::sql {

namespace {

std::string upper_name(std::string_view name) {
  std::string out(name);
  for (char& c : out) c = upper(c);
  return out;
}

template <typename Rule>
using Index = std::unordered_multimap<std::string_view, const Rule*>;

const Index<ReadFunction>& read_index(Dialect d) {
  static const auto indexes = [] {
    std::array<Index<ReadFunction>, 5> all;
    for (Dialect dialect : all_dialects) {
      for (const ReadFunction& f : functions_read(dialect)) {
        all[static_cast<std::size_t>(dialect)].emplace(f.name, &f);
      }
    }
    return all;
  }();
  return indexes[static_cast<std::size_t>(d)];
}

const Index<WriteFunction>& write_index() {
  static const auto index = [] {
    Index<WriteFunction> all;
    for (const WriteFunction& f : functions_written()) all.emplace(f.name, &f);
    return all;
  }();
  return index;
}

template <typename Rule>
const Rule* find(const Index<Rule>& index, const std::string& name, std::size_t arguments) {
  const auto [begin, end] = index.equal_range(name);
  for (auto i = begin; i != end; ++i) {
    if (i->second->arguments < 0 || static_cast<std::size_t>(i->second->arguments) == arguments) {
      return i->second;
    }
  }
  return nullptr;
}

/// What stands behind a call's arguments goes to the call that takes its place.
void keep_tail(const Node* old, Node* made) {
  if (!made->is(Kind::call)) return;
  made->flags |= old->flags & (flag::distinct | flag::ignore);
  for (std::uint8_t slot : {call_slot::order, call_slot::separator, call_slot::filter,
                            call_slot::over, call_slot::within, call_slot::keep}) {
    if (!made->kids[slot]) made->kids[slot] = old->kids[slot];
  }
}

Node* filled(std::string_view form, Dialect dialect, bool finished, Node* call, Context& c) {
  const Node* args = call->kid(call_slot::args);
  Node* made = fill(form, dialect, std::span(args->kids, args->size), c.build, finished);
  made->position = call->position;
  keep_tail(call, made);
  return made;
}

bool has_tail(const Node* call) {
  return call->kid(call_slot::over) || call->kid(call_slot::filter) || call->kid(call_slot::within);
}

/// LEFT(x, n) of PostgreSQL, which is all but -n letters where n is below zero.
Node* all_but(Node* call, Context& c) {
  Node* text = argument(call, 0);
  Node* count = argument(call, 1);
  Node* rest = c.build.binary(BinOp::add, c.build.call("LENGTH", c.build.clone(text)),
                              c.build.paren(c.build.clone(count)));
  Node* most = c.build.call("$GREATEST_SKIP", rest, c.build.number("0"));
  Node* cut = c.build.call(call->text, c.build.clone(text), most);
  if (whole_number(count)) return cut;
  Node* below = c.build.binary(BinOp::lt, c.build.clone(count), c.build.number("0"));
  return case_when(c, below, cut, call);
}

void read_call(Node*& n, Context& c) {
  if (n->kid(call_slot::path) || n->has(flag::quoted | flag::done)) return;
  const std::string name = upper_name(n->text);
  if (name == "SUBSTRING" && c.from_is(Dialect::postgres) && argument_count(n) == 2 &&
      argument(n, 1)->is(Kind::string)) {
    // SUBSTRING(x FROM 'pattern'): the first group of the pattern, where it has one.
    if (argument(n, 1)->text.find('(') != std::string_view::npos) {
      c.refuse(n, "SUBSTRING by a pattern with a group has no equal");
    }
    n->text = "$REGEXP_SUBSTR";
    return;
  }
  if (name == "JSON_VALUE" && argument_count(n) == 2 && argument(n, 1)->text == "RETURNING") {
    const Node* returning = argument(n, 1);
    n->kid(call_slot::args)->kids[1] = returning->kid(0);
    Node* value = n;
    read_call(value, c);
    n = c.build.with(Kind::cast, "CAST", value, returning->kid(1));
    return;
  }
  if (name == "SUBSTRING" && c.from_is(Dialect::postgres) && argument_count(n) == 3 &&
      argument(n, 1)->is(Kind::string) && argument(n, 2)->is(Kind::string)) {
    c.refuse(n, "SUBSTRING by a pattern of SQL has no equal; write a regular expression");
  }
  const bool side = name == "LEFT" || name == "RIGHT";
  if (side && c.from_is(Dialect::postgres) && c.from != c.to && argument_count(n) == 2 &&
      !argument(n, 1)->is(Kind::number)) {
    n = all_but(n, c);
    return;
  }
  const ReadFunction* rule = find(read_index(c.from), name, argument_count(n));
  if (!rule) return;
  if (rule->common.empty()) c.refuse(n, "the function " + name + " has no equal");
  if (rule->common[0] == '=') {
    read_special(n, rule->common.substr(1), c);
  } else {
    n = filled(rule->common, Dialect::postgres, false, n, c);
  }
}

void write_call(Node*& n, Context& c) {
  if (n->kid(call_slot::path) || n->has(flag::quoted | flag::done)) return;
  std::string name = upper_name(n->text);
  const bool counts = name == "COUNT" && argument_count(n) < 2;
  if (counts && c.to_is(Dialect::tsql) && !c.from_is(Dialect::tsql)) {
    n->text = "COUNT_BIG";  // SQL Server's COUNT overflows at 2^31, the others' do not
    return;
  }
  // One common function may be written by another.
  while (write_special(n, name, c)) {
    if (!n->is(Kind::call) || n->has(flag::done) || upper_name(n->text) == name) return;
    name = upper_name(n->text);
  }
  const WriteFunction* rule = find(write_index(), name, argument_count(n));
  if (!rule) {
    if (name[0] == '$')
      c.refuse(n, "the function " + name.substr(1) + " with these arguments has no equal");
    if (is_foreign_function(name, c.from, c.to)) {
      c.refuse(n,
               "the function " + name + " has no known equal in " + std::string(to_string(c.to)));
    }
    return;
  }
  const std::string_view form = rule->forms[static_cast<std::size_t>(c.to)];
  if (form == "=") return;
  if (form.empty()) {
    c.refuse(n, "the function " + (name[0] == '$' ? name.substr(1) : name) + " has no equal in " +
                    std::string(to_string(c.to)));
  }
  if (form[0] == '=') {
    write_named(n, form.substr(1), c);
    return;
  }
  const bool tail = has_tail(n);
  Node* old = n;
  n = filled(form, c.to, true, n, c);
  if (tail && !n->is(Kind::call)) c.refuse(old, name + " with OVER or FILTER has no equal");
}

}  // namespace

void pass_read_functions(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::call)) return read_call(n, c);
    if (n->is(Kind::interval) && c.from_is(Dialect::mysql)) return read_interval_call(n, c);
    const bool week = n->is(Kind::extract) && n->text == "WEEK" && c.from_is(Dialect::mysql);
    if (week && !c.to_is(Dialect::mysql)) n = c.build.call("WEEK", n->kid(0));
  });
}

void pass_write_functions(Context& c) {
  rewrite_tree(c.statement, [&](Node*& n) {
    if (n->is(Kind::call)) write_call(n, c);
    if (n->is(Kind::trim)) write_trimmed(n, c);
  });
  for (Node*& extra : c.before) {
    rewrite_tree(extra, [&](Node*& n) {
      if (n->is(Kind::call)) write_call(n, c);
    });
  }
  for (Node*& extra : c.after) {
    rewrite_tree(extra, [&](Node*& n) {
      if (n->is(Kind::call)) write_call(n, c);
    });
  }
}

}  // namespace iacdb::sql
