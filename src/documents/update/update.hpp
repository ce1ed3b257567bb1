#pragma once
// Updates: operators, a whole replacement, or a pipeline; parsed once, applied to a document.
//
//   Update u = parse_update(parse_json_value(R"({"$inc": {"n": 1}})"), {});
//   Object changed = apply_update(u, document, {.environment = &environment});
//
// Threads: a parsed update is immutable and safe to share.
// See: https://www.mongodb.com/docs/manual/reference/operator/update/

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "documents/filter/filter.hpp"
#include "documents/pipeline/pipeline.hpp"
#include "documents/pipeline/sort.hpp"

namespace iacdb::doc {

enum class UpdateOperator : std::uint8_t {
  set,
  set_on_insert,
  unset,
  inc,
  mul,
  min,
  max,
  rename,
  current_date,
  bit,
  push,
  add_to_set,
  pop,
  pull,
  pull_all,
};

/// One operator on one path. Parts "$", "$[]" and "$[name]" are positional.
struct UpdateOperation {
  UpdateOperator op = UpdateOperator::set;
  std::string path;
  std::vector<std::string> parts;
  Value value;                  ///< As written: operand, new name, date type.
  std::vector<Value> elements;  ///< $push and $addToSet: what is added; $pullAll: what goes.
  std::optional<std::int64_t> position{};  ///< $push
  std::optional<std::int64_t> slice{};     ///< $push
  bool sorts = false;                      ///< $push
  Sort sort{};                             ///< $push: by fields
  int element_direction = 0;               ///< $push: by the element itself
  FilterPtr condition{};                   ///< $pull
  std::string bit_name{};                  ///< $bit: "and", "or", "xor"
};

struct Update {
  enum Kind : std::uint8_t { operators, replacement, pipeline };
  Kind kind = operators;
  std::vector<UpdateOperation> operations;
  Object document;
  Pipeline stages;
  std::map<std::string, FilterPtr, std::less<>> array_filters;
};

/// "$", "$[]" and "$[name]". Others are names of fields, whatever they begin with.
bool is_positional(std::string_view part);
/// `array_filters` as the command carries them. Throws: Failure.
Update parse_update(const Value& spec, const Array& array_filters,
                    const VariableNames& variables = {});

struct ApplyContext {
  const Environment* environment = nullptr;
  const Binding* bindings = nullptr;
  std::optional<std::size_t> position{};  ///< What "$" stands for.
  bool inserting = false;                 ///< An upsert: $setOnInsert counts.
};
/// The changed document. Throws: Failure, also when _id would change.
Object apply_update(const Update& update, const Object& document, const ApplyContext& context);
/// Throws: Failure 224 where the filter of an upsert has $expr, which says no fields.
void check_upsert_filter(const Filter& filter);
/// What an upsert inserts before the update is applied: the filter's equalities by the order of
/// their paths; a replacement keeps that of _id alone. Throws: Failure 54 or 111.
Object upsert_base(const Filter& filter, bool only_id);

}  // namespace iacdb::doc
