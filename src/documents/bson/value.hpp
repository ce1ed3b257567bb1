#pragma once
// Value: one BSON value of any type, as the evaluator sees it; Object: an ordered document.
//
//   Object person;
//   person.set("name", Value("Ada"));
//   if (const Value* name = person.find("name")) use(name->text());
//
// Values share what they hold and copy it when one of them is changed, so copying is cheap.
// Threads: plain values; a Value must not be changed while another thread reads the same Value.
// See: https://bsonspec.org/spec.html

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace iacdb::doc {

/// BSON's type numbers, with `missing` for a field that is not there.
enum class Type : std::uint8_t {
  missing = 0,
  real = 1,
  string = 2,
  object = 3,
  array = 4,
  binary = 5,
  undefined = 6,
  oid = 7,
  boolean = 8,
  date = 9,
  null = 10,
  regex = 11,
  db_pointer = 12,
  code = 13,
  symbol = 14,
  code_scope = 15,
  int32 = 16,
  timestamp = 17,
  int64 = 18,
  decimal = 19,
  max_key = 127,
  min_key = 255,
};
/// MongoDB's alias of a type: "double", "objectId", "long".
std::string_view type_name(Type type) noexcept;

class Value;
class Object;
using Array = std::vector<Value>;

/// An IEEE 754-2008 decimal128 in BID form, as BSON keeps it.
struct Decimal128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const Decimal128&) const = default;
};
struct Oid {
  std::array<std::uint8_t, 12> bytes{};
  static Oid make();  ///< A new, unique one.
  std::string hex() const;
  auto operator<=>(const Oid&) const = default;
};
struct Date {
  std::int64_t millis = 0;  ///< Since 1970-01-01T00:00:00Z.
  auto operator<=>(const Date&) const = default;
};
struct Timestamp {
  std::uint32_t seconds = 0;
  std::uint32_t increment = 0;
  auto operator<=>(const Timestamp&) const = default;
};
struct Binary {
  std::uint8_t subtype = 0;
  std::string bytes;
  bool operator==(const Binary&) const = default;
};
struct Regex {
  std::string pattern;
  std::string options;
};
struct DbPointer {
  std::string ns;
  Oid id;
};
struct CodeScope;

class Value {
 public:
  Value() = default;
  Value(std::nullptr_t) : type_(Type::null) {}
  Value(bool v) : type_(Type::boolean), data_(v) {}
  Value(std::int32_t v) : type_(Type::int32), data_(v) {}
  Value(std::int64_t v) : type_(Type::int64), data_(v) {}
  Value(double v) : type_(Type::real), data_(v) {}
  Value(const char* v) : Value(std::string(v)) {}
  Value(std::string_view v) : Value(std::string(v)) {}
  Value(std::string v)
      : type_(Type::string), data_(std::make_shared<const std::string>(std::move(v))) {}
  Value(Decimal128 v) : type_(Type::decimal), data_(v) {}
  Value(Oid v) : type_(Type::oid), data_(v) {}
  Value(Date v) : type_(Type::date), data_(v.millis) {}
  Value(Timestamp v) : type_(Type::timestamp), data_(v) {}
  Value(Object v);
  Value(Array v);
  Value(Binary v) : type_(Type::binary), data_(std::make_shared<const Binary>(std::move(v))) {}
  Value(Regex v) : type_(Type::regex), data_(std::make_shared<const Regex>(std::move(v))) {}
  Value(DbPointer v)
      : type_(Type::db_pointer), data_(std::make_shared<const DbPointer>(std::move(v))) {}
  Value(CodeScope v);
  /// undefined, min_key, max_key, null: types that are their own value.
  static Value of(Type type) {
    Value v;
    v.type_ = type;
    return v;
  }
  /// A symbol or code: text under another type.
  static Value text_of(Type type, std::string text) {
    Value v(std::move(text));
    v.type_ = type;
    return v;
  }

  Type type() const noexcept { return type_; }
  bool is(Type type) const noexcept { return type_ == type; }
  bool missing() const noexcept { return type_ == Type::missing; }
  /// Null, missing or undefined.
  bool nullish() const noexcept {
    return type_ == Type::null || type_ == Type::missing || type_ == Type::undefined;
  }
  bool is_number() const noexcept {
    return type_ == Type::int32 || type_ == Type::int64 || type_ == Type::real ||
           type_ == Type::decimal;
  }

  // Unchecked: the caller has looked at type().
  bool boolean() const { return std::get<bool>(data_); }
  std::int32_t int32() const { return std::get<std::int32_t>(data_); }
  std::int64_t int64() const { return std::get<std::int64_t>(data_); }
  double real() const { return std::get<double>(data_); }
  Decimal128 decimal() const { return std::get<Decimal128>(data_); }
  const Oid& oid() const { return std::get<Oid>(data_); }
  std::int64_t millis() const { return std::get<std::int64_t>(data_); }
  Timestamp timestamp() const { return std::get<Timestamp>(data_); }
  /// string, symbol and code.
  const std::string& text() const { return *std::get<std::shared_ptr<const std::string>>(data_); }
  const Object& object() const { return *std::get<std::shared_ptr<Object>>(data_); }
  const Array& array() const { return *std::get<std::shared_ptr<Array>>(data_); }
  const Binary& binary() const { return *std::get<std::shared_ptr<const Binary>>(data_); }
  const Regex& regex() const { return *std::get<std::shared_ptr<const Regex>>(data_); }
  const DbPointer& db_pointer() const { return *std::get<std::shared_ptr<const DbPointer>>(data_); }
  const CodeScope& code_scope() const { return *std::get<std::shared_ptr<const CodeScope>>(data_); }
  /// To change in place: copied first where another Value shares it.
  Object& edit_object();
  Array& edit_array();

 private:
  Type type_ = Type::missing;
  std::variant<std::monostate, bool, std::int32_t, std::int64_t, double, Decimal128, Oid, Timestamp,
               std::shared_ptr<const std::string>, std::shared_ptr<Object>, std::shared_ptr<Array>,
               std::shared_ptr<const Binary>, std::shared_ptr<const Regex>,
               std::shared_ptr<const DbPointer>, std::shared_ptr<const CodeScope>>
      data_;
};

struct Field {
  std::string name;
  Value value;
};

/// A document: fields in order. Names may repeat, as BSON allows; find() sees the first.
class Object {
 public:
  Object() = default;
  Object(std::initializer_list<Field> fields) : fields_(fields) {}

  bool empty() const noexcept { return fields_.empty(); }
  std::size_t size() const noexcept { return fields_.size(); }
  auto begin() const noexcept { return fields_.begin(); }
  auto end() const noexcept { return fields_.end(); }
  auto begin() noexcept { return fields_.begin(); }
  auto end() noexcept { return fields_.end(); }
  const Field& front() const { return fields_.front(); }
  const Field& back() const { return fields_.back(); }
  const Field& operator[](std::size_t i) const { return fields_[i]; }
  const Value* find(std::string_view name) const noexcept;
  Value* find(std::string_view name) noexcept;
  /// The field's value, or a missing one.
  const Value& get(std::string_view name) const noexcept;
  bool has(std::string_view name) const noexcept { return find(name) != nullptr; }
  /// Replaces in place, or appends.
  Value& set(std::string_view name, Value value);
  /// Appends without looking for the name.
  Value& add(std::string name, Value value) {
    if (fields_.empty()) fields_.reserve(fields_reserved);
    return fields_.emplace_back(Field{std::move(name), std::move(value)}).value;
  }
  void prepend(std::string name, Value value) {
    fields_.insert(fields_.begin(), Field{std::move(name), std::move(value)});
  }
  bool remove(std::string_view name);

 private:
  static constexpr std::size_t fields_reserved = 8;
  std::vector<Field> fields_;
};

struct CodeScope {
  std::string code;
  Object scope;
};

inline const Value missing_value{};
inline const Value null_value{nullptr};

/// Splits "a.b.c"; an empty text is one empty part.
std::vector<std::string> split_path(std::string_view path);
/// True for "0", "12": what may index an array.
bool is_index(std::string_view part) noexcept;
/// The array index, or SIZE_MAX when it is none.
std::size_t index_of(std::string_view part) noexcept;

}  // namespace iacdb::doc
