#include "wire/postgres/numeric.hpp"

#include <gtest/gtest.h>

#include <string>

#include "wire/postgres/test_bytes.hpp"

namespace iacdb::wire::postgres {
namespace {

Field field_of(std::string_view bytes) {
  return {base::as_bytes(bytes).data(), static_cast<std::uint32_t>(bytes.size())};
}

std::string encoded(std::string_view text) {
  base::Buffer out;
  encode_numeric(out, text);
  return std::string(out.text());
}

struct Case {
  const char* text;
  const char* wire;  // groups, weight, sign, scale, digits
};

TEST(Numeric, BothDirectionsAsPostgresSends) {
  for (const auto& [text, bytes] : {
           Case{"0", "0000 0000 0000 0000"},
           Case{"0.00", "0000 0000 0000 0002"},
           Case{"1", "0001 0000 0000 0000 0001"},
           Case{"-1", "0001 0000 4000 0000 0001"},
           Case{"9999", "0001 0000 0000 0000 270f"},
           Case{"10000", "0001 0001 0000 0000 0001"},
           Case{"10001", "0002 0001 0000 0000 0001 0001"},
           Case{"1234.50", "0002 0000 0000 0002 04d2 1388"},
           Case{"-12345678.9012", "0003 0001 4000 0004 04d2 162e 2334"},
           Case{"0.1", "0001 ffff 0000 0001 03e8"},
           Case{"0.0001", "0001 ffff 0000 0004 0001"},
           Case{"0.00001", "0001 fffe 0000 0005 03e8"},
           Case{"0.000000000001234", "0002 fffd 0000 000f 0001 0924"},
           Case{"100000000", "0001 0002 0000 0000 0001"},
           Case{"1.0000000000000000000000001",
                "0008 0000 0000 0019 0001 0000 0000 0000 0000 0000"
                "0000 03e8"},
           Case{"NaN", "0000 0000 c000 0000"},
           Case{"Infinity", "0000 0000 d000 0000"},
           Case{"-Infinity", "0000 0000 f000 0000"},
       }) {
    EXPECT_EQ(encoded(text), wire(bytes)) << text;
    EXPECT_EQ(decode_numeric(field_of(wire(bytes))), text);
  }
}

TEST(Numeric, ReadsEveryFormOfText) {
  const std::pair<const char*, const char*> cases[] = {
      {"+1", "1"},        {"1e3", "1000"},     {"1E+3", "1000"},      {"1.5e1", "15"},
      {"1.50e1", "15.0"}, {"1e-3", "0.001"},   {"-0.5e-1", "-0.05"},  {".5", "0.5"},
      {"5.", "5"},        {"007", "7"},        {"-0", "0"},           {"-0.00", "0.00"},
      {"nan", "NaN"},     {"INF", "Infinity"}, {"-inf", "-Infinity"}, {"+infinity", "Infinity"},
      {"12e0", "12"},     {"0e5", "0"},        {"0e-5", "0.00000"},   {"100e-1", "10.0"}};
  for (const auto& [text, expected] : cases)
    EXPECT_EQ(decode_numeric(field_of(encoded(text))), expected) << text;
}

TEST(Numeric, RefusesTextThatIsNoNumber) {
  for (const char* text : {"", "-", "+", ".", "e5", "1e", "1e+", "1e+-5", "1x", "1.2.3", "--1",
                           "0x10", "1_000", " 1", "1 ", "nano", "infinite", "1e99999999999"})
    EXPECT_EQ(kind_of([&] { encoded(text); }), ErrorKind::data) << text;
}

TEST(Numeric, CarriesTheLargestAndRefusesWhatIsBeyond) {
  const std::string whole(131072, '9');
  const std::string fraction(16383, '7');
  const std::string largest = "-" + whole + "." + fraction;
  EXPECT_EQ(decode_numeric(field_of(encoded(largest))), largest);
  EXPECT_EQ(decode_numeric(field_of(encoded("1e131071"))), "1" + std::string(131071, '0'));
  EXPECT_EQ(decode_numeric(field_of(encoded("1e-16383"))), "0." + std::string(16382, '0') + "1");
  EXPECT_EQ(kind_of([&] { encoded("1e131072"); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { encoded(whole + "0"); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { encoded("1e-16384"); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { encoded("0." + fraction + "7"); }), ErrorKind::data);
}

TEST(Numeric, EveryLengthSurvives) {
  for (int whole = 1; whole <= 13; ++whole) {
    for (int fraction = 1; fraction <= 13; ++fraction) {
      std::string text = std::string("1020030004000").substr(0, static_cast<std::size_t>(whole)) +
                         "." +
                         std::string("0005006070089").substr(0, static_cast<std::size_t>(fraction));
      EXPECT_EQ(decode_numeric(field_of(encoded(text))), text);
    }
  }
}

TEST(Numeric, RoomIsAlwaysEnough) {
  for (const char* text : {"0", "-1.1", "NaN", "-Infinity", "9999.9", "0.00001", "-10000.000001"}) {
    const auto bytes = encoded(text);
    const auto room = numeric_text_bytes_max(field_of(bytes));
    EXPECT_GE(room, std::string_view(text).size() + 3) << "the last group may overshoot";
  }
}

TEST(Numeric, PrintsNoLeadingZerosEvenOfSloppyServers) {
  EXPECT_EQ(decode_numeric(field_of(wire("0003 0002 0000 0000 0000 0001 0002"))), "10002");
  EXPECT_EQ(decode_numeric(field_of(wire("0001 0001 0000 0000 0000"))), "0");
}

TEST(Numeric, RefusesMalformedBytes) {
  for (const char* bytes :
       {"", "0000", "0000 0000 0000", "0001 0000 0000 0000", "0000 0000 0000 0000 0001",
        "0001 0000 0000 0000 2710",  // a group of 10,000
        "0001 0000 8000 0000 0001",  // no such sign
        "0001 0000 0000 4000 0001",  // scale over 14 bits
        "ffff 0000 0000 0000 0001"}) {
    const auto body = wire(bytes);
    EXPECT_TRUE(is_malformed([&] { decode_numeric(field_of(body)); })) << bytes;
  }
}

}  // namespace
}  // namespace iacdb::wire::postgres
