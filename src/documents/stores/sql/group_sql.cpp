#include "documents/stores/sql/group_sql.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "documents/bson/compare.hpp"
#include "documents/bson/number.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/stores/sql/exact.hpp"
#include "documents/stores/sql/group_sql_sqlite.hpp"
#include "documents/stores/sql/narrow.hpp"
#include "documents/stores/sql/number_sql.hpp"

namespace iacdb::doc {
namespace {

// The columns of an operand, after its first.
enum OperandColumn : std::size_t {
  whole_sum,
  whole_count,
  has_long,
  real_high,
  real_low,
  real_count,
  real_greatest,
  undecided,
  not_number,  ///< $min and $max look at these, too.
  minima,      ///< Of each kind of number.
  maxima = minima + 3,
  operand_columns = maxima + 3,
};
constexpr std::array number_kinds = {NumberKind::int32, NumberKind::real, NumberKind::int64};
constexpr std::size_t documents_column = 1;  ///< Column 0 says whether anything is in doubt.
constexpr std::size_t fixed_columns = 2;

/// What the greater parts of doubles are multiples of, and up to where sums of them are exact.
constexpr const char* split = "1024";
constexpr double exact_sum_max = 8796093022208.0;  // 2^53 / 1024

/// "$a.b" of the document itself, on a plain path.
bool is_plain_field(const Expression& e) {
  const bool of_document = e.variable.empty() || e.variable == "CURRENT" || e.variable == "ROOT";
  return e.kind == Expression::field && of_document && is_plain_path(e.path);
}

const std::vector<std::string>* path_of(const Expression& e) {
  return is_plain_field(e) ? &e.path : nullptr;
}

bool is_sum_of_one_constant(const AccumulatedField& field) {
  return field.op == "$count" ||
         (field.op == "$sum" && field.argument->kind == Expression::literal &&
          field.argument->value.is(Type::int32));
}

bool is_compilable(const AccumulatedField& field) {
  if (is_sum_of_one_constant(field)) return true;
  const bool known =
      field.op == "$sum" || field.op == "$avg" || field.op == "$min" || field.op == "$max";
  return known && path_of(*field.argument) != nullptr;
}

bool is_compilable_id(const Expression& id) {
  if (id.kind == Expression::literal || is_plain_field(id)) return true;
  return id.kind == Expression::object && !id.fields.empty() &&
         std::all_of(id.fields.begin(), id.fields.end(),
                     [](const Expression::Named& field) { return is_plain_field(*field.value); });
}

/// Whether jsonb's equality of this key is MongoDB's, so that the group is one.
bool is_sure_key(std::string_view json) {
  if (json.empty()) return true;
  if (json[0] == '{') return json.starts_with(R"({"$oid")") || json.starts_with(R"({"$date")");
  if (json[0] == '[') return false;
  if (json[0] == '-' || (json[0] >= '0' && json[0] <= '9')) {
    const std::size_t point = json.find('.');
    return point == json.npos || json.find_first_not_of('0', point + 1) == json.npos;
  }
  return true;
}

}  // namespace

class GroupCompiler {
 public:
  GroupCompiler(const SqlForm& form, const CollectionInfo& collection, const GroupStage& stage)
      : form_(form), collection_(collection), stage_(stage) {}

  std::optional<CompiledGroup> compile(const Selection& selection) {
    const bool collated = selection.collator != nullptr;
    if (collated || !selection.sort.empty() || selection.skip > 0 || selection.limit > 0 ||
        !is_compilable_id(*stage_.id) ||
        !std::all_of(stage_.fields.begin(), stage_.fields.end(), is_compilable)) {
      return std::nullopt;
    }
    ExactFilter exact;
    Condition where;
    if (selection.filter) {
      auto decided = exact_filter(form_, *selection.filter, collated);
      if (!decided) return std::nullopt;
      exact = std::move(*decided);
      Condition matching = exact.match;
      if (!matching.empty() && !exact.doubt.empty()) matching = any_of({matching, exact.doubt});
      where = all_of({narrow(form_, *selection.filter, collated, collection_.indexes), matching});
    }
    out_.stage_ = &stage_;
    add_keys();
    add_operands();
    out_.postgres_ = form_.postgres;
    out_.statement.sql =
        form_.postgres ? text(exact.doubt, where) : text_in_sqlite(exact.doubt, where);
    std::vector<SqlParameter>& parameters = out_.statement.parameters;
    parameters = exact.doubt.parameters;
    parameters.insert(parameters.end(), where.parameters.begin(), where.parameters.end());
    return std::move(out_);
  }

 private:
  void need(PathParts parts) {
    const Condition arrays = arrays_on_the_way(form_, parts);
    if (!arrays.empty()) doubts_.push_back(arrays.sql);
  }

  void add_keys() {
    const Expression& id = *stage_.id;
    const bool one = is_plain_field(id);
    std::vector<const Expression*> keys;
    if (one) keys.push_back(&id);
    if (id.kind == Expression::object) {
      for (const Expression::Named& field : id.fields) keys.push_back(field.value.get());
    }
    for (const Expression* key : keys) {
      need(key->path);
      key_paths_.emplace_back(key->path);
      const std::string leaf = leaf_sql(form_, key->path);
      keys_.push_back(one ? "coalesce(" + leaf + ", 'null')" : leaf);
    }
    out_.keys_ = keys_.size();
  }

  void add_operands() {
    std::map<std::vector<std::string>, std::size_t> known;
    for (const AccumulatedField& field : stage_.fields) {
      if (is_sum_of_one_constant(field)) {
        out_.operands_.push_back(0);
        continue;
      }
      const std::vector<std::string>& path = *path_of(*field.argument);
      const auto [it, fresh] = known.try_emplace(path, leaves_.size());
      if (fresh) {
        need(path);
        leaves_.push_back(leaf_sql(form_, path));
        operands_.push_back({.path = path});
      }
      GroupOperand& operand = operands_[it->second];
      const bool extreme = field.op == "$min" || field.op == "$max";
      (extreme ? operand.extremes : operand.sums) = true;
      out_.operands_.push_back(fixed_columns + out_.keys_ + it->second * operand_columns);
    }
  }

  static std::string numbered(const char* name, std::size_t i) { return name + std::to_string(i); }

  std::string text_in_sqlite(const Condition& doubt, const Condition& where) const {
    GroupParts parts{.table = form_.table(collection_.table),
                     .where = where.sql,
                     .doubts = all_doubts(doubt),
                     .keys = key_paths_,
                     .one_key = is_plain_field(*stage_.id),
                     .operands = operands_};
    return sqlite_group(parts);
  }

  std::string all_doubts(const Condition& doubt) const {
    std::string out = doubt.sql;
    for (const std::string& one : doubts_) out += (out.empty() ? "" : " or ") + one;
    return out.empty() ? "false" : "(" + out + ")";
  }

  /// What each row gives: its keys, what is in doubt, and the operands in steps, each its own
  /// subquery, so that nothing is computed twice.
  std::string text(const Condition& doubt, const Condition& where) const {
    std::string from = "(select seq, " + all_doubts(doubt) + " as d";
    std::string carried = "seq, d";
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      from += ", " + keys_[i] + " as " + numbered("g", i);
      carried += ", " + numbered("g", i);
    }
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      from += ", " + leaves_[i] + " as " + numbered("l", i);
    }
    from += " from " + form_.table(collection_.table);
    if (!where.empty()) from += " where " + where.sql;
    from += " offset 0) as s0";
    if (!leaves_.empty()) {
      from = step(from, carried + each(", l#"),
                  ", case when jsonb_typeof(l#) = 'number' then l#::numeric end as n#", "s1");
      from = step(from, carried + each(", l#, n#"), ", " + number_kind_sql("n#") + " as k#", "s2");
      from = step(from, carried + each(", l#, n#, k#"),
                  ", case when k# = " + kind_sql(NumberKind::real) +
                      " and abs(n#) < 1e12 then n#::float8 end as f#",
                  "s3");
      from = step(from, carried + each(", l#, n#, k#, f#"),
                  ", round(f# * " + std::string(split) + ") / " + split + " as h#", "s4");
    }
    std::string out = "select coalesce(bool_or(d), false), count(*)";
    std::string by;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      out += ", " + numbered("g", i);
      by += (by.empty() ? " group by " : ", ") + numbered("g", i);
    }
    out += each(
        ", (sum(n#) filter (where k# <> 2))::text, count(*) filter (where k# <> 2)"
        ", coalesce(bool_or(k# = 3), false), sum(h#), sum(f# - h#), count(f#), max(abs(f#))"
        ", count(*) filter (where k# is null and jsonb_typeof(l#) in ('number', 'object') or k# = "
        "2 and f# is null)"
        ", count(*) filter (where k# is null and l# <> 'null')" +
        extremes("min") + extremes("max"));
    return out + " from " + from + by + " having count(*) > 0 order by min(seq)";
  }

  static std::string extremes(const std::string& function) {
    std::string out;
    for (const NumberKind kind : number_kinds) {
      out += ", (" + function + "(n#) filter (where k# = " + kind_sql(kind) + "))::text";
    }
    return out;
  }
  std::string each(const std::string& pattern) const {
    std::string out;
    for (std::size_t i = 0; i < leaves_.size(); ++i) out += with_number(pattern, i);
    return out;
  }
  static std::string with_number(const std::string& pattern, std::size_t i) {
    std::string out;
    for (const char c : pattern) c == '#' ? out += std::to_string(i) : out += c;
    return out;
  }
  std::string step(const std::string& from, const std::string& carried, const std::string& made,
                   const char* name) const {
    return "(select " + carried + each(made) + " from " + from + " offset 0) as " + name;
  }

  const SqlForm& form_;
  const CollectionInfo& collection_;
  const GroupStage& stage_;
  std::vector<std::string> keys_;
  std::vector<std::string> leaves_;
  std::vector<PathParts> key_paths_;
  std::vector<GroupOperand> operands_;  ///< Of the leaves.
  std::vector<std::string> doubts_;
  CompiledGroup out_;
};

bool CompiledGroup::read_id(const Row& row, std::size_t& column, Object& out) const {
  const Expression& id = *stage_->id;
  if (id.kind == Expression::literal) {
    out.add("_id", id.value.missing() ? Value(nullptr) : id.value);
    return true;
  }
  Object fields;
  for (std::size_t i = 0; i < keys_; ++i) {
    const auto json = row.get<std::optional<std::string_view>>(column++);
    if (!json) continue;
    if (!is_sure_key(*json)) return false;
    Value key = value_from_storage(*json);
    if (id.kind == Expression::field) {
      out.add("_id", std::move(key));
      return true;
    }
    fields.add(id.fields[i].name, std::move(key));
  }
  out.add("_id", Value(std::move(fields)));
  return true;
}

namespace {

/// The sums of one operand in one group.
struct Sums {
  std::int64_t whole = 0;
  double real = 0;  ///< Of all numbers.
  std::int64_t count = 0;
  bool any_real = false;
  bool any_long = false;
};

/// nullopt where the sum is not exact.
std::optional<Sums> sums_of(const Row& row, std::size_t column) {
  Sums out;
  if (const auto text = row.get<std::optional<std::string_view>>(column + whole_sum)) {
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), out.whole);
    // A long has ".00" behind it.
    const std::string_view rest(end, static_cast<std::size_t>(text->data() + text->size() - end));
    if (error != std::errc() || (!rest.empty() && rest != ".00")) return std::nullopt;
  }
  out.any_long = row.get<bool>(column + has_long);
  const auto reals = row.get<std::int64_t>(column + real_count);
  out.count = row.get<std::int64_t>(column + whole_count) + reals;
  out.real = static_cast<double>(out.whole);
  out.any_real = reals > 0;
  if (out.any_real) {
    const auto greatest = row.get<double>(column + real_greatest);
    if (greatest * static_cast<double>(reals) >= exact_sum_max) return std::nullopt;
    out.real += row.get<double>(column + real_high);
    out.real += row.get<double>(column + real_low);
  }
  return out;
}

/// A number in its form; a double of SQLite is no text.
std::optional<Value> number_of(const Row& row, std::size_t column, bool as_real) {
  if (as_real) {
    const auto real = row.get<std::optional<double>>(column);
    return real ? std::optional(Value(*real)) : std::nullopt;
  }
  const auto text = row.get<std::optional<std::string_view>>(column);
  return text ? std::optional(value_from_storage(*text)) : std::nullopt;
}

/// nullopt where equal numbers of two kinds are it: the first of them counts.
std::optional<Value> extreme_of(const Row& row, std::size_t column, bool greatest, bool postgres) {
  Value best(nullptr);
  for (std::size_t i = 0; i < number_kinds.size(); ++i) {
    const bool as_real = !postgres && number_kinds[i] == NumberKind::real;
    auto found = number_of(row, column + (greatest ? maxima : minima) + i, as_real);
    if (!found) continue;
    Value one = *std::move(found);
    const int order = best.is(Type::null) ? (greatest ? 1 : -1) : compare(one, best);
    if (order == 0) return std::nullopt;
    if ((order > 0) == greatest) best = std::move(one);
  }
  return best;
}

}  // namespace

std::optional<Value> CompiledGroup::read_field(const Row& row, std::size_t column,
                                               const AccumulatedField& field) const {
  if (is_sum_of_one_constant(field)) {
    const auto n = row.get<std::int64_t>(documents_column);
    return narrowest(field.op == "$count" ? n : n * field.argument->value.int32());
  }
  if (row.get<std::int64_t>(column + undecided) > 0) return std::nullopt;
  if (field.op == "$min" || field.op == "$max") {
    if (row.get<std::int64_t>(column + not_number) > 0) return std::nullopt;
    return extreme_of(row, column, field.op == "$max", postgres_);
  }
  const auto sums = sums_of(row, column);
  if (!sums) return std::nullopt;
  if (field.op == "$avg") {
    if (sums->count == 0) return Value(nullptr);
    return Value(sums->real / static_cast<double>(sums->count));
  }
  if (sums->any_real) return Value(sums->real);
  return sums->any_long ? Value(sums->whole) : narrowest(sums->whole);
}

bool CompiledGroup::read(const Row& row, std::vector<Value>& out) const {
  if (row.get<bool>(0)) return false;
  Object group;
  std::size_t column = fixed_columns;
  if (!read_id(row, column, group)) return false;
  for (std::size_t i = 0; i < stage_->fields.size(); ++i) {
    auto value = read_field(row, operands_[i], stage_->fields[i]);
    if (!value) return false;
    group.add(stage_->fields[i].name, *std::move(value));
  }
  out.emplace_back(std::move(group));
  return true;
}

std::optional<CompiledGroup> compile_group(const SqlForm& form, const CollectionInfo& collection,
                                           const Selection& selection, const GroupStage& stage) {
  return GroupCompiler(form, collection, stage).compile(selection);
}

}  // namespace iacdb::doc
