// insert, update, delete, findAndModify.

#include "documents/bson/number.hpp"
#include "documents/command/reading.hpp"
#include "documents/command/writing.hpp"

namespace iacdb::doc {
namespace {

/// Runs each write of a batch by itself, gathering errors; an ordered batch stops at the first.
template <class Write>
void each_write(Work& work, std::size_t count, bool ordered, Array& errors, Write write) {
  for (std::size_t i = 0; i < count; ++i) {
    try {
      work.unit().attempt([&] { write(i); });
    } catch (const Failure& failure) {
      errors.push_back(write_error(static_cast<std::int64_t>(i), failure));
      if (ordered) return;
    }
  }
}

Object run_insert(Engine& engine, const Object& command) {
  Work work(engine, Access::write, command);
  Arguments arguments(command, "insert");
  const std::string name = arguments.collection("insert", work.database());
  arguments.need("documents");
  const Array& given = arguments.array("documents");
  const bool ordered = arguments.boolean("ordered", true);
  work.bypass_validation(arguments.boolean("bypassDocumentValidation"));
  arguments.finish();
  check_batch(given.size());
  check_statements(given, "insert.documents", nullptr);
  const CollectionInfo collection = ensure_collection(work, name);
  work.use_collation({}, collection);
  Array errors;
  std::int64_t inserted = 0;
  const auto prepared = [&](const Value& v) {
    Value document = prepared_for_insert(work, v);
    check_document(work, collection, document);
    return document;
  };
  bool all_at_once = false;
  try {
    std::vector<Value> documents;
    for (const Value& v : given) documents.push_back(prepared(v));
    work.unit().attempt([&] { work.unit().insert(collection, documents); });
    inserted = static_cast<std::int64_t>(documents.size());
    all_at_once = true;
  } catch (const Failure&) {
    work.forget_warnings();  // One by one, to learn which of them it is.
  }
  if (!all_at_once) {
    each_write(work, given.size(), ordered, errors, [&](std::size_t i) {
      work.unit().insert(collection, {prepared(given[i])});
      ++inserted;
    });
  }
  work.commit();
  Object reply{{"n", narrowest(inserted)}};
  if (!errors.empty()) reply.add("writeErrors", Value(std::move(errors)));
  work.add_warnings(reply);
  return succeeded(std::move(reply));
}

Object run_update_command(Engine& engine, const Object& command) {
  Work work(engine, Access::write, command);
  Arguments arguments(command, "update");
  const std::string name = arguments.collection("update", work.database());
  arguments.need("updates");
  const Array& updates = arguments.array("updates");
  const bool ordered = arguments.boolean("ordered", true);
  work.bypass_validation(arguments.boolean("bypassDocumentValidation"));
  const VariableNames names = work.use_let(arguments.object("let"));
  arguments.finish();
  check_batch(updates.size());
  check_statements(updates, "update.updates", check_update_statement);
  auto collection = find_writable(work, name);
  Array errors;
  Array upserted;
  std::int64_t matched = 0;
  std::int64_t modified = 0;
  each_write(work, updates.size(), ordered, errors, [&](std::size_t i) {
    const UpdatePlan plan = plan_update(work, updates[i].object(), collection, names);
    const UpdateOutcome outcome = run_update(work, name, collection, plan);
    matched += outcome.matched;
    modified += outcome.modified;
    if (outcome.upserted) {
      ++matched;
      upserted.push_back(Value(
          Object{{"index", Value(static_cast<std::int32_t>(i))}, {"_id", *outcome.upserted}}));
    }
  });
  work.commit();
  Object reply{{"n", narrowest(matched)}};
  if (!upserted.empty()) reply.add("upserted", Value(std::move(upserted)));
  reply.add("nModified", narrowest(modified));
  if (!errors.empty()) reply.add("writeErrors", Value(std::move(errors)));
  work.add_warnings(reply);
  return succeeded(std::move(reply));
}

Object run_delete_command(Engine& engine, const Object& command) {
  Work work(engine, Access::write, command);
  Arguments arguments(command, "delete");
  const std::string name = arguments.collection("delete", work.database());
  arguments.need("deletes");
  const Array& deletes = arguments.array("deletes");
  const bool ordered = arguments.boolean("ordered", true);
  const VariableNames names = work.use_let(arguments.object("let"));
  arguments.finish();
  check_batch(deletes.size());
  check_statements(deletes, "delete.deletes", check_delete_statement);
  const auto collection = find_writable(work, name);
  Array errors;
  std::int64_t removed = 0;
  each_write(work, deletes.size(), ordered, errors, [&](std::size_t i) {
    removed += run_delete(work, collection, deletes[i].object(), names);
  });
  work.commit();
  Object reply{{"n", narrowest(removed)}};
  if (!errors.empty()) reply.add("writeErrors", Value(std::move(errors)));
  return succeeded(std::move(reply));
}

/// findAndModify's checks of which options go together.
void check_modify(bool remove, const Value& update, bool returns_new, bool upsert) {
  if (remove && !update.missing()) {
    fail(Code::failed_to_parse, "Cannot specify both an update and remove=true");
  }
  if (!remove && update.missing()) {
    fail(Code::failed_to_parse, "Either an update or remove=true must be specified");
  }
  if (remove && upsert) {
    fail(Code::failed_to_parse, "Cannot specify both upsert=true and remove=true");
  }
  if (remove && returns_new) {
    fail(Code::failed_to_parse,
         "Cannot specify both new=true and remove=true; 'remove' always returns the deleted "
         "document");
  }
}

Value shown(Work& work, const Object& fields, const UpdatePlan& plan, const Value& document,
            const VariableNames& names) {
  if (fields.empty()) return document;
  const Projection projection = parse_projection(fields, ProjectionUse::find, names);
  std::optional<std::size_t> position;
  matches(*plan.selection.filter, document,
          {.environment = &work.environment(), .bindings = work.bindings(), .position = &position});
  return project(projection, document, Scope::of(document, work.environment(), work.bindings()),
                 position);
}

Object run_find_and_modify(Engine& engine, const Object& command) {
  Work work(engine, Access::write, command);
  const std::string& called = command.front().name;
  Arguments arguments(command, "findAndModify");
  const std::string name = arguments.collection(called, work.database());
  const bool remove = arguments.boolean("remove");
  const bool returns_new = arguments.boolean("new");
  UpdatePlan plan;
  plan.upsert = arguments.boolean("upsert");
  work.bypass_validation(arguments.boolean("bypassDocumentValidation"));
  const Value& update = arguments.value("update");
  const Array& array_filters = arguments.array("arrayFilters");
  const Object& fields = arguments.object("fields");
  check_modify(remove, update, returns_new, plan.upsert);
  auto collection = find_writable(work, name);
  work.use_collation(arguments.object("collation"), collection);
  const VariableNames names = work.use_let(arguments.object("let"));
  plan.selection.filter =
      parse_filter(with_text_index(arguments.object("query"), collection), names);
  if (plan.upsert && plan.selection.filter) check_upsert_filter(*plan.selection.filter);
  plan.selection.sort = parse_sort(arguments.object("sort"));
  plan.selection.hint = hint_name(arguments.value("hint"), collection);
  arguments.finish();
  if (!fields.empty()) parse_projection(fields, ProjectionUse::find, names);
  Object last;
  Value value(nullptr);
  if (remove) {
    plan.selection.limit = 1;
    plan.selection.for_update = true;
    std::vector<Record> found;
    if (collection) found = select_records(work, *collection, plan.selection);
    if (!found.empty()) {
      value = shown(work, fields, plan, found[0].document, names);
      work.unit().remove(*collection, found[0]);
    }
    last.add("n", Value(static_cast<std::int32_t>(found.size())));
  } else {
    plan.update = parse_update(update, array_filters, names);
    plan.shows = true;
    const UpdateOutcome outcome = run_update(work, name, collection, plan);
    const auto& returned = returns_new ? outcome.after : outcome.before;
    if (returned) value = shown(work, fields, plan, *returned, names);
    last.add("n", Value(std::int32_t{outcome.matched > 0 || outcome.upserted ? 1 : 0}));
    last.add("updatedExisting", Value(outcome.matched > 0));
    if (outcome.upserted) last.add("upserted", *outcome.upserted);
  }
  work.commit();
  Object reply{{"lastErrorObject", Value(std::move(last))}, {"value", std::move(value)}};
  work.add_warnings(reply);
  return succeeded(std::move(reply));
}

constexpr CommandEntry entries[] = {
    {"insert", run_insert},
    {"update", run_update_command},
    {"delete", run_delete_command},
    {"findAndModify", run_find_and_modify},
    {"findandmodify", run_find_and_modify},
};

}  // namespace

std::span<const CommandEntry> write_commands() {
  return entries;
}

}  // namespace iacdb::doc
