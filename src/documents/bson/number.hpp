#pragma once
// Numbers of the four BSON types together: conversion, promotion and arithmetic as MongoDB does it.
//
//   Value sum = add(Value(std::int32_t{2'147'483'647}), Value(std::int32_t{1}));  // a long
//
// Threads: pure functions.

#include <optional>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

double to_double(const Value& number);
Decimal128 to_decimal(const Value& number);
/// Exactly that integer, from any number type; nullopt for fractions, NaN and what does not fit.
std::optional<std::int64_t> exact_int64(const Value& number);
/// Toward zero; nullopt for NaN and what does not fit.
std::optional<std::int64_t> truncated_int64(const Value& number);
bool number_is_nan(const Value& number);
/// An int32 where it fits, else an int64.
Value narrowest(std::int64_t value);

/// Both are numbers. int32 overflows to int64; int64 overflow is a double (aggregation).
Value add(const Value& a, const Value& b);
Value subtract(const Value& a, const Value& b);
Value multiply(const Value& a, const Value& b);
/// As the update operators do: nullopt when an int64 overflows.
std::optional<Value> add_checked(const Value& a, const Value& b);
std::optional<Value> multiply_checked(const Value& a, const Value& b);

/// The shortest text that reads back as this double, as C++ does: "0.1", "1e+300", "5".
std::string shortest(double value);
/// MongoDB's $toString of a double: "2.5", "3", "1e+20", "NaN", "Infinity".
std::string print_number(const Value& number);

}  // namespace iacdb::doc
