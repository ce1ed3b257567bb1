// One update statement: find, change, check, store; or insert what an upsert makes.

#include <algorithm>

#include "documents/command/reading.hpp"
#include "documents/command/writing.hpp"

namespace iacdb::doc {
namespace {

bool uses_position(const Update& update) {
  for (const UpdateOperation& op : update.operations) {
    for (const std::string& part : op.parts) {
      if (part == "$") return true;
    }
  }
  return false;
}

Value changed(Work& work, const UpdatePlan& plan, const Value& document) {
  ApplyContext context{.environment = &work.environment(), .bindings = work.bindings()};
  if (plan.selection.filter && uses_position(plan.update)) {
    matches(*plan.selection.filter, document,
            {.environment = &work.environment(),
             .bindings = work.bindings(),
             .position = &context.position});
  }
  return Value(apply_update(plan.update, document.object(), context));
}

/// Whether the filter names the one document by its _id.
bool finds_one(const Selection& selection) {
  if (!selection.filter) return false;
  const auto is_id = [](const Filter& filter) {
    return filter.kind == Filter::equal && filter.path == "_id";
  };
  if (is_id(*selection.filter)) return true;
  return selection.filter->kind == Filter::all_of &&
         std::any_of(selection.filter->children.begin(), selection.filter->children.end(),
                     [&](const FilterPtr& child) { return is_id(*child); });
}

void change_one(Work& work, const CollectionInfo& collection, const UpdatePlan& plan,
                const Record& record, UpdateOutcome& out) {
  Value after = changed(work, plan, record.document);
  ++out.matched;
  if (plan.shows) out.before = record.document;
  if (!identical(after, record.document)) {
    check_update(work, collection, record.document, after);
    work.unit().replace(collection, record, after);
    ++out.modified;
  }
  if (plan.shows) out.after = std::move(after);
}

}  // namespace

Value upserted_document(Work& work, const UpdatePlan& plan) {
  const bool only_id = plan.update.kind == Update::replacement;
  const Object base =
      plan.selection.filter ? upsert_base(*plan.selection.filter, only_id) : Object();
  const ApplyContext context{.environment = &work.environment(),
                             .bindings = work.bindings(),
                             .position = std::nullopt,
                             .inserting = true};
  return prepared_for_insert(work, Value(apply_update(plan.update, base, context)));
}

UpdateOutcome run_update(Work& work, const std::string& name,
                         std::optional<CollectionInfo>& collection, const UpdatePlan& plan) {
  UpdateOutcome out;
  if (collection) {
    Selection selection = plan.selection;
    selection.for_update = true;
    selection.collator = work.environment().collator;
    if (!plan.multi) selection.limit = 1;
    if (plan.multi || (!plan.shows && finds_one(plan.selection))) {
      if (const auto done =
              work.unit().update_many(*collection, selection, plan.update, work.environment())) {
        out.matched = done->matched;
        out.modified = done->modified;
        if (out.matched > 0 || !plan.upsert) return out;
      }
    }
    for (const Record& record : select_records(work, *collection, selection)) {
      change_one(work, *collection, plan, record, out);
    }
  }
  if (out.matched > 0 || !plan.upsert) return out;
  Value fresh = upserted_document(work, plan);
  // One that is made here is known when all went well: a failure undoes it.
  const CollectionInfo into = collection ? *collection : ensure_collection(work, name);
  check_document(work, into, fresh);
  work.unit().insert(into, {fresh});
  if (!collection) collection = into;
  out.upserted = fresh.object().get("_id");
  out.after = std::move(fresh);
  return out;
}

}  // namespace iacdb::doc
