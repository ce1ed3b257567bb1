#include "documents/stores/sql/select_cache.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>

#include "documents/storage/encoding.hpp"
#include "documents/stores/sql/id_key.hpp"
#include "documents/stores/sql/key_range.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t shapes_max = 200;
/// Integers up to here have one form in every statement.
constexpr std::int64_t integer_max = 1'000'000'000'000'000;

/// What a statement's text may tell of a value; '\0': the text may hold the value itself.
char class_of(const Value& v) {
  const auto is_in = [](std::int64_t n) { return n != 0 && std::abs(n) < integer_max; };
  switch (v.type()) {
    case Type::int32:
      return v.int32() != 0 ? 'i' : '\0';
    case Type::int64:
      if (!is_in(v.int64())) return '\0';
      return v.int64() == static_cast<std::int32_t>(v.int64()) ? 'l' : 'L';
    case Type::date:
      return is_in(v.millis()) ? 'd' : '\0';
    case Type::oid:
      return 'o';
    case Type::string: {
      const std::string& text = v.text();
      const bool plain =
          !text.empty() && text.size() <= key_characters_max && text[0] != '[' && text[0] != '{' &&
          std::none_of(text.begin(), text.end(), [](char c) { return c >= '\0' && c < ' '; });
      return plain ? 's' : '\0';
    }
    default:
      return '\0';
  }
}

/// The value number `i` of set `set`, of the same class as another. Those of the second set are
/// such as some forms treat apart: numbers that end in zeros, texts that JSON escapes.
Value stand_in(const Value& for_value, std::size_t set, std::size_t i) {
  const auto k = static_cast<std::int64_t>(i);
  const std::int64_t n = set == 0 ? 1'000'003 + 17 * k : -(2'000 + k) * 1'000;
  switch (class_of(for_value)) {
    case 'i':
      return Value(static_cast<std::int32_t>(n));
    case 'l':
      return Value(n);
    case 'L':
      return Value(n + 5'000'000'000);
    case 'd':
      return Value(Date{n + 7'000'000'000});
    case 'o': {
      Oid oid{};
      for (std::size_t at = 0; at < 8; ++at) {
        oid.bytes[at] = static_cast<std::uint8_t>(n >> (8 * at));
      }
      return Value(oid);
    }
    default:
      return Value((set == 0 ? "text " : "\"'\\%\u00e9") + std::to_string(n));
  }
}

bool compares_one(Filter::Kind kind) {
  return kind == Filter::equal || kind == Filter::less || kind == Filter::less_equal ||
         kind == Filter::greater || kind == Filter::greater_equal;
}

void put_text(std::string& out, std::string_view text) {
  out += std::to_string(text.size());
  out += ':';
  out += text;
}

/// The shape of a filter, and its values as they stand.
class Shape {
 public:
  /// nullopt: the filter is left to the compiler.
  static std::optional<Shape> of(const Selection& selection) {
    if (selection.collator != nullptr || selection.skip > 0) return std::nullopt;
    Shape out;
    out.key += selection.for_update ? 'u' : 'r';
    out.key += std::to_string(selection.limit);
    for (const SortKey& sort : selection.sort) {
      if (sort.text_score) return std::nullopt;
      out.key += sort.descending ? '-' : '+';
      put_text(out.key, sort.path);
    }
    if (selection.fields) {
      out.key += selection.fields->inclusive ? 'i' : 'e';
      for (const std::string& name : selection.fields->names) put_text(out.key, name);
    }
    out.key += '?';
    if (selection.filter && !out.add(*selection.filter)) return std::nullopt;
    return out;
  }

  std::string key;
  std::vector<const Value*> values;

 private:
  bool add(const Filter& filter) {
    key += static_cast<char>('A' + filter.kind);
    switch (filter.kind) {
      case Filter::always_true:
        return true;
      case Filter::all_of:
      case Filter::any_of:
      case Filter::none_of:
      case Filter::not_:
        for (const FilterPtr& child : filter.children) {
          if (!add(*child)) return false;
        }
        key += ')';
        return true;
      case Filter::exists:
        put_text(key, filter.path);
        return true;
      case Filter::in:
        if (!filter.patterns.empty()) return false;
        put_text(key, filter.path);
        for (const Value& value : filter.values) {
          if (!add(value)) return false;
        }
        key += ')';
        return true;
      default:
        if (!compares_one(filter.kind)) return false;
        put_text(key, filter.path);
        return add(filter.value);
    }
  }
  bool add(const Value& value) {
    const char type = class_of(value);
    key += type;
    values.push_back(&value);
    return type != '\0';
  }
};

/// The filter with other values in the places of its own.
FilterPtr with_values(const Filter& filter, const std::vector<Value>& values, std::size_t& at) {
  Filter out = filter;
  if (compares_one(filter.kind)) out.value = values[at++];
  for (Value& value : out.values) value = values[at++];
  for (FilterPtr& child : out.children) child = with_values(*child, values, at);
  return std::make_shared<const Filter>(std::move(out));
}

// --- parameters ---

using Maker = std::optional<SqlParameter> (*)(const Value&);

std::optional<SqlParameter> as_text(const Value& v) {
  if (!v.is(Type::string)) return std::nullopt;
  return v.text();
}
std::optional<SqlParameter> as_integer(const Value& v) {
  if (v.is(Type::int32)) return std::int64_t{v.int32()};
  if (v.is(Type::int64)) return v.int64();
  if (v.is(Type::date)) return v.millis();
  return std::nullopt;
}
std::optional<SqlParameter> as_digits(const Value& v) {
  const auto integer = as_integer(v);
  if (!integer) return std::nullopt;
  return std::to_string(std::get<std::int64_t>(*integer));
}
std::optional<SqlParameter> as_hex(const Value& v) {
  if (!v.is(Type::oid)) return std::nullopt;
  return v.oid().hex();
}
std::optional<SqlParameter> as_id(const Value& v) {
  return id_key(true, v);
}
std::optional<SqlParameter> as_unordered_id(const Value& v) {
  return id_key(false, v);
}
std::optional<SqlParameter> as_key_text(const Value& v) {
  return key_text_of(v);
}
constexpr std::array<Maker, 7> makers = {as_text, as_integer,      as_digits,  as_hex,
                                         as_id,   as_unordered_id, as_key_text};

std::string stored(const Value& v) {
  return to_storage(v, KeyOrder::listed);
}

struct Source {
  enum Kind : std::uint8_t { constant, made, within_json };
  Kind kind = constant;  ///< The same whatever the values.
  std::size_t value = 0;
  Maker make = nullptr;
  std::string before{};  ///< The JSON around the stored form.
  std::string behind{};

  SqlParameter of(const Value& v) const {
    return kind == made ? *make(v) : SqlParameter(before + stored(v) + behind);
  }
};

/// JSON that holds the stored form of a value.
std::optional<Source> json_around(const SqlParameter& parameter, const Value& value) {
  const auto* const text = std::get_if<std::string>(&parameter);
  if (text == nullptr) return std::nullopt;
  const std::string inner = stored(value);
  const std::size_t at = text->find(inner);
  if (at == std::string::npos) return std::nullopt;
  Source out{.kind = Source::within_json};
  out.before = text->substr(0, at);
  out.behind = text->substr(at + inner.size());
  return out;
}

/// How a parameter follows from the values, told by two examples.
std::optional<Source> source_of(const SqlParameter& a, const std::vector<Value>& values_a,
                                const SqlParameter& b, const std::vector<Value>& values_b) {
  if (a == b) return Source{};
  for (std::size_t i = 0; i < values_a.size(); ++i) {
    for (const Maker make : makers) {
      if (make(values_a[i]) != a || make(values_b[i]) != b) continue;
      return Source{.kind = Source::made, .value = i, .make = make};
    }
    if (auto json = json_around(a, values_a[i]); json && json->of(values_b[i]) == b) {
      json->value = i;
      return json;
    }
  }
  return std::nullopt;
}

}  // namespace

struct SelectCache::Template {
  CompiledSelect compiled;      ///< With the parameters that are the same whatever the values.
  std::vector<Source> sources;  ///< Of each parameter.
  /// How often the probe has found something lately; below zero, so many are left out.
  mutable std::atomic<int> luck = 0;

  std::vector<SqlParameter> parameters(const std::vector<const Value*>& values,
                                       std::size_t count) const {
    std::vector<SqlParameter> out;
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      const Source& source = sources[i];
      out.push_back(source.kind == Source::constant ? compiled.parameters[i]
                                                    : source.of(*values[source.value]));
    }
    return out;
  }
  CompiledSelect with(const std::vector<const Value*>& values) const {
    CompiledSelect out = compiled;
    out.parameters = parameters(values, sources.size());
    return out;
  }
};

const std::string& SelectCache::Probe::sql() const {
  return of->compiled.probe;
}

void SelectCache::Probe::tell(bool found) const {
  // A miss costs about what a hit saves; threads that overwrite each other's count do no harm.
  constexpr int luck_max = 8;
  constexpr int pause = -32;
  const int luck = of->luck.load(std::memory_order_relaxed);
  const int now = found ? std::min(luck + 1, luck_max) : luck - 2;
  of->luck.store(now < 0 ? pause : now, std::memory_order_relaxed);
}

/// Null: selections of the shape are compiled, each.
SelectCache::TemplatePtr SelectCache::make(const SqlForm& form, const CollectionInfo& collection,
                                           const Selection& selection) {
  const auto shape = Shape::of(selection);
  std::array<std::vector<Value>, 2> values;
  std::array<CompiledSelect, 2> compiled;
  for (std::size_t set = 0; set < 2; ++set) {
    for (std::size_t i = 0; i < shape->values.size(); ++i) {
      values[set].push_back(stand_in(*shape->values[i], set, i));
    }
    Selection other = selection;
    std::size_t at = 0;
    if (selection.filter) other.filter = with_values(*selection.filter, values[set], at);
    compiled[set] = compile_select(form, collection, other);
  }
  auto out = std::make_shared<Template>();
  if (compiled[0].sql != compiled[1].sql ||
      compiled[0].parameters.size() != compiled[1].parameters.size()) {
    return nullptr;
  }
  for (std::size_t i = 0; i < compiled[0].parameters.size(); ++i) {
    const auto source =
        source_of(compiled[0].parameters[i], values[0], compiled[1].parameters[i], values[1]);
    if (!source) return nullptr;
    out->sources.push_back(*source);
  }
  out->compiled = std::move(compiled[0]);
  return out;
}

CompiledSelect SelectCache::compile(const SqlForm& form, const CollectionInfo& collection,
                                    const Selection& selection) {
  const auto shape = Shape::of(selection);
  if (!shape) return compile_select(form, collection, selection);
  {
    const std::lock_guard lock(mutex_);
    if (const auto it = templates_.find(shape->key); it != templates_.end()) {
      const TemplatePtr known = it->second;
      if (known) return known->with(shape->values);
      return compile_select(form, collection, selection);
    }
  }
  CompiledSelect out = compile_select(form, collection, selection);
  TemplatePtr made = make(form, collection, selection);
  if (made) {
    const CompiledSelect again = made->with(shape->values);
    if (again.sql != out.sql) return out;  // Equal values may have made another text.
    if (again.parameters != out.parameters) made = nullptr;
  }
  const std::lock_guard lock(mutex_);
  if (templates_.size() >= shapes_max) templates_.clear();
  templates_.insert_or_assign(shape->key, std::move(made));
  return out;
}

std::optional<SelectCache::Probe> SelectCache::probe(const SqlForm& form,
                                                     const CollectionInfo& collection,
                                                     const Selection& selection) {
  const auto shape = Shape::of(selection);
  if (!shape) return std::nullopt;
  TemplatePtr known;
  {
    const std::lock_guard lock(mutex_);
    const auto it = templates_.find(shape->key);
    if (it != templates_.end()) {
      known = it->second;
      if (!known) return std::nullopt;
    }
  }
  if (!known) {
    compile(form, collection, selection);  // For the next one.
    return std::nullopt;
  }
  if (known->compiled.probe.empty()) return std::nullopt;
  if (known->luck.load(std::memory_order_relaxed) < 0) {
    known->luck.fetch_add(1, std::memory_order_relaxed);
    return std::nullopt;
  }
  return Probe{known, known->parameters(shape->values, known->compiled.probe_parameters)};
}

std::size_t SelectCache::size() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(
      std::ranges::count_if(templates_, [](const auto& one) { return one.second != nullptr; }));
}

}  // namespace iacdb::doc
