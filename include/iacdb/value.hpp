#pragma once
// Value: one owned value of any Type; Array: an owned array of them.
//
//   iacdb::Value v = record.at("price");
//   if (v.type() == iacdb::Type::decimal) use(v.as<iacdb::Decimal>());
//
// Threads: plain values.

#include <iacdb/cell.hpp>
#include <iacdb/types.hpp>
#include <memory>
#include <utility>
#include <variant>

namespace iacdb {

class Value;

/// An owned array: elements in row-major order; `dimensions` empty means one dimension of all.
struct Array {
  Type element = Type::null;
  std::vector<std::uint32_t> dimensions;
  std::vector<Value> elements;
  bool operator==(const Array&) const;
};

class Value {
 public:
  using Storage = std::variant<std::monostate, bool, std::int64_t, double, Decimal, std::string,
                               Bytes, Date, Time, Timestamp, TimestampTz, Interval, Uuid, Json,
                               std::shared_ptr<const Array>>;

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool v) : storage_(v) {}
  Value(int v) : storage_(std::int64_t{v}) {}
  Value(std::int64_t v) : storage_(v) {}
  Value(double v) : storage_(v) {}
  Value(const char* v) : storage_(std::string(v)) {}
  Value(std::string_view v) : storage_(std::string(v)) {}
  Value(std::string v) : storage_(std::move(v)) {}
  Value(Decimal v) : storage_(std::move(v)) {}
  Value(Bytes v) : storage_(std::move(v)) {}
  Value(Date v) : storage_(v) {}
  Value(Time v) : storage_(v) {}
  Value(Timestamp v) : storage_(v) {}
  Value(TimestampTz v) : storage_(v) {}
  Value(Interval v) : storage_(v) {}
  Value(Uuid v) : storage_(v) {}
  Value(Json v) : storage_(std::move(v)) {}
  Value(Array v) : storage_(std::make_shared<const Array>(std::move(v))) {}

  /// An owned copy of a cell. `declared` is the column's type: text of a typeless store (SQLite)
  /// becomes that type where it parses, and stays text where it does not.
  static Value of(const Cell& cell, Type declared = Type::null);

  /// The alternatives stand in the order of Type.
  Type type() const noexcept { return static_cast<Type>(storage_.index()); }
  bool is_null() const noexcept { return type() == Type::null; }
  /// Throws: std::bad_variant_access when the value is of another type.
  template <class T>
  const T& as() const {
    if constexpr (std::is_same_v<T, Array>) {
      return *std::get<std::shared_ptr<const Array>>(storage_);
    } else {
      return std::get<T>(storage_);
    }
  }
  const Storage& storage() const noexcept { return storage_; }
  /// The value as text, as the database would print it; NULL prints as "NULL".
  std::string print() const;
  bool operator==(const Value& other) const;

 private:
  Storage storage_;
};

/// A cell as text, the form of Value::print, without an owned copy in between.
std::string print(const Cell& cell);

}  // namespace iacdb
