// Values as text: what parses prints as text that parses to the same value, and what does not
// parse is a DataError. JSON output is JSON whatever the input.
//
// The first byte chooses the type, the rest is the text.

#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <iacdb/error.hpp>
#include <iacdb/types.hpp>
#include <string>
#include <string_view>

#include "core/json.hpp"

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

template <class T>
void check(std::string_view text) {
  T value;
  try {
    value = T::parse(text);
  } catch (const iacdb::DataError&) {
    return;
  }
  const std::string printed{value.print()};
  const T again = T::parse(printed);
  require(again.print() == printed);
  // A NaN is the one value that differs from itself.
  if (value == value) require(again == value);
}

void check_json(std::string_view text) {
  std::string out;
  iacdb::core::append_json_string(out, text);
  require(iacdb::core::is_json(out));
  if (iacdb::core::is_json(text)) require(iacdb::core::is_json("[" + std::string(text) + "]"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0:
      check<iacdb::Date>(text);
      break;
    case 1:
      check<iacdb::Time>(text);
      break;
    case 2:
      check<iacdb::Timestamp>(text);
      break;
    case 3:
      check<iacdb::TimestampTz>(text);
      break;
    case 4:
      check<iacdb::Interval>(text);
      break;
    case 5:
      check<iacdb::Uuid>(text);
      break;
    case 6:
      check<iacdb::Decimal>(text);
      break;
    default:
      check_json(text);
      break;
  }
  return 0;
}
