#include "sql/translate.hpp"

#include <charconv>

#include "iacdb/error.hpp"
#include "sql/parser.hpp"
#include "sql/printer.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

void pass_moment_names(Context& c);

namespace {

struct Pass {
  std::string_view name;
  void (*run)(Context&);
};

/// Every pass, in the order they run: reading, structure, writing.
constexpr Pass passes[] = {
    {"names", pass_names},
    {"outer-marks", pass_outer_marks},
    {"connect-by", pass_connect_by},
    {"rownum", pass_rownum},
    {"dual", pass_dual},
    {"empty-text", pass_empty_text},
    {"source-operators", pass_source_operators},
    {"moment-names", pass_moment_names},
    {"read-moments", pass_read_moments},
    {"read-functions", pass_read_functions},
    {"hints", pass_hints},
    {"pivot", pass_pivot},
    {"values", pass_values},
    {"group-by", pass_group_by},
    {"distinct-on", pass_distinct_on},
    {"aggregates", pass_aggregates},
    {"limits", pass_limits},
    {"null-order", pass_null_order},
    {"set-order", pass_set_order},
    {"concatenation", pass_concatenation},
    {"division", pass_division},
    {"like", pass_like},
    {"booleans", pass_booleans},
    {"null-safe", pass_null_safe},
    {"row-values", pass_row_values},
    {"lateral", pass_lateral},
    {"joins", pass_joins},
    {"ctes", pass_ctes},
    {"merge", pass_merge},
    {"upsert", pass_upsert},
    {"returning", pass_returning},
    {"changes", pass_changes},
    {"definitions", pass_definitions},
    {"write-moments", pass_write_moments},
    {"write-functions", pass_write_functions},
    {"types", pass_types},
};

Translation failure(std::string code, std::string message, std::string_view text,
                    std::size_t offset) {
  const Position p = position_of(text, offset);
  Translation t;
  t.error = TranslationError{std::move(code), std::move(message), p.line, p.column};
  return t;
}

/// The lexer's errors carry "line L, column C".
Translation failure(const Error& e) {
  Translation t;
  t.error = TranslationError{"syntax", e.facts().message, 1, 1};
  const std::string& where = e.where();
  const std::size_t comma = where.find(", column ");
  if (where.starts_with("line ") && comma != std::string::npos) {
    std::from_chars(where.data() + 5, where.data() + comma, t.error->line);
    std::from_chars(where.data() + comma + 9, where.data() + where.size(), t.error->column);
  }
  return t;
}

std::string printed(const Node* n, Dialect to) {
  Printer printer(to);
  printer.statement(n);
  return printer.take();
}

void run(Context& c) {
  std::string before;
  for (const Pass& pass : passes) {
    pass.run(c);
    (void)pass;
  }
  for (Node* n : c.before) c.result.statements.push_back(printed(n, c.to));
  c.result.answer += c.before.size();
  c.result.statements.push_back(printed(c.statement, c.to));
  for (Node* n : c.after) c.result.statements.push_back(printed(n, c.to));
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == ';' || text.back() == ' ' || text.back() == '\n' ||
                           text.back() == '\t' || text.back() == '\r')) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace

std::string Translation::sql() const {
  std::string out;
  for (const std::string& s : statements) {
    if (!out.empty()) out += out.back() == ';' ? "\n" : ";\n";
    out += s;
  }
  return out;
}

Translation translate(std::string_view statement, Dialect from, Dialect to,
                      const TranslateOptions& options) {
  Translation result;
  if (from == to) {
    result.statements.emplace_back(trimmed(statement));
    return result;
  }
  try {
    Arena arena;
    Parser parser(statement, from, arena);
    Context c{from, to, Builder(arena), options, result};
    c.statement = parser.whole_statement();
    run(c);
    return result;
  } catch (const Problem& p) {
    return failure(p.code, p.message, statement, p.offset);
  } catch (const Error& e) {
    return failure(e);
  }
}

std::vector<std::string_view> pass_names() {
  std::vector<std::string_view> names;
  for (const Pass& pass : passes) names.push_back(pass.name);
  return names;
}

}  // namespace iacdb::sql
