#include "documents/stores/sql/update_sql_sqlite.hpp"

#include "documents/storage/encoding.hpp"
#include "documents/stores/sql/path_sql.hpp"

namespace iacdb::doc {
namespace {

/// A document of more characters may reach MongoDB's limit: BSON has up to seven bytes for one of
/// JSON ("0," in an array).
constexpr const char* document_characters_max = "1000000";
/// A function takes 127 arguments.
constexpr std::size_t elements_max = 60;

std::string stored(const Value& value) {
  return to_storage(value, KeyOrder::kept);
}

std::string path_of(PathParts parts, const std::string& more = {}) {
  std::string out = "'$";
  for (const std::string& part : parts) out += "." + part;
  return out + more + "'";
}
std::string type_of(PathParts parts, const std::string& more = {}) {
  return "json_type(doc, " + path_of(parts, more) + ")";
}
/// An object whose keys repeat: what a query sees is not all of it.
std::string keys_repeat(PathParts parts) {
  return type_of(parts, ".\"$bson\"") + " is not null";
}

class ChangeInSqlite {
 public:
  /// False: not by SQL. Paths of several operations have nothing in common, so that each looks at
  /// the document as it was.
  bool add(const UpdateOperation& op) {
    const PathParts parts = op.parts;
    const std::string path = path_of(parts);
    if (parts.size() > 1) {
      if (op.op != UpdateOperator::unset) unfit(type_of(parts) + " is null");
      for (std::size_t n = 1; n < parts.size(); ++n) unfit(keys_repeat(parts.first(n)));
    }
    switch (op.op) {
      case UpdateOperator::set:
        wrap("json_set(", ", " + path + ", json(?))", {stored(op.value)});
        changed_.push_back({"(doc -> " + path + ") is not ?", {stored(op.value)}});
        return true;
      case UpdateOperator::unset:
        if (parts.size() > 1) return false;
        wrap("json_remove(", ", " + path + ")", {});
        changed_.push_back({type_of(parts) + " is not null", {}});
        return true;
      case UpdateOperator::inc:
      case UpdateOperator::mul:
        return calculate(op);
      case UpdateOperator::push:
        return push(op);
      default:
        return false;
    }
  }

  const Condition& document() const { return document_; }
  /// Documents that are not for SQL.
  const std::vector<Condition>& unfit() const { return unfit_; }
  /// Documents that change; none: all do.
  std::vector<Condition> changed() const { return always_ ? std::vector<Condition>() : changed_; }

 private:
  void wrap(const std::string& before, const std::string& behind,
            const std::vector<SqlParameter>& parameters) {
    document_.sql = before + document_.sql + behind;
    document_.parameters.insert(document_.parameters.end(), parameters.begin(), parameters.end());
  }
  void unfit(const std::string& sql) { unfit_.push_back({sql, {}}); }

  bool calculate(const UpdateOperation& op) {
    if (!op.value.is(Type::int32)) return false;
    const std::int64_t by = op.value.int32();
    const bool adds = op.op == UpdateOperator::inc;
    if (by == 0 || (!adds && by == 1)) return false;  // Changes nothing.
    const std::string path = path_of(op.parts);
    const std::string number = "json_extract(doc, " + path + ")";
    const std::string type = type_of(op.parts);
    std::string fit = type + " = 'integer' and typeof(" + number + ") = 'integer' and " + number +
                      " between -2147483648 and 2147483647";
    if (!adds) fit += " and " + number + " <> 0";
    const bool may_be_missing = adds && op.parts.size() == 1;
    unfit("not coalesce(" + fit + ", " + (may_be_missing ? type + " is null" : "false") + ")");
    const std::string result = number + (adds ? " + ?" : " * ?");
    if (may_be_missing) {
      wrap("json_set(", ", " + path + ", coalesce(" + result + ", ?))", {by, by});
    } else {
      wrap("json_set(", ", " + path + ", " + result + ")", {by});
    }
    always_ = true;
    return true;
  }

  bool push(const UpdateOperation& op) {
    const std::size_t n = op.elements.size();
    if (op.position || op.slice || op.sorts || n == 0 || n > elements_max) return false;
    unfit("coalesce(" + type_of(op.parts) + " <> 'array', false)");
    std::string behind = ", " + path_of(op.parts) + ", json('[]'))";
    std::vector<SqlParameter> elements;
    for (const Value& element : op.elements) {
      behind += ", " + path_of(op.parts, "[#]") + ", json(?)";
      elements.emplace_back(stored(element));
    }
    wrap("json_insert(json_insert(", behind + ")", elements);
    always_ = true;
    return true;
  }

  Condition document_{"doc", {}};
  std::vector<Condition> unfit_{{"length(doc) > " + std::string(document_characters_max), {}},
                                {keys_repeat({}), {}}};
  std::vector<Condition> changed_;
  bool always_ = false;
};

}  // namespace

std::optional<CompiledChange> sqlite_update(const SqlForm& form, const CollectionInfo& collection,
                                            const SetTarget& target, const Update& update) {
  ChangeInSqlite change;
  std::size_t added = 0;
  for (const UpdateOperation& op : update.operations) {
    added += stored(op.value).size();
    if (added > added_bytes_max || !change.add(op)) return std::nullopt;
  }
  std::vector<Condition> unfit = change.unfit();
  std::vector<Condition> touched = change.changed();
  if (!target.doubt.empty()) {
    unfit.push_back(target.doubt);
    if (!touched.empty()) touched.push_back(target.doubt);
  }
  const std::string table = form.table(collection.table);
  CompiledChange out;
  append(out.statement, "update " + table + " set doc = case when ", any_of(unfit));
  append(out.statement, " then null else ", change.document());
  out.statement.sql += " end";
  const Condition where = all_of({target.where, any_of(touched)});
  if (!where.empty()) append(out.statement, " where ", where);
  if (!touched.empty()) {
    out.matched = Condition{"select count(*) from " + table, {}};
    if (!target.where.empty()) append(*out.matched, " where ", target.where);
  }
  return out;
}

CompiledRemoval sqlite_removal(const SqlForm& form, const CollectionInfo& collection,
                               const SetTarget& target) {
  const std::string table = form.table(collection.table);
  CompiledRemoval out;
  out.counts = false;
  out.doubts = !target.doubt.empty();
  out.statement.sql = "delete from " + table;
  if (!target.where.empty()) append(out.statement, " where ", target.where);
  if (out.doubts) {
    append(out.statement,
           (target.where.empty() ? " where" : " and") + (" not exists (select 1 from " + table) +
               " where ",
           all_of({target.where, target.doubt}));
    out.statement.sql += ")";
  }
  return out;
}

}  // namespace iacdb::doc
