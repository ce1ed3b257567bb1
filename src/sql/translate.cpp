#include "sql/translate.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <limits>
#include <optional>
#include <span>

#include "iacdb/error.hpp"
#include "sql/parser.hpp"
#include "sql/printer.hpp"
#include "sql/translate/expand.hpp"
#include "sql/translate/passes.hpp"

namespace iacdb::sql {

void pass_moment_names(Context& c);

namespace {

/// Kinds of nodes, a bit each.
struct Kinds {
  std::array<std::uint64_t, 2> bits{};

  constexpr Kinds() : bits{~std::uint64_t{0}, ~std::uint64_t{0}} {}
  constexpr Kinds(std::initializer_list<Kind> kinds) {
    for (const Kind kind : kinds) {
      const auto at = static_cast<std::uint8_t>(kind);
      bits[at / 64] |= std::uint64_t{1} << (at % 64);
    }
  }
};

struct Pass {
  std::string_view name;
  void (*run)(Context&);
  /// It changes nothing where the statement has none of these; where none are said it always runs.
  Kinds needs = Kinds();
};

/// Every pass, in the order they run: reading, structure, writing.
constexpr Pass passes[] = {
    {"database-names", pass_database_names},
    {"names", pass_names, {Kind::name}},
    {"implied-names",
     pass_implied_names,
     {Kind::call, Kind::cast, Kind::case_, Kind::subquery, Kind::extract, Kind::trim}},
    {"zero-dates", pass_zero_dates},
    {"default-values", pass_default_values, {Kind::default_value}},
    {"stored-values", pass_stored_values},
    {"row-address", pass_row_address, {Kind::name}},
    {"collations", pass_collations, {Kind::collate, Kind::unary}},
    {"outer-marks", pass_outer_marks, {Kind::binary, Kind::outer_mark}},
    {"connect-by", pass_connect_by},
    {"series", pass_series, {Kind::call}},
    {"rownum", pass_rownum},
    {"dual", pass_dual, {Kind::select, Kind::table}},
    {"empty-text", pass_empty_text},
    {"source-operators", pass_source_operators},
    {"moment-names", pass_moment_names, {Kind::name}},
    {"read-functions", pass_read_functions, {Kind::call, Kind::extract, Kind::interval}},
    {"read-moments", pass_read_moments, {Kind::binary, Kind::extract, Kind::call}},
    {"weeks", pass_weeks, {Kind::call}},
    {"hints", pass_hints, {Kind::raw, Kind::lock}},
    {"pivot", pass_pivot, {Kind::pivot}},
    {"lateral", pass_lateral, {Kind::table, Kind::join}},
    {"sequences", pass_sequences, {Kind::next_value, Kind::create_sequence, Kind::drop}},
    {"values", pass_values, {Kind::table, Kind::values}},
    {"set-all", pass_set_all, {Kind::set_op}},
    {"group-by", pass_group_by, {Kind::select}},
    {"distinct-on", pass_distinct_on},
    {"ordered-sources", pass_ordered_sources, {Kind::sort}},
    {"aggregates", pass_aggregates, {Kind::call}},
    {"limits", pass_limits, {Kind::limit}},
    {"null-order", pass_null_order, {Kind::sort}},
    {"text-order", pass_text_order, {Kind::sort, Kind::select}},
    {"windows", pass_windows, {Kind::window}},
    {"set-order", pass_set_order, {Kind::set_op}},
    {"concatenation", pass_concatenation, {Kind::binary}},
    {"casts", pass_casts, {Kind::cast}},
    {"mixed-types", pass_mixed_types, {Kind::call, Kind::case_, Kind::binary}},
    {"taken-types",
     pass_taken_types,
     {Kind::call, Kind::binary, Kind::like, Kind::trim, Kind::cast, Kind::unary, Kind::in,
      Kind::between, Kind::hex_string}},
    {"division", pass_division, {Kind::binary, Kind::call}},
    {"json", pass_json, {Kind::call, Kind::binary}},
    {"like", pass_like, {Kind::like}},
    {"trim", pass_trim, {Kind::trim}},
    {"case", pass_case},
    {"quantified", pass_quantified, {Kind::quantified}},
    {"booleans", pass_booleans},
    {"null-safe", pass_null_safe, {Kind::binary}},
    {"row-values", pass_row_values, {Kind::row}},
    {"joins", pass_joins, {Kind::join}},
    {"ctes", pass_ctes, {Kind::with}},
    {"merge", pass_merge},
    {"assignments", pass_assignments, {Kind::update, Kind::conflict}},
    {"filled-keys", pass_filled_keys},
    {"upsert", pass_upsert},
    {"returning", pass_returning},
    {"changes", pass_changes, {Kind::update, Kind::delete_, Kind::truncate}},
    {"with-changes", pass_with_changes, {Kind::with}},
    {"definitions", pass_definitions},
    {"time-zone", pass_time_zone, {Kind::call, Kind::constraint}},
    {"write-moments", pass_write_moments},
    {"write-functions", pass_write_functions},
    {"types", pass_types},
    {"hidden-columns", pass_hidden_columns, {Kind::sort}},
    {"moment-literals", pass_moment_literals, {Kind::call, Kind::typed_literal}},
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

// What the translation of a statement may come to. Whole statements stay far below; nested forms
// that hold an argument twice would double without end.
constexpr std::size_t tree_bytes_max = std::size_t{32} << 20;
constexpr std::size_t tree_bytes_each = 4000;  ///< For each byte of the statement.
constexpr std::size_t text_bytes_max = std::size_t{1} << 20;
constexpr std::size_t text_bytes_each = 200;
constexpr std::uint64_t nodes_max = 10'000'000;
constexpr std::uint64_t nodes_each = 5000;

std::string printed(const Node* n, const Context& c, Comments* comments = nullptr) {
  Printer printer(c.to, comments);
  printer.limit(text_bytes_max + text_bytes_each * c.length);
  printer.statement(n);
  return printer.take();
}

/// A number that changes when the tree does.
std::uint64_t shape(const Node* n) {
  if (!n) return 1;
  std::uint64_t h = static_cast<std::uint64_t>(n->kind) << 40 ^
                    static_cast<std::uint64_t>(n->op) << 32 ^ (n->flags & ~flag::done);
  h ^= std::hash<std::string_view>{}(n->text);
  for (const Node* kid : *n) h = (h ^ shape(kid)) * 0x9E3779B97F4A7C15U + 1;
  return h;
}

std::uint64_t shape(const Context& c) {
  std::uint64_t h = shape(c.statement);
  for (const Node* n : c.before) h = h * 31 + shape(n);
  for (const Node* n : c.after) h = h * 31 + shape(n);
  return h;
}

void write(Context& c, Comments* comments) {
  for (Node* n : c.before) c.result.statements.push_back(printed(n, c));
  c.result.answer += c.before.size();
  if (!c.statement) return;  // left out, with all that hangs on it
  std::string text = printed(c.statement, c, comments);
  if (comments) {
    text.insert(0, comments->front());
    const bool ends = text.ends_with(';');
    if (ends) text.pop_back();
    text += comments->rest();
    if (ends) text += ';';
  }
  c.result.statements.push_back(std::move(text));
  for (Node* n : c.after) c.result.statements.push_back(printed(n, c));
}

void run(Context& c) {
  std::uint64_t before = c.options.explain ? shape(c) : 0;
  for (const Pass& pass : passes) {
    if (!c.build.made_one(pass.needs.bits)) continue;
    c.sources.forget();
    pass.run(c);
    if (!c.options.explain) continue;
    const std::uint64_t now = shape(c);
    if (now != before) c.result.rules.emplace_back(pass.name);
    before = now;
  }
}

/// Each step runs through every pass; the answer is counted over all of their statements.
void write_steps(const Steps& steps, Context& c) {
  std::size_t answer = 0;
  int names = c.names_made;
  for (std::size_t i = 0; i < steps.statements.size(); ++i) {
    Context part{c.from, c.to, c.build, c.options, c.result};
    part.statement = steps.statements[i];
    part.length = c.length;
    part.names_made = names;
    const std::size_t first = c.result.statements.size();
    c.result.answer = 0;
    run(part);
    write(part, nullptr);
    names = part.names_made;
    if (i == steps.answer) answer = first + c.result.answer;
  }
  c.result.answer = answer;
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

namespace {

/// The number that a parameter has by its name: $2, ?2, :2, @p2; 0 when it has none.
std::size_t number_of(const Node& n) {
  std::string_view digits = n.text;
  if (n.is(Kind::variable)) {
    if (!digits.starts_with("@p") && !digits.starts_with("@P")) return 0;
    digits.remove_prefix(1);
  }
  if (digits.size() < 2) return 0;
  std::size_t number = 0;
  const auto read = std::from_chars(digits.data() + 1, digits.data() + digits.size(), number);
  return read.ec == std::errc() && read.ptr == digits.data() + digits.size() ? number : 0;
}

/// Numbers the parameters of a statement, `?` in their order: byte 1, the number, byte 2.
void mark_parameters(Context& c) {
  constexpr std::size_t parameters_max = 65'535;
  std::vector<Node*> plain;
  std::vector<Node*> numbered;
  walk(c.statement, [&](Node* n) {
    if (n->is(Kind::parameter) && n->text == "?") {
      plain.push_back(n);
    } else if ((n->is(Kind::parameter) || (n->is(Kind::variable) && c.from_is(Dialect::tsql))) &&
               number_of(*n) != 0) {
      numbered.push_back(n);
    }
    return true;
  });
  if (!plain.empty() && !numbered.empty()) {
    fail("unsupported", "parameters with numbers and without do not go together",
         numbered.front()->position);
  }
  std::sort(plain.begin(), plain.end(),
            [](const Node* a, const Node* b) { return a->position < b->position; });
  const auto mark = [&](Node* n, std::size_t i) {
    n->kind = Kind::parameter;
    n->text = c.build.text("\x01" + std::to_string(i) + "\x02");
  };
  for (std::size_t i = 0; i < plain.size(); ++i) mark(plain[i], i);
  c.result.parameters = plain.size();
  for (Node* n : numbered) {
    const std::size_t number = number_of(*n);
    if (number > parameters_max) fail("unsupported", "more than 65,535 parameters", n->position);
    c.result.parameters = std::max(c.result.parameters, number);
    mark(n, number - 1);
  }
}

/// Takes the numbers out again and remembers them.
void read_marks(Translation& t) {
  for (std::string& text : t.statements) {
    std::vector<std::uint32_t>& bindings = t.bindings.emplace_back();
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] != '\x01') {
        plain += text[i];
        continue;
      }
      std::uint32_t n = 0;
      while (text[++i] != '\x02') n = n * 10 + static_cast<std::uint32_t>(text[i] - '0');
      bindings.push_back(n);
      plain += '?';
    }
    text = std::move(plain);
  }
}

/// Most hints say how; these say what: rows are skipped, errors change, settings are others.
void leave_out_hints(const Comments& comments, Context& c) {
  static constexpr std::string_view oracle[] = {"IGNORE_ROW_ON_DUPKEY_INDEX",
                                                "CHANGE_DUPKEY_ERROR_INDEX", "RETRY_ON_ROW_CHANGE"};
  static constexpr std::string_view mysql[] = {"SET_VAR"};
  std::span<const std::string_view> changing;
  if (c.from_is(Dialect::oracle)) changing = oracle;
  if (c.from_is(Dialect::mysql)) changing = mysql;
  if (!c.from_is(Dialect::oracle) && !c.from_is(Dialect::mysql)) return;
  for (const Comments::Hint& hint : comments.hints()) {
    std::string text(hint.text);
    for (char& ch : text) ch = upper(ch);
    for (std::string_view name : changing) {
      if (text.find(name) == text.npos) continue;
      fail("unsupported", "the hint " + std::string(name) + " changes what the statement does",
           hint.offset);
    }
    c.warn("hint", "an optimizer hint was left out");
  }
}

/// What a built tree would be as a text, roughly: limits are told by it.
std::size_t built_length(Node* tree) {
  constexpr std::size_t bytes_each = 8;
  std::size_t nodes = 0;
  walk(tree, [&](Node*) { return ++nodes, true; });
  return nodes * bytes_each;
}

/// While it lives, so much more memory may be asked for.
class ArenaLimit {
 public:
  ArenaLimit(Arena& arena, std::size_t bytes) : arena_(arena) { arena.limit(bytes); }
  ~ArenaLimit() { arena_.limit(std::numeric_limits<std::size_t>::max()); }
  ArenaLimit(const ArenaLimit&) = delete;
  ArenaLimit& operator=(const ArenaLimit&) = delete;

 private:
  Arena& arena_;
};

/// Throws Problem and Error.
void translate_parsed(Context& c, std::string_view text, bool has_comments) {
  c.length = text.empty() ? built_length(c.statement) : text.size();
  const WorkLimit work(nodes_max + nodes_each * c.length);
  const ArenaLimit memory(c.build.arena(), tree_bytes_max + tree_bytes_each * c.length);
  if (c.options.whole_database && leave_out(c.statement, c)) return;
  if (c.options.learned) learn(*c.options.learned, *c.statement, c.from);
  std::optional<Comments> comments;
  if (has_comments) leave_out_hints(comments.emplace(text, c.from), c);
  const Steps steps = expand(c);
  if (steps.statements.size() > 1) return write_steps(steps, c);
  c.statement = steps.statements[0];
  if (comments) comments->anchor(c.statement);
  run(c);
  write(c, comments ? &*comments : nullptr);
}

template <typename Work>
Translation guarded(std::string_view text, Work&& work) {
  try {
    Translation result;
    work(result);
    return result;
  } catch (const Problem& p) {
    return failure(p.code, p.message, text, p.offset);
  } catch (const Error& e) {
    return failure(e);
  }
}

}  // namespace

Translation translate(std::string_view statement, Dialect from, Dialect to,
                      const TranslateOptions& options) {
  if (from == to && options.target_version == 0) {
    Translation result;
    result.statements.emplace_back(trimmed(statement));
    return result;
  }
  return guarded(statement, [&](Translation& result) {
    Arena arena;
    Parser parser(statement, from, arena);
    Context c{from, to, Builder(arena), options, result};
    if (options.mark_parameters && statement.find('\x01') != statement.npos) {
      fail("unsupported", "a control character in a statement with parameters", 0);
    }
    c.statement = parser.whole_statement();
    if (from == Dialect::tsql && c.statement->is(Kind::command)) read_command(c);
    if (options.mark_parameters) mark_parameters(c);
    translate_parsed(c, statement, parser.has_comments());
    if (options.mark_parameters) read_marks(result);
  });
}

Translation translate_tree(Node* tree, Arena& arena, std::string_view text, Dialect from,
                           Dialect to, const TranslateOptions& options) {
  return guarded(text, [&](Translation& result) {
    Context c{from, to, Builder(arena), options, result};
    c.statement = tree;
    const bool maybe =
        text.find("--") != text.npos || text.find("/*") != text.npos || text.find('#') != text.npos;
    translate_parsed(c, text, maybe);
    if (options.mark_parameters) read_marks(result);
  });
}

std::optional<DialectVersion> parse_target(std::string_view text) noexcept {
  const std::size_t colon = text.find(':');
  const auto dialect = parse_dialect(text.substr(0, colon));
  if (!dialect) return std::nullopt;
  DialectVersion target{*dialect, 0};
  if (colon == std::string_view::npos) return target;
  const char* const end = text.data() + text.size();
  int minor = 0;
  auto read = std::from_chars(text.data() + colon + 1, end, target.version);
  if (read.ec != std::errc{} || target.version <= 0 || target.version > 9999) return std::nullopt;
  const char* at = read.ptr;
  if (at != end && *at == '.') {
    read = std::from_chars(at + 1, end, minor);
    if (read.ec != std::errc{} || minor < 0 || minor > 99) return std::nullopt;
    at = read.ptr;
    while (at != end && (*at == '.' || (*at >= '0' && *at <= '9'))) ++at;  // 8.0.34
  } else if (at != end && *dialect == Dialect::oracle) {
    while (at != end && (*at | 0x20) >= 'a' && (*at | 0x20) <= 'z') ++at;  // 11g, 19c, 23ai
  }
  if (at != end) return std::nullopt;
  if (*dialect == Dialect::mysql || *dialect == Dialect::sqlite) {
    target.version = target.version * 100 + minor;
  }
  return target;
}

std::vector<std::string_view> pass_names() {
  std::vector<std::string_view> names;
  for (const Pass& pass : passes) names.push_back(pass.name);
  return names;
}

}  // namespace iacdb::sql
