#include "documents/expression/convert_binary.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include "documents/bson/codec.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/errors.hpp"

namespace iacdb::doc {
namespace {

constexpr std::uint8_t uuid_subtype = 4;
constexpr std::size_t uuid_bytes = 16;
constexpr std::array<std::size_t, 4> uuid_dashes = {8, 13, 18, 23};
constexpr std::array<std::string_view, 6> formats = {"auto", "base64", "base64url",
                                                     "utf8", "hex",    "uuid"};

[[noreturn]] void failed(const std::string& what) {
  fail(Code::conversion_failure, what + " in $convert with no onError value");
}

/// The letters of base64url for those of base64, and back; without the "=" at the end.
std::string exchanged(std::string text, std::string_view from, std::string_view to) {
  for (char& c : text) {
    const std::size_t at = from.find(c);
    if (at != std::string_view::npos) c = to[at];
  }
  return text;
}

std::string to_base64url(const std::string& bytes) {
  std::string text = exchanged(to_base64(bytes), "+/", "-_");
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

std::optional<std::string> from_base64url(const std::string& text) {
  if (text.find_first_of("+/") != std::string::npos) return std::nullopt;
  std::string padded = exchanged(text, "-_", "+/");
  while (padded.size() % 4 != 0) padded += '=';
  return from_base64(padded);
}

std::string to_uuid(const std::string& bytes) {
  std::string text = to_hex(bytes);
  for (const std::size_t at : uuid_dashes) text.insert(at, 1, '-');
  return text;
}

std::optional<std::string> from_uuid(const std::string& text) {
  if (text.size() != 2 * uuid_bytes + uuid_dashes.size()) return std::nullopt;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = std::find(uuid_dashes.begin(), uuid_dashes.end(), i) != uuid_dashes.end();
    if (dash != (text[i] == '-')) return std::nullopt;
    if (!dash) digits += text[i];
  }
  return from_hex(digits);
}

Value text_of(const Binary& binary, const std::string& format) {
  const bool is_uuid = binary.subtype == uuid_subtype && binary.bytes.size() == uuid_bytes;
  const std::string form =
      format.empty() || format == "auto" ? (is_uuid ? "uuid" : "base64") : format;
  if (form == "uuid") {
    if (!is_uuid) failed("Only binary data of subtype 4 and 16 bytes can be converted to a UUID");
    return Value(to_uuid(binary.bytes));
  }
  if (form == "hex") {
    std::string hex = to_hex(binary.bytes);
    std::transform(hex.begin(), hex.end(), hex.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return Value(std::move(hex));
  }
  if (form == "base64") return Value(to_base64(binary.bytes));
  if (form == "base64url") return Value(to_base64url(binary.bytes));
  if (!valid_utf8(binary.bytes)) failed("The binary data is no UTF-8");
  return Value(binary.bytes);
}

std::optional<std::string> bytes_of(const std::string& text, const std::string& format) {
  if (format == "base64") return from_base64(text);
  if (format == "base64url") return from_base64url(text);
  if (format == "hex") return from_hex(text);
  if (format == "uuid") return from_uuid(text);
  return text;
}

Value binary_of_text(const std::string& text, const BinaryConversion& how) {
  if (how.format.empty() || how.format == "auto") {
    fail_at(4341115, "Format must be specified when converting from 'string' to 'binData'");
  }
  if ((how.format == "uuid") != (how.subtype == uuid_subtype)) {
    failed("The format 'uuid' and the subtype 4 go together, which is not so");
  }
  auto bytes = bytes_of(text, how.format);
  if (!bytes) failed("Input string '" + text + "' is not in the format '" + how.format + "'");
  return Value(Binary{how.subtype, *std::move(bytes)});
}

template <class Number>
std::string bytes_of_number(Number number, bool big_endian) {
  std::string out;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    out += static_cast<char>((static_cast<std::uint64_t>(number) >> (8 * i)) & 0xff);
  }
  if (big_endian) std::reverse(out.begin(), out.end());
  return out;
}

Value binary_of(const Value& input, const BinaryConversion& how) {
  switch (input.type()) {
    case Type::string:
      return binary_of_text(input.text(), how);
    case Type::binary:
      if (input.binary().subtype != how.subtype) {
        failed("Conversions between the subtypes of binary data are not supported");
      }
      return input;
    case Type::int32:
      return Value(Binary{how.subtype, bytes_of_number(input.int32(), how.big_endian)});
    case Type::int64:
      return Value(Binary{how.subtype, bytes_of_number(input.int64(), how.big_endian)});
    case Type::real:
      return Value(Binary{how.subtype, bytes_of_number(std::bit_cast<std::uint64_t>(input.real()),
                                                       how.big_endian)});
    default:
      failed("Unsupported conversion from " + std::string(type_name(input.type())) + " to binData");
  }
}

/// The bytes as a whole number with its sign.
std::int64_t whole_of(std::string bytes, bool big_endian) {
  if (big_endian) std::reverse(bytes.begin(), bytes.end());
  std::uint64_t out = (bytes.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    out = out << 8 | static_cast<std::uint8_t>(bytes[i]);
  }
  return static_cast<std::int64_t>(out);
}

Value number_of(const std::string& bytes, const BinaryConversion& how) {
  const std::size_t n = bytes.size();
  const bool short_whole = n == 1 || n == 2 || n == 4;
  if (how.to == Type::int32 && short_whole) {
    return Value(static_cast<std::int32_t>(whole_of(bytes, how.big_endian)));
  }
  if (how.to == Type::int64 && (short_whole || n == 8)) {
    return Value(whole_of(bytes, how.big_endian));
  }
  if (how.to == Type::real && n == 8) {
    return Value(std::bit_cast<double>(whole_of(bytes, how.big_endian)));
  }
  if (how.to == Type::real && n == 4) {
    const auto whole = static_cast<std::int32_t>(whole_of(bytes, how.big_endian));
    return Value(static_cast<double>(std::bit_cast<float>(whole)));
  }
  failed("Failed to convert binData of " + std::to_string(n) + " bytes to " +
         std::string(type_name(how.to)));
}

}  // namespace

void check_binary_format(const std::string& format) {
  if (std::find(formats.begin(), formats.end(), format) == formats.end()) {
    fail_at(4341125, "Invalid 'format' argument for $convert: " + format);
  }
}

Value convert_binary(const Value& input, const BinaryConversion& how) {
  if (how.to == Type::binary) return binary_of(input, how);
  if (how.to == Type::string) return text_of(input.binary(), how.format);
  return number_of(input.binary().bytes, how);
}

}  // namespace iacdb::doc
