#include "documents/pipeline/preferred_numbers.hpp"

#include <algorithm>
#include <cmath>

#include "documents/bson/compare.hpp"
#include "documents/bson/decimal.hpp"
#include "documents/bson/number.hpp"

namespace iacdb::doc {
namespace {

/// The numbers between two powers of ten, as MongoDB has them: its R40 is without 335, and its
/// R80 has only what lies between the numbers of R40.
struct Series {
  std::string_view name;
  std::vector<int> numbers;
};

/// The E series, which are rounded powers; one number of E192 is not what rounding gives.
std::vector<int> rounded_powers(int count) {
  std::vector<int> out;
  out.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const double exact = 100 * std::pow(10, static_cast<double>(i) / count);
    const auto number = static_cast<int>(std::lround(exact));
    out.push_back(number == 919 && count == 192 ? 920 : number);
  }
  return out;
}

const Series* find_series(std::string_view name) {
  static const std::vector<Series> all = {
      {"R5", {10, 16, 25, 40, 63}},
      {"R10", {100, 125, 160, 200, 250, 315, 400, 500, 630, 800}},
      {"R20", {100, 112, 125, 140, 160, 180, 200, 224, 250, 280,
               315, 355, 400, 450, 500, 560, 630, 710, 800, 900}},
      {"R40", {100, 106, 112, 118, 125, 132, 140, 150, 160, 170, 180, 190, 200,
               212, 224, 236, 250, 265, 280, 300, 315, 355, 375, 400, 425, 450,
               475, 500, 530, 560, 600, 630, 670, 710, 750, 800, 850, 900, 950}},
      {"R80", {103, 109, 115, 122, 128, 136, 145, 155, 165, 175, 185, 195, 206, 218,
               230, 243, 258, 272, 290, 307, 325, 345, 365, 387, 412, 437, 462, 487,
               515, 545, 575, 615, 650, 690, 730, 775, 825, 875, 925, 975}},
      {"1-2-5", {10, 20, 50}},
      {"E6", {10, 15, 22, 33, 47, 68}},
      {"E12", {10, 12, 15, 18, 22, 27, 33, 39, 47, 56, 68, 82}},
      {"E24", {10, 11, 12, 13, 15, 16, 18, 20, 22, 24, 27, 30,
               33, 36, 39, 43, 47, 51, 56, 62, 68, 75, 82, 91}},
      {"E48", rounded_powers(48)},
      {"E96", rounded_powers(96)},
      {"E192", rounded_powers(192)},
  };
  const auto it =
      std::find_if(all.begin(), all.end(), [&](const Series& s) { return s.name == name; });
  return it == all.end() ? nullptr : &*it;
}

/// A power of ten, as a double or a decimal, by steps of ten: so the last digits are MongoDB's.
class Scale {
 public:
  explicit Scale(bool decimal) : decimal_(decimal), factor_(number(1)) {}
  Value number(int n) const {
    return decimal_ ? Value(decimal_of(std::int64_t{n})) : Value(static_cast<double>(n));
  }
  Value times(int n) const { return multiply(number(n), factor_); }
  void up() { factor_ = multiply(factor_, number(10)); }
  void down() {
    factor_ = decimal_ ? Value(decimal_divide(factor_.decimal(), decimal_of(std::int64_t{10})))
                       : Value(factor_.real() / 10.0);
  }

 private:
  bool decimal_;
  Value factor_;
};

Value power_of_two(const Value& number, double exponent) {
  if (!number.is(Type::decimal)) return Value(std::pow(2.0, exponent));
  return Value(decimal_power(decimal_of(std::int64_t{2}), decimal_of_exactly(exponent)));
}

bool is_zero_number(const Value& number) {
  return number.is(Type::decimal) ? is_zero(number.decimal()) : to_double(number) == 0;
}

Value comparable(const Value& number) {
  return number.is(Type::decimal) ? number : Value(to_double(number));
}

}  // namespace

bool is_granularity(const std::string& name) {
  return name == "POWERSOF2" || find_series(name) != nullptr;
}

Value granular_above(const std::string& name, const Value& given) {
  if (is_zero_number(given)) return given;
  const Series* series = find_series(name);
  if (series == nullptr) return power_of_two(given, std::floor(std::log2(to_double(given))) + 1);
  const std::vector<int>& numbers = series->numbers;
  const Value number = comparable(given);
  Scale scale(given.is(Type::decimal));
  while (compare(number, scale.times(numbers.back())) >= 0) scale.up();
  while (compare(number, scale.times(numbers.front())) < 0) {
    Value least = scale.times(numbers.front());
    scale.down();
    if (compare(number, scale.times(numbers.back())) >= 0) return least;
  }
  return scale.times(*std::find_if(numbers.begin(), numbers.end(),
                                   [&](int n) { return compare(scale.times(n), number) > 0; }));
}

Value granular_below(const std::string& name, const Value& given) {
  if (is_zero_number(given)) return given;
  const Series* series = find_series(name);
  if (series == nullptr) return power_of_two(given, std::ceil(std::log2(to_double(given))) - 1);
  const std::vector<int>& numbers = series->numbers;
  const Value number = comparable(given);
  Scale scale(given.is(Type::decimal));
  while (compare(number, scale.times(numbers.front())) <= 0) scale.down();
  while (compare(number, scale.times(numbers.back())) > 0) {
    Value most = scale.times(numbers.back());
    scale.up();
    if (compare(number, scale.times(numbers.front())) <= 0) return most;
  }
  return scale.times(*std::find_if(numbers.rbegin(), numbers.rend(),
                                   [&](int n) { return compare(scale.times(n), number) < 0; }));
}

}  // namespace iacdb::doc
