#include "documents/command/world.hpp"

#include "documents/bson/ext_json.hpp"
#include "documents/command/reading.hpp"
#include "documents/command/writing.hpp"
#include "documents/pipeline/stage_table.hpp"

namespace iacdb::doc {
namespace {

/// What $merge was asked to do, once parsed.
struct MergePlan {
  std::string collection;
  std::vector<std::string> on{"_id"};
  std::string matched = "merge";
  std::string not_matched = "insert";
  Pipeline updates;
  std::vector<std::pair<std::string, ExpressionPtr>> let;
};

MergePlan parse_merge(const Object& spec, const std::string& database) {
  MergePlan plan;
  const Value& into = spec.get("into");
  if (into.is(Type::object)) {
    const Value& db = into.object().get("db");
    if (db.is(Type::string) && db.text() != database) {
      fail(Code::not_implemented, "$merge into another database is not supported by this store");
    }
    if (into.object().get("coll").is(Type::string)) {
      plan.collection = into.object().get("coll").text();
    }
  } else if (into.is(Type::string)) {
    plan.collection = into.text();
  }
  if (plan.collection.empty()) {
    fail_at(51178, "$merge 'into' field must be either a string or an object");
  }
  const Value& on = spec.get("on");
  if (on.is(Type::string)) plan.on = {on.text()};
  if (on.is(Type::array)) {
    plan.on.clear();
    for (const Value& v : on.array()) {
      if (!v.is(Type::string)) fail_at(51134, "$merge 'on' array elements must be strings");
      plan.on.push_back(v.text());
    }
    if (plan.on.empty()) {
      fail_at(51187, "If explicitly specifying $merge 'on', must include at least one field");
    }
  }
  const Value& matched = spec.get("whenMatched");
  if (matched.is(Type::string)) plan.matched = matched.text();
  if (matched.is(Type::array)) plan.matched = "pipeline";
  if (spec.get("whenNotMatched").is(Type::string)) {
    plan.not_matched = spec.get("whenNotMatched").text();
  }
  VariableNames names{"new"};
  if (spec.get("let").is(Type::object)) {
    for (const Field& field : spec.get("let").object()) {
      plan.let.emplace_back(field.name, parse_expression(field.value));
      names.insert(field.name);
    }
  }
  if (matched.is(Type::array)) plan.updates = parse_update_pipeline(matched.array(), names);
  return plan;
}

/// `on` needs a unique index of just these fields.
void check_on(const MergePlan& plan, const std::optional<CollectionInfo>& target) {
  if (plan.on == std::vector<std::string>{"_id"}) return;
  if (target) {
    for (const IndexInfo& index : target->indexes) {
      if (!index.unique || index.key.size() != plan.on.size() ||
          index.options.has("partialFilterExpression")) {
        continue;
      }
      bool same = true;
      for (const std::string& path : plan.on) same = same && index.key.has(path);
      if (same) return;
    }
  }
  fail_at(51183, "Cannot find index to verify that join fields will be unique");
}

/// Of many that are refused together only a second try, one by one, tells which one it was.
void insert_all(Unit& unit, const CollectionInfo& target, const std::vector<Value>& documents) {
  if (documents.empty()) return;
  try {
    unit.attempt([&] { unit.insert(target, documents); });
  } catch (const Failure&) {
    for (const Value& document : documents) unit.insert(target, {document});
  }
}

class Merger {
 public:
  Merger(Work& work, MergePlan plan) : work_(work), plan_(std::move(plan)) {}

  void run(Stream& documents) {
    auto target = find_writable(work_, plan_.collection);
    check_on(plan_, target);
    while (auto document = documents.next()) {
      if (!target) target = work_.unit().create_collection(plan_.collection, {});
      one(*target, std::move(*document));
    }
  }

 private:
  void one(const CollectionInfo& target, Value document) {
    if (plan_.on.size() == 1 && plan_.on[0] == "_id" && !document.object().has("_id")) {
      document.edit_object().prepend("_id", Value(Oid::make()));
    }
    Object filter;
    for (const std::string& path : plan_.on) {
      const Value v = value_at(document, split_path(path));
      if (v.nullish() || v.is(Type::array)) {
        fail_at(v.is(Type::array) ? 51185 : 51132,
                "$merge write error: 'on' field cannot be missing, null, undefined or an array");
      }
      filter.add(path, Value(Object{{"$eq", v}}));
    }
    const std::vector<Record> found =
        select_records(work_, target, {.filter = parse_filter(filter), .for_update = true});
    if (found.empty()) {
      insert(target, std::move(document));
    } else {
      matched(target, found[0], document);
    }
  }

  void insert(const CollectionInfo& target, Value document) {
    if (plan_.not_matched == "discard") return;
    if (plan_.not_matched == "fail") {
      fail_at(13113,
              "$merge could not find a matching document in the target collection for at "
              "least one document in the source collection");
    }
    document = prepared_for_insert(work_, std::move(document));
    check_document(work_, target, document);
    work_.unit().insert(target, {document});
  }

  void matched(const CollectionInfo& target, const Record& record, const Value& document) {
    if (plan_.matched == "keepExisting") return;
    if (plan_.matched == "fail") {
      Object pattern;
      Object value;
      for (const std::string& path : plan_.on) {
        pattern.add(path, Value(std::int32_t{1}));
        value.add(path, value_at(document, split_path(path)));
      }
      fail(
          Code::duplicate_key, "$merge found a matching document, and whenMatched is 'fail'",
          Object{{"keyPattern", Value(std::move(pattern))}, {"keyValue", Value(std::move(value))}});
    }
    Object after;
    if (plan_.matched == "replace") {
      after = document.object();
      if (!after.has("_id")) after.prepend("_id", record.document.object().get("_id"));
    } else if (plan_.matched == "merge") {
      after = record.document.object();
      for (const Field& field : document.object()) after.set(field.name, field.value);
    } else {
      after = updated(record, document);
    }
    const Value& before_id = record.document.object().get("_id");
    if (compare(after.get("_id"), before_id) != 0) {
      fail(Code::immutable_field,
           "$merge failed to update the matching document, did you attempt "
           "to modify the _id or the shard key?");
    }
    const Value changed(std::move(after));
    if (identical(changed, record.document)) return;
    check_update(work_, target, record.document, changed);
    work_.unit().replace(target, record, changed);
  }

  Object updated(const Record& record, const Value& document) {
    std::vector<Value> values;
    for (const auto& variable : plan_.let) {
      values.push_back(
          evaluate(*variable.second, Scope::of(document, work_.environment(), nullptr)));
    }
    const Binding fresh{"new", &document, nullptr};
    std::vector<Binding> bindings(values.size());
    const Binding* outer = &fresh;
    for (std::size_t i = 0; i < values.size(); ++i) {
      bindings[i] = {plan_.let[i].first, &values[i], outer};
      outer = &bindings[i];
    }
    const StreamPtr out = run_pipeline(plan_.updates, stream_of({record.document}),
                                       {.environment = &work_.environment(), .bindings = outer});
    auto after = out->next();
    return after ? after->object() : record.document.object();
  }

  Work& work_;
  MergePlan plan_;
};

}  // namespace

StreamPtr CommandWorld::read(const std::string& collection, const Pipeline& stages,
                             const Binding* bindings) {
  const Source source = find_source(work_, collection);
  const StreamPtr stream = run_stages(work_, source, stages, bindings);
  return stream_of(drain(*stream));
}

void CommandWorld::replace_collection(const std::string& database, const std::string& collection,
                                      StreamPtr documents) {
  if (!database.empty() && database != work_.database()) {
    fail(Code::not_implemented, "$out into another database is not supported by this store");
  }
  std::vector<Value> all = drain(*documents);
  for (Value& document : all) document = prepared_for_insert(work_, std::move(document));
  std::optional<CollectionInfo> before = find_writable(work_, collection);
  Object options;
  std::vector<IndexInfo> indexes;
  if (before) {
    options = before->options;
    indexes = before->indexes;
    work_.unit().drop_collection(*before);
  }
  CollectionInfo target = work_.unit().create_collection(collection, options);
  for (const Value& document : all) check_document(work_, target, document);
  insert_all(work_.unit(), target, all);
  for (const IndexInfo& index : indexes) {
    work_.unit().create_index(*work_.unit().find_collection(collection), index);
  }
}

void CommandWorld::merge(const Object& spec, StreamPtr documents) {
  Merger(work_, parse_merge(spec, work_.database())).run(*documents);
}

}  // namespace iacdb::doc
