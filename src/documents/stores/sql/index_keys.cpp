#include "documents/stores/sql/index_keys.hpp"

#include <openssl/sha.h>

#include <array>
#include <set>

#include "documents/bson/big_decimal.hpp"
#include "documents/bson/collation.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/errors.hpp"
#include "documents/filter/path_walk.hpp"
#include "documents/storage/encoding.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t key_bytes_max = 1000;

/// A number by its value alone, without trailing zeros.
/// number_key() of an integer, without arithmetic of decimals.
std::string integer_key(std::int64_t v) {
  if (v == 0) return "0";
  std::int64_t exponent = 0;
  while (v % 10 == 0) {
    v /= 10;
    ++exponent;
  }
  return std::to_string(v) + "e" + std::to_string(exponent);
}

std::string number_key(const Value& v) {
  if (v.is(Type::int32)) return integer_key(v.int32());
  if (v.is(Type::int64)) return integer_key(v.int64());
  if (number_is_nan(v)) return "nan";
  const Decimal128 wide = v.is(Type::real) ? decimal_of_exactly(v.real()) : to_decimal(v);
  if (is_infinite(wide)) return is_negative(wide) ? "-inf" : "inf";
  BigDecimal big = unpack(wide);
  if (big.coefficient == 0) return "0";
  while (big.coefficient % 10 == 0) {
    big.coefficient /= 10;
    ++big.exponent;
  }
  return (big.negative ? "-" : "") + big.coefficient.str() + "e" + std::to_string(big.exponent);
}

void put_key(std::string& out, const Value& v, const Collator* collator) {
  out += std::to_string(type_rank(v.missing() ? Type::null : v.type()));
  out += ':';
  switch (v.type()) {
    case Type::int32:
    case Type::int64:
    case Type::real:
    case Type::decimal:
      out += number_key(v);
      break;
    case Type::string:
    case Type::symbol: {
      const std::string text = collator != nullptr ? collator->key(v.text()) : v.text();
      put_key(out, Value(static_cast<std::int64_t>(text.size())), nullptr);
      out += text;
      break;
    }
    case Type::object:
      for (const Field& field : v.object()) {
        out += '{' + std::to_string(field.name.size()) + field.name;
        put_key(out, field.value, collator);
      }
      break;
    case Type::array:
      for (const Value& element : v.array()) {
        out += '[';
        put_key(out, element, collator);
      }
      break;
    case Type::missing:
    case Type::null:
      break;
    default:
      out += to_storage(v, KeyOrder::kept);
      break;
  }
  out += ';';
}

/// PostgreSQL's text holds no zero byte.
std::string bounded(std::string key) {
  if (key.size() <= key_bytes_max && key.find('\0') == key.npos) return key;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest.data());
  return "#" + to_hex({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

/// The values of one field of an index; an empty array counts as undefined.
Array field_keys(const std::string& path, const Value& document, bool& array, bool& present) {
  Array out;
  const std::vector<std::string> parts = split_path(path);
  const PathWalk walk{parts, false, [&](const Value& v) {
                        if (v.is(Type::array)) {
                          array = true;
                          present = true;
                          if (v.array().empty()) out.push_back(Value::of(Type::undefined));
                          for (const Value& element : v.array()) out.push_back(element);
                        } else {
                          present = present || !v.missing();
                          out.push_back(v.missing() ? Value(nullptr) : v);
                        }
                        return false;
                      }};
  walk.run(document);
  if (out.empty()) out.push_back(Value(nullptr));
  if (out.size() > 1) array = true;
  return out;
}

std::string shell_text(const Value& v) {
  if (v.is(Type::oid)) return "ObjectId('" + v.oid().hex() + "')";
  return print_json(v);
}

}  // namespace

std::vector<Array> index_keys(const IndexInfo& index, const Value& document) {
  const Value& partial = index.options.get("partialFilterExpression");
  if (partial.is(Type::object)) {
    const Environment environment;
    if (!matches(*parse_filter(partial.object()), document, {.environment = &environment})) {
      return {};
    }
  }
  std::vector<Array> keys{Array()};
  bool any_present = false;
  std::string array_path;
  for (const Field& field : index.key) {
    bool array = false;
    const Array values = field_keys(field.name, document, array, any_present);
    if (array) {
      const bool related =
          !array_path.empty() && split_path(array_path)[0] == split_path(field.name)[0];
      if (!array_path.empty() && !related) {
        fail(Code::cannot_index_parallel_arrays,
             "cannot index parallel arrays [" + field.name + "] [" + array_path + "]");
      }
      array_path = field.name;
    }
    std::vector<Array> longer;
    for (const Array& key : keys) {
      for (const Value& v : values) {
        longer.push_back(key);
        longer.back().push_back(v);
      }
    }
    keys = std::move(longer);
  }
  if (index.sparse && !any_present) return {};
  std::set<std::string> seen;
  std::vector<Array> out;
  for (Array& key : keys) {
    if (seen.insert(equality_key(key)).second) out.push_back(std::move(key));
  }
  return out;
}

std::string equality_key(const Value& value, const Collator* collator) {
  std::string out;
  put_key(out, value, collator);
  return bounded(std::move(out));
}

std::string equality_key(const Array& values, const Collator* collator) {
  std::string out;
  for (const Value& v : values) put_key(out, v, collator);
  return bounded(std::move(out));
}

void raise_duplicate(const std::string& ns, const IndexInfo& index, const Array& key) {
  Object value;
  std::string shown;
  for (std::size_t i = 0; i < index.key.size(); ++i) {
    const Value& v = i < key.size() ? key[i] : null_value;
    value.add(index.key[i].name, v);
    shown += (i == 0 ? " " : ", ") + index.key[i].name + ": " + shell_text(v);
  }
  fail(Code::duplicate_key,
       "E11000 duplicate key error collection: " + ns + " index: " + index.name + " dup key: {" +
           shown + " }",
       Object{{"keyPattern", Value(index.key)}, {"keyValue", Value(std::move(value))}});
}

IndexInfo id_index() {
  IndexInfo out;
  out.name = "_id_";
  out.key.add("_id", Value(std::int32_t{1}));
  out.unique = true;
  return out;
}

}  // namespace iacdb::doc
