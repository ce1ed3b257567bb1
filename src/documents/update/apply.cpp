// Applying update operators to a document: walking their paths, positional parts and all.

#include "documents/bson/compare.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/errors.hpp"
#include "documents/update/operators.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t array_gap_max = 1'500'000;

class Applier {
 public:
  Applier(const Update& update, const ApplyContext& context, Value& document)
      : update_(update), context_(context), document_(document) {}

  void run() {
    for (const UpdateOperation& op : update_.operations) {
      if (op.op == UpdateOperator::set_on_insert && !context_.inserting) continue;
      if (op.op == UpdateOperator::rename) {
        rename(op);
      } else {
        walk(op, document_, 0, "");
      }
    }
  }

 private:
  static bool creates(UpdateOperator op) {
    return op != UpdateOperator::unset && op != UpdateOperator::pop && op != UpdateOperator::pull &&
           op != UpdateOperator::pull_all;
  }

  [[noreturn]] static void not_viable(const UpdateOperation& op, const std::string& part,
                                      const std::string& holder_name, const Value& holder) {
    fail(Code::path_not_viable, "Cannot create field '" + part + "' in element {" + holder_name +
                                    ": " + print_json(holder) + "}");
    static_cast<void>(op);
  }

  void walk(const UpdateOperation& op, Value& holder, std::size_t i, const std::string& name) {
    const std::string& part = op.parts[i];
    if (is_positional(part)) {
      positional(op, holder, i, name);
    } else if (holder.is(Type::object)) {
      in_object(op, holder, i);
    } else if (holder.is(Type::array)) {
      in_array(op, holder, i, name);
    } else if (creates(op.op)) {
      not_viable(op, part, name, holder);
    }
  }

  void in_object(const UpdateOperation& op, Value& holder, std::size_t i) {
    const std::string& part = op.parts[i];
    const bool last = i + 1 == op.parts.size();
    if (last) {
      const Value* found = holder.object().find(part);
      Value changed = leaf(op, found != nullptr ? *found : missing_value, part);
      if (changed.missing()) {
        if (found != nullptr) holder.edit_object().remove(part);
      } else if (found == nullptr || !identical(*found, changed)) {
        check_dollar(part, i);
        holder.edit_object().set(part, std::move(changed));
      }
      return;
    }
    if (!holder.object().has(part)) {
      if (!creates(op.op)) return;
      check_created(op, i + 1);
      check_dollar(part, i);
      holder.edit_object().add(part, Value(Object()));
    }
    walk(op, *holder.edit_object().find(part), i + 1, part);
  }

  /// A field of the document itself whose name begins with a dollar can only be inserted.
  void check_dollar(const std::string& part, std::size_t depth) const {
    if (depth > 0 || context_.inserting || !part.starts_with('$')) return;
    fail(Code::dollar_prefixed_field_name,
         "The dollar ($) prefixed field '" + part + "' in '" + part +
             "' is not allowed in the context of an update's replacement document. Consider using "
             "an aggregation pipeline with $replaceWith.");
  }

  /// Positional parts need an array that is there.
  void check_created(const UpdateOperation& op, std::size_t from) const {
    const std::string& part = op.parts[from];
    if (is_positional(part)) {
      std::string path = op.parts[0];
      for (std::size_t k = 1; k < from; ++k) path += "." + op.parts[k];
      fail(Code::bad_value,
           "The path '" + path + "' must exist in the document in order to apply array updates.");
    }
  }

  void in_array(const UpdateOperation& op, Value& holder, std::size_t i, const std::string& name) {
    const std::string& part = op.parts[i];
    const bool last = i + 1 == op.parts.size();
    const std::size_t index = index_of(part);
    if (index == SIZE_MAX) {
      if (creates(op.op)) not_viable(op, part, name, holder);
      return;
    }
    const std::size_t size = holder.array().size();
    if (index >= size) {
      if (!creates(op.op)) return;
      if (index - size > array_gap_max) {
        fail(Code::bad_value, "cannot fill more than " + std::to_string(array_gap_max) +
                                  " array elements with null");
      }
    }
    if (last) {
      Value changed = leaf(op, index < size ? holder.array()[index] : missing_value, part);
      if (changed.missing()) {
        // An element of an array is not taken out but emptied.
        if (index < size) holder.edit_array()[index] = Value(nullptr);
        return;
      }
      if (index < size && identical(holder.array()[index], changed)) return;
      Array& array = holder.edit_array();
      while (array.size() <= index) array.push_back(Value(nullptr));
      array[index] = std::move(changed);
      return;
    }
    Array& array = holder.edit_array();
    if (index >= size) {
      check_created(op, i + 1);
      while (array.size() <= index) array.push_back(Value(nullptr));
      array[index] = Value(Object());
    }
    walk(op, array[index], i + 1, part);
  }

  void positional(const UpdateOperation& op, Value& holder, std::size_t i,
                  const std::string& name) {
    const std::string& part = op.parts[i];
    if (part == "$") {
      if (!context_.position) {
        fail(Code::bad_value,
             "The positional operator did not find the match needed from the "
             "query.");
      }
      if (!holder.is(Type::array) && creates(op.op)) {
        not_viable(op, std::to_string(*context_.position), name, holder);
      }
      UpdateOperation at = op;
      at.parts[i] = std::to_string(*context_.position);
      walk(at, holder, i, name);
      return;
    }
    if (!holder.is(Type::array)) {
      fail(Code::bad_value,
           "Cannot apply array updates to non-array element " + name + ": " + print_json(holder));
    }
    const std::string id = part.substr(2, part.size() - 3);
    const Filter* filter = id.empty() ? nullptr : update_.array_filters.find(id)->second.get();
    for (std::size_t k = 0; k < holder.array().size(); ++k) {
      if (filter != nullptr && !element_matches(*filter, id, holder.array()[k])) continue;
      UpdateOperation at = op;
      at.parts[i] = std::to_string(k);
      walk(at, holder, i, name);
    }
  }

  bool element_matches(const Filter& filter, const std::string& id, const Value& element) const {
    const Value wrapped(Object{{id, element}});
    return matches(filter, wrapped, {.environment = context_.environment});
  }

  Value leaf(const UpdateOperation& op, const Value& now, const std::string& name) const {
    return changed_value(op, now, name, context_, document_.object().get("_id"));
  }

  void rename(const UpdateOperation& op) {
    Value* holder = &document_;
    for (std::size_t i = 0; i < op.parts.size(); ++i) {
      if (holder->is(Type::array)) {
        fail(Code::bad_value,
             "The source field cannot be an array element, '" + op.path +
                 "' in doc with _id: " + print_json(document_.object().get("_id")) +
                 " has an array field called '" + op.parts[i - 1] + "'");
      }
      if (!holder->is(Type::object) || !holder->object().has(op.parts[i])) return;
      if (i + 1 == op.parts.size()) break;
      holder = holder->edit_object().find(op.parts[i]);
    }
    const Value moved = holder->object().get(op.parts.back());
    holder->edit_object().remove(op.parts.back());
    UpdateOperation set;
    set.op = UpdateOperator::set;
    set.path = op.value.text();
    set.parts = split_path(set.path);
    set.value = moved;
    check_rename_target(set);
    walk(set, document_, 0, "");
  }
  void check_rename_target(const UpdateOperation& set) const {
    const Value* at = &document_;
    for (std::size_t i = 0; i + 1 < set.parts.size(); ++i) {
      if (!at->is(Type::object)) return;
      at = &at->object().get(set.parts[i]);
      if (at->is(Type::array)) {
        fail(Code::bad_value,
             "The destination field cannot be an array element, '" + set.path +
                 "' in doc with _id: " + print_json(document_.object().get("_id")) +
                 " has an array field called '" + set.parts[i] + "'");
      }
    }
  }

  const Update& update_;
  const ApplyContext& context_;
  Value& document_;
};

void keep_id(const Object& before, Object& after, const Update& update) {
  const Value* old_id = before.find("_id");
  const Value* new_id = after.find("_id");
  if (old_id == nullptr) return;
  if (new_id == nullptr) {
    if (update.kind == Update::operators) {
      fail(Code::immutable_field,
           "Performing an update on the path '_id' would modify the "
           "immutable field '_id'");
    }
    after.prepend("_id", *old_id);
    return;
  }
  if (compare(*old_id, *new_id) == 0) return;
  if (update.kind == Update::operators) {
    fail(Code::immutable_field,
         "Performing an update on the path '_id' would modify the immutable "
         "field '_id'");
  }
  fail(Code::immutable_field,
       "After applying the update, the (immutable) field '_id' was found to "
       "have been altered to _id: " +
           print_json(*new_id));
}

void id_first(Object& document) {
  if (document.empty() || document.front().name == "_id" || !document.has("_id")) return;
  Value id = document.get("_id");
  document.remove("_id");
  document.prepend("_id", std::move(id));
}

Object run_stages(const Update& update, const Object& document, const ApplyContext& context) {
  const PipelineContext pipeline{.environment = context.environment, .bindings = context.bindings};
  const StreamPtr out = run_pipeline(update.stages, stream_of({Value(document)}), pipeline);
  auto changed = out->next();
  return changed ? changed->object() : document;
}

}  // namespace

Object apply_update(const Update& update, const Object& document, const ApplyContext& context) {
  Object after;
  if (update.kind == Update::replacement) {
    after = update.document;
    // A replacement's zero timestamps become the time of the write.
    for (Field& field : after) {
      if (field.value.is(Type::timestamp) && field.value.timestamp() == Timestamp{} &&
          field.name != "_id") {
        field.value = context.environment->cluster_time;
      }
    }
  } else if (update.kind == Update::pipeline) {
    after = run_stages(update, document, context);
  } else {
    Value changed{document};
    Applier(update, context, changed).run();
    after = changed.object();
  }
  keep_id(document, after, update);
  id_first(after);
  return after;
}

}  // namespace iacdb::doc
