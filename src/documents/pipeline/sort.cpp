#include "documents/pipeline/sort.hpp"

#include <algorithm>

#include "documents/bson/number.hpp"
#include "documents/errors.hpp"
#include "documents/filter/path_walk.hpp"
#include "documents/filter/text_search.hpp"

namespace iacdb::doc {
namespace {

bool text_score_key(const Value& v) {
  return v.is(Type::object) && v.object().size() == 1 && v.object().get("$meta").is(Type::string);
}

}  // namespace

Sort parse_sort(const Object& spec) {
  Sort out;
  for (const Field& field : spec) {
    SortKey key;
    key.path = field.name;
    if (field.name.empty()) fail_at(40352, "FieldPath cannot be constructed with empty string");
    key.parts = split_path(field.name);
    for (const std::string& part : key.parts) {
      if (part.empty()) fail_at(15998, "FieldPath field names may not be empty strings.");
      if (part.starts_with('$')) {
        fail_at(16410,
                "FieldPath field names may not start with '$'. Consider using $getField or "
                "$setField.");
      }
    }
    if (text_score_key(field.value)) {
      if (field.value.object().get("$meta").text() != "textScore") {
        fail_at(31138, "Illegal $meta sort: $meta: " + field.value.object().get("$meta").text());
      }
      key.text_score = true;
      key.descending = true;
    } else {
      if (!field.value.is_number()) {
        fail_at(15974, "Illegal key in $sort specification: " + field.name +
                           ": the order must be 1 or -1");
      }
      const auto direction = exact_int64(field.value);
      if (direction != 1 && direction != -1) {
        fail_at(15975, "$sort key ordering must be 1 (for ascending) or -1 (for descending)");
      }
      key.descending = direction == -1;
    }
    out.push_back(std::move(key));
  }
  return out;
}

Value sort_value(const Value& document, const SortKey& key, const Collator* collator) {
  if (key.text_score) {
    return known_text_score(document);
  }
  if (!document.is(Type::object)) return Value(nullptr);  // An element that has no fields.
  std::optional<Value> best;
  const auto consider = [&](const Value& v) {
    if (!best) {
      best = v;
      return;
    }
    const int order = compare(v, *best, collator);
    if (key.descending ? order > 0 : order < 0) best = v;
  };
  // Elements stand for their array, which itself counts only when it is empty.
  const PathWalk walk{key.parts, false, [&](const Value& v) {
                        if (v.is(Type::array)) {
                          if (v.array().empty()) consider(Value::of(Type::undefined));
                          for (const Value& element : v.array()) consider(element);
                        } else {
                          consider(v.missing() ? null_value : v);
                        }
                        return false;
                      }};
  walk.run(document);
  return best ? *best : null_value;
}

std::vector<Value> sort_values(const Value& document, const Sort& sort, const Collator* collator) {
  std::vector<Value> out;
  out.reserve(sort.size());
  for (const SortKey& key : sort) out.push_back(sort_value(document, key, collator));
  return out;
}

int sort_compare(const Sort& sort, const std::vector<Value>& a, const std::vector<Value>& b,
                 const Collator* collator) {
  for (std::size_t i = 0; i < sort.size(); ++i) {
    const int order = compare(a[i], b[i], collator);
    if (order != 0) return sort[i].descending ? -order : order;
  }
  return 0;
}

void sort_documents(const Sort& sort, std::vector<Value>& documents, const Collator* collator) {
  std::vector<std::pair<std::vector<Value>, Value>> keyed;
  keyed.reserve(documents.size());
  for (Value& document : documents) {
    std::vector<Value> keys = sort_values(document, sort, collator);
    keyed.emplace_back(std::move(keys), std::move(document));
  }
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    return sort_compare(sort, a.first, b.first, collator) < 0;
  });
  for (std::size_t i = 0; i < keyed.size(); ++i) documents[i] = std::move(keyed[i].second);
}

}  // namespace iacdb::doc
