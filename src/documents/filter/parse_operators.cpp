// The operators that stand at a path: {age: {$gte: 18}}. One function each, and their table.

#include <algorithm>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/filter/parser.hpp"

namespace iacdb::doc {
namespace {

struct Site {
  const FilterParser& parser;
  const std::string& path;
  const std::string& name;
  const Value& value;
  const Object& around;
};

FilterPtr comparison(const Site& site, Filter::Kind kind) {
  if (site.value.is(Type::regex) && kind != Filter::equal) {
    fail(Code::bad_value, "Can't have RegEx as arg to predicate over field '" + site.path + "'.");
  }
  if (site.value.is(Type::undefined)) fail(Code::bad_value, "cannot compare to undefined");
  Filter filter = filter_at(kind, site.path);
  filter.value = site.value;
  return make(std::move(filter));
}

FilterPtr op_eq(const Site& site) {
  return comparison(site, Filter::equal);
}
FilterPtr op_lt(const Site& site) {
  return comparison(site, Filter::less);
}
FilterPtr op_lte(const Site& site) {
  return comparison(site, Filter::less_equal);
}
FilterPtr op_gt(const Site& site) {
  return comparison(site, Filter::greater);
}
FilterPtr op_gte(const Site& site) {
  return comparison(site, Filter::greater_equal);
}

FilterPtr op_ne(const Site& site) {
  if (site.value.is(Type::regex)) fail(Code::bad_value, "Can't have regex as arg to $ne.");
  return negate(comparison(site, Filter::equal));
}

FilterPtr op_in(const Site& site) {
  if (!site.value.is(Type::array)) fail(Code::bad_value, site.name + " needs an array");
  Filter filter = filter_at(Filter::in, site.path);
  for (const Value& element : site.value.array()) {
    if (is_operators(element)) fail(Code::bad_value, "cannot nest $ under " + site.name);
    if (element.is(Type::undefined)) fail(Code::bad_value, "cannot compare to undefined");
    if (element.is(Type::regex)) {
      filter.patterns.emplace_back(element.regex().pattern, element.regex().options);
    }
    filter.values.push_back(element);
  }
  return make(std::move(filter));
}
FilterPtr op_nin(const Site& site) {
  return negate(op_in(site));
}

FilterPtr op_exists(const Site& site) {
  FilterPtr filter = make(filter_at(Filter::exists, site.path));
  return truthy(site.value) ? filter : negate(std::move(filter));
}

FilterPtr op_type(const Site& site) {
  Filter filter = filter_at(Filter::type, site.path);
  if (site.value.is(Type::array)) {
    if (site.value.array().empty()) {
      fail(Code::failed_to_parse, site.path + " must match at least one type");
    }
    for (const Value& element : site.value.array()) {
      parse_type_names(element, filter.types, filter.any_number);
    }
  } else {
    parse_type_names(site.value, filter.types, filter.any_number);
  }
  return make(std::move(filter));
}

std::int64_t mod_number(const Value& value, std::string_view what) {
  if (!value.is_number()) {
    fail(Code::bad_value, "malformed mod, " + std::string(what) + " not a number");
  }
  const auto number = truncated_int64(value);
  if (!number || number_is_nan(value)) {
    fail(Code::bad_value,
         "malformed mod, " + std::string(what) + " value is invalid :: caused by :: out of range");
  }
  return *number;
}

FilterPtr op_mod(const Site& site) {
  if (!site.value.is(Type::array)) fail(Code::bad_value, "malformed mod, needs to be an array");
  const Array& parts = site.value.array();
  if (parts.size() < 2) fail(Code::bad_value, "malformed mod, not enough elements");
  if (parts.size() > 2) fail(Code::bad_value, "malformed mod, too many elements");
  Filter filter = filter_at(Filter::mod, site.path);
  filter.divisor = mod_number(parts[0], "divisor");
  filter.remainder = mod_number(parts[1], "remainder");
  if (filter.divisor == 0) fail(Code::bad_value, "divisor cannot be 0");
  return make(std::move(filter));
}

FilterPtr op_regex(const Site& site) {
  std::string pattern;
  std::string options;
  if (site.value.is(Type::regex)) {
    pattern = site.value.regex().pattern;
    options = site.value.regex().options;
  } else if (site.value.is(Type::string)) {
    pattern = site.value.text();
  } else {
    fail(Code::bad_value, "$regex has to be a string");
  }
  const Value& given = site.around.get("$options");
  if (!given.missing()) {
    if (!given.is(Type::string)) fail(Code::bad_value, "$options has to be a string");
    if (!options.empty() && site.value.is(Type::regex)) {
      fail_at(51074, "options set in both $regex and $options");
    }
    options = given.text();
  }
  Filter filter = filter_at(Filter::regex, site.path);
  filter.patterns.emplace_back(pattern, options);
  return make(std::move(filter));
}

FilterPtr op_size(const Site& site) {
  Filter filter = filter_at(Filter::array_size_is, site.path);
  if (!site.value.is_number()) {
    fail(Code::bad_value,
         "Failed to parse $size. Expected a number in: $size: " + print_json(site.value));
  }
  const auto size = exact_int64(site.value);
  if (!size) {
    fail(Code::bad_value,
         "Failed to parse $size. Expected an integer: $size: " + print_json(site.value));
  }
  if (*size < 0) {
    fail(Code::bad_value, "Failed to parse $size. Expected a non-negative number in: $size: " +
                              print_json(site.value));
  }
  filter.array_size = *size;
  return make(std::move(filter));
}

FilterPtr op_elem_match(const Site& site) {
  if (!site.value.is(Type::object)) fail(Code::bad_value, "$elemMatch needs an Object");
  const Object& spec = site.value.object();
  if (is_operators(site.value)) {
    const std::string& first = spec.front().name;
    const bool top_level = first == "$and" || first == "$or" || first == "$nor" ||
                           first == "$expr" || first == "$jsonSchema" || first == "$where";
    if (first == "$where") fail(Code::bad_value, "$elemMatch cannot contain $where expression");
    if (!top_level) {
      Filter filter = filter_at(Filter::elem_match_value, site.path);
      site.parser.operators("", spec, filter.children);
      return make(std::move(filter));
    }
  }
  Filter filter = filter_at(Filter::elem_match_object, site.path);
  filter.children.push_back(site.parser.top(spec));
  return make(std::move(filter));
}

FilterPtr op_all(const Site& site) {
  if (!site.value.is(Type::array)) fail(Code::bad_value, "$all needs an array");
  const Array& elements = site.value.array();
  Filter never;
  never.kind = Filter::always_false;
  if (elements.empty()) return make(std::move(never));
  const auto is_elem_match = [](const Value& v) {
    return v.is(Type::object) && !v.object().empty() && v.object().front().name == "$elemMatch";
  };
  std::vector<FilterPtr> children;
  const bool elem_matches = is_elem_match(elements[0]);
  for (const Value& element : elements) {
    if (elem_matches) {
      if (!is_elem_match(element)) {
        fail(Code::bad_value, "$all/$elemMatch has to be consistent");
      }
      site.parser.operators(site.path, element.object(), children);
    } else if (is_operators(element)) {
      fail(Code::bad_value, "no $ expressions in $all");
    } else {
      children.push_back(site.parser.at_path(site.path, element));
    }
  }
  return all_of(std::move(children));
}

FilterPtr op_not(const Site& site) {
  if (site.value.is(Type::regex)) return negate(site.parser.at_path(site.path, site.value));
  if (!site.value.is(Type::object)) fail(Code::bad_value, "$not needs a regex or a document");
  if (site.value.object().empty()) fail(Code::bad_value, "$not cannot be empty");
  std::vector<FilterPtr> children;
  site.parser.operators(site.path, site.value.object(), children);
  return negate(all_of(std::move(children)));
}

std::uint32_t bit_position(const Value& value, const std::string& name) {
  const auto at = value.is_number() ? exact_int64(value) : std::nullopt;
  if (!at || *at < 0 || *at > INT32_MAX) {
    fail(Code::bad_value, "Failed to parse bit position. Expected a non-negative integer in " +
                              name + ": " + print_json(value));
  }
  return static_cast<std::uint32_t>(*at);
}

void mask_positions(std::uint64_t mask, std::vector<std::uint32_t>& out) {
  for (std::uint32_t i = 0; i < 64; ++i) {
    if ((mask >> i) & 1) out.push_back(i);
  }
}

FilterPtr bit_test(const Site& site, Filter::BitTest test) {
  Filter filter = filter_at(Filter::bits, site.path);
  filter.bit_test = test;
  if (site.value.is(Type::array)) {
    for (const Value& v : site.value.array()) {
      filter.positions.push_back(bit_position(v, site.name));
    }
  } else if (site.value.is_number()) {
    const auto mask = exact_int64(site.value);
    if (!mask || *mask < 0) {
      fail(Code::failed_to_parse, "Expected a non-negative number that fits 64 bits in: " +
                                      site.name + ": " + print_json(site.value));
    }
    mask_positions(static_cast<std::uint64_t>(*mask), filter.positions);
  } else if (site.value.is(Type::binary)) {
    const std::string& bytes = site.value.binary().bytes;
    for (std::size_t i = 0; i < bytes.size() * 8; ++i) {
      if ((static_cast<std::uint8_t>(bytes[i / 8]) >> (i % 8)) & 1) {
        filter.positions.push_back(static_cast<std::uint32_t>(i));
      }
    }
  } else {
    fail(Code::bad_value, site.path + " takes an Array, a number, or a BinData but received: " +
                              site.name + ": " + print_json(site.value));
  }
  return make(std::move(filter));
}
FilterPtr op_bits_all_set(const Site& site) {
  return bit_test(site, Filter::all_set);
}
FilterPtr op_bits_all_clear(const Site& site) {
  return bit_test(site, Filter::all_clear);
}
FilterPtr op_bits_any_set(const Site& site) {
  return bit_test(site, Filter::any_set);
}
FilterPtr op_bits_any_clear(const Site& site) {
  return bit_test(site, Filter::any_clear);
}

FilterPtr op_geo(const Site& site) {
  fail(Code::not_implemented, site.name +
                                  " is not supported: geospatial queries need a store "
                                  "that has them");
}

FilterPtr op_comment(const Site&) {
  return make(Filter());
}

struct PathOperator {
  std::string_view name;
  FilterPtr (*parse)(const Site&);
};
constexpr PathOperator path_operators[] = {
    {"$eq", op_eq},
    {"$ne", op_ne},
    {"$lt", op_lt},
    {"$lte", op_lte},
    {"$gt", op_gt},
    {"$gte", op_gte},
    {"$in", op_in},
    {"$nin", op_nin},
    {"$exists", op_exists},
    {"$type", op_type},
    {"$mod", op_mod},
    {"$regex", op_regex},
    {"$size", op_size},
    {"$elemMatch", op_elem_match},
    {"$all", op_all},
    {"$not", op_not},
    {"$bitsAllSet", op_bits_all_set},
    {"$bitsAllClear", op_bits_all_clear},
    {"$bitsAnySet", op_bits_any_set},
    {"$bitsAnyClear", op_bits_any_clear},
    {"$comment", op_comment},
    {"$geoWithin", op_geo},
    {"$geoIntersects", op_geo},
    {"$near", op_geo},
    {"$nearSphere", op_geo},
    {"$within", op_geo},
};

constexpr Type all_types[] = {
    Type::real,    Type::string,  Type::object,     Type::array, Type::binary,    Type::undefined,
    Type::oid,     Type::boolean, Type::date,       Type::null,  Type::regex,     Type::db_pointer,
    Type::code,    Type::symbol,  Type::code_scope, Type::int32, Type::timestamp, Type::int64,
    Type::decimal, Type::max_key, Type::min_key};

}  // namespace

void parse_type_names(const Value& spec, std::vector<Type>& types, bool& any_number) {
  if (spec.is(Type::string)) {
    if (spec.text() == "number") {
      any_number = true;
      return;
    }
    for (const Type type : all_types) {
      if (spec.text() == type_name(type)) {
        types.push_back(type);
        return;
      }
    }
    fail(Code::bad_value, "Unknown type name alias: " + spec.text());
  }
  if (!spec.is_number()) {
    fail(Code::type_mismatch, "type must be represented as a number or a string");
  }
  const auto code = exact_int64(spec);
  for (const Type type : all_types) {
    const std::int64_t number = type == Type::min_key ? -1 : static_cast<std::int64_t>(type);
    if (code == number) {
      types.push_back(type);
      return;
    }
  }
  fail(Code::bad_value, "Invalid numerical type code: " + print_number(spec));
}

FilterPtr path_operator(const FilterParser& parser, const std::string& path,
                        const std::string& name, const Value& value, const Object& around) {
  const auto* it = std::find_if(std::begin(path_operators), std::end(path_operators),
                                [&](const PathOperator& op) { return op.name == name; });
  if (it == std::end(path_operators)) return nullptr;
  return it->parse({parser, path, name, value, around});
}

}  // namespace iacdb::doc
