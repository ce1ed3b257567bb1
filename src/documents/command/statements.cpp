// One statement of update, delete and bulkWrite: its arguments, and how a delete is done.

#include "documents/command/reading.hpp"
#include "documents/command/writing.hpp"

namespace iacdb::doc {
namespace {

std::int64_t remove_matching(Work& work, const CollectionInfo& collection, Selection selection) {
  selection.for_update = true;
  selection.collator = work.environment().collator;
  if (selection.limit == 0) {
    if (const auto removed = work.unit().remove_many(collection, selection)) return *removed;
  }
  const std::vector<Record> records = select_records(work, collection, selection);
  for (const Record& record : records) work.unit().remove(collection, record);
  return static_cast<std::int64_t>(records.size());
}

}  // namespace

void check_batch(std::size_t size) {
  if (size == 0 || size > batch_writes_max) {
    fail(Code::invalid_length, "Write batch sizes must be between 1 and 100000. Got " +
                                   std::to_string(size) + " operations.");
  }
}

void check_statements(const Array& statements, const std::string& name,
                      void (*check)(const Object& statement)) {
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (!statements[i].is(Type::object)) {
      fail(Code::type_mismatch,
           "BSON field '" + name + "." + std::to_string(i) + "' is the wrong type '" +
               std::string(type_name(statements[i].type())) + "', expected type 'object'");
    }
    if (check != nullptr) check(statements[i].object());
  }
}

void check_update_statement(const Object& statement) {
  Arguments arguments(statement, "update.updates");
  arguments.need("q");
  arguments.need("u");
  for (const char* name : {"q", "collation", "c", "sort"}) arguments.object(name);
  for (const char* name : {"multi", "upsert"}) arguments.boolean(name);
  check_statements(arguments.array("arrayFilters"), "update.updates.arrayFilters", nullptr);
  const Value& change = arguments.value("u");
  if (change.is(Type::array)) {
    check_statements(change.array(), "update.updates.u", nullptr);
  } else if (!change.is(Type::object)) {
    fail(Code::failed_to_parse, "Update argument must be either an object or an array");
  }
  arguments.allow({"hint", "upsertSupplied", "sampleId"});
  arguments.finish();
}

void check_delete_statement(const Object& statement) {
  Arguments arguments(statement, "delete.deletes");
  arguments.need("q");
  arguments.need("limit");
  for (const char* name : {"q", "collation"}) arguments.object(name);
  const std::int64_t limit = arguments.integer("limit");
  if (limit != 0 && limit != 1) {
    fail(Code::failed_to_parse,
         "The limit field in delete objects must be 0 or 1. Got " + std::to_string(limit));
  }
  arguments.allow({"hint", "sampleId"});
  arguments.finish();
}

UpdatePlan plan_update(Work& work, const Object& statement,
                       const std::optional<CollectionInfo>& collection,
                       const VariableNames& outer) {
  Arguments arguments(statement, "update.updates");
  UpdatePlan plan;
  VariableNames names = outer;
  arguments.need("q");
  arguments.need("u");
  work.use_collation(arguments.object("collation"), collection);
  const Object& constants = arguments.object("c");
  work.use_constants(constants, names);
  plan.selection.filter = parse_filter(with_text_index(arguments.object("q"), collection), names);
  plan.update = parse_update(arguments.value("u"), arguments.array("arrayFilters"), names);
  if (!constants.empty() && plan.update.kind != Update::pipeline) {
    fail_at(51198, "Constant values may only be specified for pipeline updates");
  }
  plan.multi = arguments.boolean("multi");
  plan.upsert = arguments.boolean("upsert");
  if (plan.upsert && plan.selection.filter) check_upsert_filter(*plan.selection.filter);
  plan.selection.sort = parse_sort(arguments.object("sort"));
  plan.selection.hint = hint_name(arguments.value("hint"), collection);
  arguments.allow({"upsertSupplied", "sampleId"});
  arguments.finish();
  if (plan.multi && plan.update.kind == Update::replacement) {
    fail(Code::failed_to_parse, "multi update is not supported for replacement-style update");
  }
  if (plan.multi && !plan.selection.sort.empty()) {
    fail(Code::failed_to_parse, "Cannot specify sort with multi=true");
  }
  return plan;
}

std::int64_t run_delete(Work& work, const std::optional<CollectionInfo>& collection,
                        const Object& statement, const VariableNames& names) {
  Arguments arguments(statement, "delete.deletes");
  arguments.need("q");
  arguments.need("limit");
  const std::int64_t limit = arguments.integer("limit");
  if (limit != 0 && limit != 1) {
    fail(Code::failed_to_parse,
         "The limit field in delete objects must be 0 or 1. Got " + std::to_string(limit));
  }
  work.use_collation(arguments.object("collation"), collection);
  Selection selection;
  selection.filter = parse_filter(with_text_index(arguments.object("q"), collection), names);
  selection.limit = limit;
  selection.hint = hint_name(arguments.value("hint"), collection);
  arguments.finish();
  return collection ? remove_matching(work, *collection, selection) : 0;
}

}  // namespace iacdb::doc
