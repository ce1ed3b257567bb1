// bulkWrite: inserts, updates and deletes on several collections in one command.

#include <algorithm>

#include "documents/bson/number.hpp"
#include "documents/command/writing.hpp"

namespace iacdb::doc {
namespace {

/// An operation's own names of what update and delete call otherwise.
struct Renamed {
  std::string_view here;
  std::string_view there;
};
constexpr Renamed update_fields[] = {{"filter", "q"},
                                     {"updateMods", "u"},
                                     {"multi", "multi"},
                                     {"upsert", "upsert"},
                                     {"arrayFilters", "arrayFilters"},
                                     {"collation", "collation"},
                                     {"hint", "hint"},
                                     {"constants", "c"},
                                     {"sort", "sort"}};
constexpr Renamed delete_fields[] = {{"filter", "q"}, {"collation", "collation"}, {"hint", "hint"}};

/// One collection of nsInfo, found when it is first written to.
struct Target {
  std::string name;
  std::optional<CollectionInfo> collection{};
  bool looked_for = false;
};

class BulkWrite {
 public:
  BulkWrite(Work& work, std::vector<Target> targets, VariableNames names, bool errors_only)
      : work_(work),
        targets_(std::move(targets)),
        names_(std::move(names)),
        errors_only_(errors_only) {}

  void run(const Array& operations, bool ordered) {
    for (std::size_t i = 0; i < operations.size(); ++i) {
      const std::size_t inserts = inserts_at(operations, i);
      if (inserts > 1 && insert_together(operations, i, inserts)) {
        i += inserts - 1;
        continue;
      }
      const Object& operation = operations[i].object();
      Object result = done(i);
      try {
        // Before the attempt, whose failure would undo it.
        if (operation.front().name == "insert") ensure(target_of(operation.front().value));
        work_.unit().attempt([&] { one(operation, result); });
        add(std::move(result));
      } catch (const Failure& failure) {
        ++errors_;
        results_.push_back(failed(i, operation, failure));
        if (ordered) return;
      }
    }
  }

  Object counts() const {
    return {{"nErrors", narrowest(errors_)},     {"nInserted", narrowest(inserted_)},
            {"nMatched", narrowest(matched_)},   {"nModified", narrowest(modified_)},
            {"nUpserted", narrowest(upserted_)}, {"nDeleted", narrowest(deleted_)}};
  }
  std::vector<Value> results() && { return std::move(results_); }

 private:
  static Object done(std::size_t i) {
    return {{"ok", Value(1.0)}, {"idx", Value(static_cast<std::int32_t>(i))}};
  }
  void add(Object result) {
    if (!errors_only_) results_.push_back(Value(std::move(result)));
  }

  /// How many inserts into one collection begin there.
  static std::size_t inserts_at(const Array& operations, std::size_t from) {
    const Field& first = operations[from].object().front();
    std::size_t n = 0;
    for (; from + n < operations.size() && first.name == "insert"; ++n) {
      const Field& next = operations[from + n].object().front();
      if (next.name != "insert" || compare(next.value, first.value) != 0) break;
    }
    return n;
  }

  /// False, and nothing done, when one of them fails: then one by one, to learn which it is.
  bool insert_together(const Array& operations, std::size_t from, std::size_t n) {
    Target& target = target_of(operations[from].object().front().value);
    try {
      ensure(target);
      std::vector<Value> documents;
      for (std::size_t i = from; i < from + n; ++i) {
        documents.push_back(prepared(target, operations[i].object().get("document")));
      }
      work_.unit().attempt([&] { work_.unit().insert(*target.collection, documents); });
    } catch (const Failure&) {
      work_.forget_warnings();
      return false;
    }
    inserted_ += static_cast<std::int64_t>(n);
    for (std::size_t i = from; i < from + n; ++i) {
      Object result = done(i);
      result.add("n", Value(std::int32_t{1}));
      add(std::move(result));
    }
    return true;
  }

  static Value failed(std::size_t i, const Object& operation, const Failure& failure) {
    Object out{{"ok", Value(0.0)},
               {"idx", Value(static_cast<std::int32_t>(i))},
               {"code", Value(std::int32_t{failure.code()})}};
    for (const Field& field : failure.details()) out.add(field.name, field.value);
    out.add("errmsg", Value(failure.what()));
    out.add("n", Value(std::int32_t{0}));
    if (operation.front().name == "update") out.add("nModified", Value(std::int32_t{0}));
    return Value(std::move(out));
  }

  Target& target_of(const Value& number) {
    Target& target = targets_[static_cast<std::size_t>(*exact_int64(number))];
    if (!target.looked_for) target.collection = find_writable(work_, target.name);
    target.looked_for = true;
    return target;
  }

  void ensure(Target& target) {
    if (!target.collection) target.collection = ensure_collection(work_, target.name);
  }

  void one(const Object& operation, Object& result) {
    const Field& kind = operation.front();
    Target& target = target_of(kind.value);
    if (kind.name == "insert") {
      insert(target, operation.get("document"));
      result.add("n", Value(std::int32_t{1}));
    } else if (kind.name == "update") {
      update(target, operation, result);
    } else {
      Object statement = renamed(operation, delete_fields);
      const bool multi = truthy(operation.get("multi"));
      statement.add("limit", Value(std::int32_t{multi ? 0 : 1}));
      const std::int64_t n = run_delete(work_, target.collection, statement, names_);
      deleted_ += n;
      result.add("n", narrowest(n));
    }
  }

  Value prepared(Target& target, const Value& given) {
    Value document = prepared_for_insert(work_, given);
    work_.use_collation({}, target.collection);
    check_document(work_, *target.collection, document);
    return document;
  }

  void insert(Target& target, const Value& given) {
    Value document = prepared(target, given);
    work_.unit().insert(*target.collection, {std::move(document)});
    ++inserted_;
  }

  void update(Target& target, const Object& operation, Object& result) {
    const UpdatePlan plan =
        plan_update(work_, renamed(operation, update_fields), target.collection, names_);
    const UpdateOutcome outcome = run_update(work_, target.name, target.collection, plan);
    matched_ += outcome.matched;
    modified_ += outcome.modified;
    result.add("n", narrowest(outcome.matched + (outcome.upserted ? 1 : 0)));
    result.add("nModified", narrowest(outcome.modified));
    if (outcome.upserted) {
      ++upserted_;
      result.add("upserted", Value(Object{{"_id", *outcome.upserted}}));
    }
  }

  static Object renamed(const Object& operation, std::span<const Renamed> fields) {
    Object out;
    for (const Renamed& field : fields) {
      const Value& v = operation.get(field.here);
      if (!v.missing()) out.add(std::string(field.there), v);
    }
    return out;
  }

  Work& work_;
  std::vector<Target> targets_;
  VariableNames names_;
  bool errors_only_;
  std::vector<Value> results_;
  std::int64_t errors_ = 0;
  std::int64_t inserted_ = 0;
  std::int64_t matched_ = 0;
  std::int64_t modified_ = 0;
  std::int64_t upserted_ = 0;
  std::int64_t deleted_ = 0;
};

std::vector<Target> targets_of(Work& work, const Array& infos) {
  std::vector<Target> out;
  for (const Value& info : infos) {
    if (!info.is(Type::object)) {
      fail(Code::type_mismatch,
           "BSON field 'bulkWrite.nsInfo' is the wrong type, expected objects");
    }
    Arguments arguments(info.object(), "bulkWrite.nsInfo");
    arguments.need("ns");
    const std::string ns = arguments.text("ns");
    arguments.allow({"collectionUUID", "encryptionInformation"});
    arguments.finish();
    const std::size_t dot = ns.find('.');
    if (dot == std::string::npos || dot == 0) {
      fail(Code::invalid_namespace, "Invalid namespace specified for bulkWrite: '" + ns + "'");
    }
    if (ns.substr(0, dot) != work.database()) {
      fail(Code::invalid_namespace, "bulkWrite: this store has the database '" + work.database() +
                                        "' alone, so '" + ns + "' cannot be written");
    }
    out.push_back({checked_collection(ns.substr(dot + 1), work.database())});
  }
  return out;
}

/// The whole command is refused when one of its operations is none.
void check_operation(const Value& given, std::size_t at, std::size_t targets) {
  if (!given.is(Type::object) || given.object().empty()) {
    fail(Code::type_mismatch, "BSON field 'bulkWrite.ops' must hold objects, one for each write");
  }
  const Object& operation = given.object();
  const Field& kind = operation.front();
  if (kind.name != "insert" && kind.name != "update" && kind.name != "delete") {
    fail_at(40415, "BSON field 'bulkWrite.ops." + kind.name +
                       "' is an unknown field: a write begins with insert, update or delete");
  }
  Arguments arguments(operation, "bulkWrite." + kind.name);
  const std::int64_t target = arguments.integer(kind.name, -1);
  const auto know = [&](std::span<const Renamed> fields) {
    for (const Renamed& field : fields) arguments.value(field.here);
  };
  if (kind.name == "insert") {
    arguments.need("document");
    arguments.object("document");
  } else {
    arguments.need("filter");
    arguments.object("filter");
    arguments.boolean("multi");
    if (kind.name == "update") arguments.need("updateMods");
    know(kind.name == "update" ? std::span<const Renamed>(update_fields) : delete_fields);
  }
  arguments.allow({"upsertSupplied", "sampleId"});
  arguments.finish();
  if (target < 0 || static_cast<std::size_t>(target) >= targets) {
    fail(Code::bad_value,
         "BulkWrite ops entry " + std::to_string(at) + " has an invalid nsInfo index.");
  }
}

Object run_bulk_write(Engine& engine, const Object& command) {
  Work work(engine, Access::write, command);
  const Value& database = command.get("$db");
  if (database.is(Type::string) && database.text() != "admin") {
    fail(static_cast<Code>(13), "bulkWrite may only be run against the admin database.");
  }
  Arguments arguments(command, "bulkWrite");
  arguments.value("bulkWrite");
  arguments.need("ops");
  arguments.need("nsInfo");
  const Array& operations = arguments.array("ops");
  const bool ordered = arguments.boolean("ordered", true);
  const bool errors_only = arguments.boolean("errorsOnly");
  work.bypass_validation(arguments.boolean("bypassDocumentValidation"));
  Arguments cursor(arguments.object("cursor"), "bulkWrite.cursor");
  std::int64_t batch = INT64_MAX;
  if (cursor.has("batchSize")) batch = cursor.count("batchSize");
  cursor.finish();
  VariableNames names = work.use_let(arguments.object("let"));
  std::vector<Target> targets = targets_of(work, arguments.array("nsInfo"));
  arguments.finish();
  check_batch(operations.size());
  for (std::size_t i = 0; i < operations.size(); ++i) {
    check_operation(operations[i], i, targets.size());
  }
  BulkWrite writes(work, std::move(targets), std::move(names), errors_only);
  writes.run(operations, ordered);
  work.commit();
  Object counts = writes.counts();
  Object reply = engine.cursor_reply(work, stream_of(std::move(writes).results()),
                                     "admin.$cmd.bulkWrite", batch, false);
  Object out{{"cursor", reply.get("cursor")}};
  for (const Field& field : counts) out.add(field.name, field.value);
  work.add_warnings(out);
  return succeeded(std::move(out));
}

constexpr CommandEntry entries[] = {{"bulkWrite", run_bulk_write}};

}  // namespace

std::span<const CommandEntry> bulk_commands() {
  return entries;
}

}  // namespace iacdb::doc
