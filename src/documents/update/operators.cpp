#include "documents/update/operators.hpp"

#include <algorithm>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/errors.hpp"

namespace iacdb::doc {
namespace {

struct Site {
  const UpdateOperation& op;
  const Value& now;
  const std::string& name;
  const ApplyContext& context;
  const Value& id;

  const Collator* collator() const { return context.environment->collator; }
};

[[noreturn]] void non_numeric(const Site& site, const char* verb) {
  fail(Code::type_mismatch, "Cannot apply " + std::string(verb) +
                                " to a value of non-numeric type. {_id: " + print_json(site.id) +
                                "} has the field '" + site.name + "' of non-numeric type " +
                                std::string(type_name(site.now.type())));
}
[[noreturn]] void overflow(const Site& site, const char* verb) {
  fail(Code::bad_value, "Failed to apply " + std::string(verb) + " operations to current value (" +
                            print_json(site.now) + ") for document {_id: " + print_json(site.id) +
                            "}");
}

Value increased(const Site& site) {
  if (site.now.missing()) return site.op.value;
  if (!site.now.is_number()) non_numeric(site, "$inc");
  const auto sum = add_checked(site.now, site.op.value);
  if (!sum) overflow(site, "$inc");
  return *sum;
}

Value multiplied(const Site& site) {
  if (site.now.missing()) return multiply(Value(std::int32_t{0}), site.op.value);
  if (!site.now.is_number()) non_numeric(site, "$mul");
  const auto product = multiply_checked(site.now, site.op.value);
  if (!product) overflow(site, "$mul");
  return *product;
}

Value extreme(const Site& site) {
  if (site.now.missing()) return site.op.value;
  const int order = compare(site.op.value, site.now, site.collator());
  const bool takes = site.op.op == UpdateOperator::max ? order > 0 : order < 0;
  return takes ? site.op.value : site.now;
}

Value current_date(const Site& site) {
  const Value& spec = site.op.value;
  if (spec.is(Type::object) && spec.object().get("$type").text() == "timestamp") {
    return site.context.environment->cluster_time;
  }
  return site.context.environment->now;
}

Value with_bits(const Site& site) {
  Value now = site.now.missing() ? Value(std::int32_t{0}) : site.now;
  if (!now.is(Type::int32) && !now.is(Type::int64)) {
    fail(Code::bad_value, "Cannot apply $bit to a value of non-integral type.{_id: " +
                              print_json(site.id) + "} has the field " + site.name +
                              " of non-integer type " + std::string(type_name(site.now.type())));
  }
  for (const Field& field : site.op.value.object()) {
    const bool wide = now.is(Type::int64) || field.value.is(Type::int64);
    std::int64_t bits = *exact_int64(now);
    const std::int64_t mask = *exact_int64(field.value);
    if (field.name == "and") bits &= mask;
    if (field.name == "or") bits |= mask;
    if (field.name == "xor") bits ^= mask;
    now = wide ? Value(bits) : Value(static_cast<std::int32_t>(bits));
  }
  return now;
}

void need_array(const Site& site, const std::string& what, Code code) {
  if (!site.now.is(Type::array)) fail(code, what);
}

Value pushed(const Site& site) {
  if (!site.now.missing()) {
    need_array(site,
               "The field '" + site.name + "' must be an array but is of type " +
                   std::string(type_name(site.now.type())) +
                   " in document {_id: " + print_json(site.id) + "}",
               Code::bad_value);
  }
  Array array = site.now.missing() ? Array() : site.now.array();
  const auto size = static_cast<std::int64_t>(array.size());
  std::int64_t at = site.op.position.value_or(size);
  if (at < 0) at = std::max<std::int64_t>(0, size + at);
  at = std::min(at, size);
  array.insert(array.begin() + at, site.op.elements.begin(), site.op.elements.end());
  if (site.op.sorts && site.op.element_direction != 0) {
    std::stable_sort(array.begin(), array.end(), [&](const Value& a, const Value& b) {
      const int order = compare(a, b, site.collator());
      return site.op.element_direction > 0 ? order < 0 : order > 0;
    });
  } else if (site.op.sorts) {
    sort_documents(site.op.sort, array, site.collator());
  }
  if (site.op.slice) {
    const auto keep = static_cast<std::size_t>(std::abs(*site.op.slice));
    if (keep < array.size()) {
      if (*site.op.slice >= 0) {
        array.resize(keep);
      } else {
        array.erase(array.begin(), array.end() - static_cast<std::ptrdiff_t>(keep));
      }
    }
  }
  return Value(std::move(array));
}

Value added_to_set(const Site& site) {
  if (!site.now.missing()) {
    need_array(site,
               "Cannot apply $addToSet to non-array field. Field named '" + site.name +
                   "' has non-array type " + std::string(type_name(site.now.type())),
               Code::bad_value);
  }
  Array array = site.now.missing() ? Array() : site.now.array();
  bool changed = site.now.missing();
  for (const Value& element : site.op.elements) {
    const bool there = std::any_of(array.begin(), array.end(), [&](const Value& v) {
      return equal(v, element, site.collator());
    });
    if (there) continue;
    array.push_back(element);
    changed = true;
  }
  return changed ? Value(std::move(array)) : site.now;
}

Value popped(const Site& site) {
  if (site.now.missing()) return {};
  need_array(site,
             "Path '" + site.op.path + "' contains an element of non-array type '" +
                 std::string(type_name(site.now.type())) + "'",
             Code::type_mismatch);
  Array array = site.now.array();
  if (array.empty()) return site.now;
  if (exact_int64(site.op.value) == 1) {
    array.pop_back();
  } else {
    array.erase(array.begin());
  }
  return Value(std::move(array));
}

Value pulled(const Site& site) {
  if (site.now.missing()) return {};
  need_array(site, "Cannot apply $pull to a non-array value", Code::bad_value);
  const MatchContext context{.environment = site.context.environment};
  Array array;
  for (const Value& element : site.now.array()) {
    if (!matches_element(*site.op.condition, element, context)) array.push_back(element);
  }
  if (array.size() == site.now.array().size()) return site.now;
  return Value(std::move(array));
}

Value pulled_all(const Site& site) {
  if (site.now.missing()) return {};
  need_array(site, "Cannot apply $pull to a non-array value", Code::bad_value);
  Array array;
  for (const Value& element : site.now.array()) {
    const bool goes =
        std::any_of(site.op.elements.begin(), site.op.elements.end(),
                    [&](const Value& wanted) { return equal(element, wanted, site.collator()); });
    if (!goes) array.push_back(element);
  }
  if (array.size() == site.now.array().size()) return site.now;
  return Value(std::move(array));
}

}  // namespace

Value changed_value(const UpdateOperation& op, const Value& now, const std::string& name,
                    const ApplyContext& context, const Value& id) {
  const Site site{op, now, name, context, id};
  switch (op.op) {
    case UpdateOperator::set:
    case UpdateOperator::set_on_insert:
      return op.value;
    case UpdateOperator::inc:
      return increased(site);
    case UpdateOperator::mul:
      return multiplied(site);
    case UpdateOperator::min:
    case UpdateOperator::max:
      return extreme(site);
    case UpdateOperator::current_date:
      return current_date(site);
    case UpdateOperator::bit:
      return with_bits(site);
    case UpdateOperator::push:
      return pushed(site);
    case UpdateOperator::add_to_set:
      return added_to_set(site);
    case UpdateOperator::pop:
      return popped(site);
    case UpdateOperator::pull:
      return pulled(site);
    case UpdateOperator::pull_all:
      return pulled_all(site);
    default:
      return {};
  }
}

}  // namespace iacdb::doc
