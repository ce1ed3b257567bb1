// From a built statement to texts: its tree goes through the passes of translation.

#include "iacdb/error.hpp"
#include "iacdb/query.hpp"
#include "sql/query_making.hpp"
#include "sql/translate.hpp"

namespace iacdb::sql {

struct BuiltStatement::Held {
  std::string text = {};
  std::vector<Value> values = {};
  std::vector<Cell> cells = {};
  iacdb::detail::Scratch scratch = {};
};

BuiltStatement::BuiltStatement(std::string text, std::vector<Value> parameters) {
  auto held = std::make_shared<Held>();
  held->text = std::move(text);
  held->values = std::move(parameters);
  for (const Value& v : held->values) {
    held->cells.push_back(iacdb::detail::cell_of_value(v, held->scratch));
  }
  held_ = std::move(held);
}

const std::string& BuiltStatement::text() const noexcept {
  return held_->text;
}
std::span<const Value> BuiltStatement::parameters() const noexcept {
  return held_->values;
}
Arguments BuiltStatement::arguments() const noexcept {
  return {.cells = held_->cells};
}

const BuiltStatement& BuiltQuery::only() const {
  if (statements.size() != 1) {
    misuse("the statement becomes " + std::to_string(statements.size()) +
           " on this database; run each of `statements` in one transaction");
  }
  return statements[0];
}

BuiltQuery Buildable::build(const BuildOptions& options) const {
  Arena arena;
  Making making(arena);
  Node* tree = make_statement(making);
  TranslateOptions how;
  how.schema = options.schema;
  how.target_version = options.version;
  how.policies = options.policies;
  how.mark_parameters = true;
  Translation t = translate_tree(tree, arena, {}, Dialect::postgres, options.dialect, how);
  if (t.error) {
    raise(ErrorKind::unsupported, "the statement cannot be said in " +
                                      std::string(to_string(options.dialect)) + ": " +
                                      t.error->message);
  }
  BuiltQuery built;
  built.answer = t.answer;
  built.warnings = std::move(t.warnings);
  for (std::size_t i = 0; i < t.statements.size(); ++i) {
    std::vector<Value> values;
    for (const std::uint32_t n : t.bindings[i]) values.push_back(making.values[n]);
    built.statements.emplace_back(std::move(t.statements[i]), std::move(values));
  }
  return built;
}

BuiltQuery Buildable::build_for(std::string_view target) const {
  const auto parsed = parse_target(target);
  if (!parsed) misuse("unknown dialect; write one as postgres, tsql:2016 or oracle:11");
  return build({.dialect = parsed->dialect, .version = parsed->version});
}

}  // namespace iacdb::sql
