#include "iacdb/types.hpp"

#include <gtest/gtest.h>

#include "iacdb/error.hpp"

namespace iacdb {
namespace {

TEST(Date, PrintsWhatItParsed) {
  for (const char* text : {"1970-01-01", "2024-02-29", "0001-01-01", "9999-12-31", "1582-10-15",
                           "-0044-03-15", "294276-12-31", "infinity", "-infinity"}) {
    EXPECT_EQ(Date::parse(text).print(), text);
  }
  EXPECT_EQ(Date::parse("1970-01-02").days, 1);
  EXPECT_EQ(Date::parse("1969-12-31").days, -1);
  EXPECT_EQ(Date::of(2000, 3, 1).days, 11017);
}

TEST(Date, RefusesWhatIsNoDay) {
  for (const char* text : {"2023-02-29", "2024-13-01", "2024-00-10", "2024-1-1", "", "2024-01-01x",
                           "0000-00-00", "24-01-01", "tomorrow", "2024-01-01 00:00:00"}) {
    EXPECT_THROW(Date::parse(text), DataError) << text;
  }
  EXPECT_THROW(Date::of(2023, 2, 29), DataError);
}

TEST(Time, KeepsMicrosecondsAndNothingFiner) {
  EXPECT_EQ(Time::parse("23:59:59.999999").micros, 86'399'999'999);
  EXPECT_EQ(Time::parse("24:00:00").print(), "24:00:00");
  EXPECT_EQ(Time::parse("01:02").print(), "01:02:00");
  EXPECT_EQ(Time::parse("01:02:03.5").print(), "01:02:03.5");
  EXPECT_EQ(Time::parse("01:02:03.500000000").print(), "01:02:03.5");
  for (const char* text :
       {"24:00:01", "12:60:00", "12:00:60", "1:00:00", "12", "12:00:00.0000001"}) {
    EXPECT_THROW(Time::parse(text), DataError) << text;
  }
}

TEST(Timestamp, CrossesTheEpochBothWays) {
  EXPECT_EQ(Timestamp{-1}.print(), "1969-12-31 23:59:59.999999");
  EXPECT_EQ(Timestamp::parse("1969-12-31T23:59:59.999999").micros, -1);
  EXPECT_EQ(Timestamp::parse("2026-01-02").print(), "2026-01-02 00:00:00");
  EXPECT_EQ(Timestamp::parse("infinity").micros, Timestamp::infinity);
  EXPECT_THROW(Timestamp::parse("2026-01-02 00:00:00Z"), DataError);
  EXPECT_THROW(Timestamp::parse("294277-01-10 00:00:00"), DataError);
}

TEST(TimestampTz, NeedsAnOffset) {
  EXPECT_EQ(TimestampTz::parse("2026-01-02 03:04:05+02").print(), "2026-01-02 01:04:05+00");
  EXPECT_EQ(TimestampTz::parse("2026-01-02 03:04:05 -05:30").print(), "2026-01-02 08:34:05+00");
  EXPECT_EQ(TimestampTz::parse("2026-01-02T03:04:05Z").print(), "2026-01-02 03:04:05+00");
  EXPECT_EQ(TimestampTz::parse("2026-01-02 03:04:05+0530").print(), "2026-01-01 21:34:05+00");
  EXPECT_THROW(TimestampTz::parse("2026-01-02 03:04:05"), DataError);
  EXPECT_THROW(TimestampTz::parse("2026-01-02 03:04:05+99"), DataError);
}

TEST(Interval, ReadsBothStylesAndPrintsPostgres) {
  const Interval expected{14, 3, 4 * 3'600'000'000LL + 5 * 60'000'000LL + 6'500'000};
  EXPECT_EQ(Interval::parse("1 year 2 mons 3 days 04:05:06.5"), expected);
  EXPECT_EQ(Interval::parse("P1Y2M3DT4H5M6.5S"), expected);
  EXPECT_EQ(expected.print(), "1 year 2 mons 3 days 04:05:06.5");
  EXPECT_EQ(Interval{}.print(), "00:00:00");
  EXPECT_EQ((Interval{-14, -1, -1'000'000}.print()), "-1 years -2 mons -1 days -00:00:01");
  EXPECT_EQ(Interval::parse("-1 years -2 mons -1 days -00:00:01"), (Interval{-14, -1, -1'000'000}));
  EXPECT_EQ(Interval::parse("100:00:00").print(), "100:00:00");
  EXPECT_EQ(Interval::parse("1.5 hours").micros, 5'400'000'000);
  EXPECT_EQ(Interval::parse("2 weeks").days, 14);
}

TEST(Interval, RefusesWhatItCannotKeep) {
  for (const char* text : {"", "P", "1.5 months", "abc", "1", "99999999999999999 years",
                           "1 fortnight", "P1H", "00:60:00"}) {
    EXPECT_THROW(Interval::parse(text), DataError) << text;
  }
}

TEST(Uuid, ReadsTheUsualForms) {
  const std::string canonical = "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11";
  EXPECT_EQ(Uuid::parse(canonical).print(), canonical);
  EXPECT_EQ(Uuid::parse("{A0EEBC999C0B4EF8BB6D6BB9BD380A11}").print(), canonical);
  for (const char* text :
       {"", "a0eebc99", "g0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
        "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a1", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a111",
        "-a0eebc999c0b4ef8bb6d6bb9bd380a11", "a0eebc999c0b4ef8bb6d6bb9bd380a11-"}) {
    EXPECT_THROW(Uuid::parse(text), DataError) << text;
  }
}

TEST(Decimal, IsCanonicalAndKeepsItsScale) {
  const std::pair<const char*, const char*> cases[] = {
      {"1.10", "1.10"},
      {"+007", "7"},
      {"-0", "0"},
      {"-0.00", "0.00"},
      {".5", "0.5"},
      {"5.", "5"},
      {"1e3", "1000"},
      {"1.5e-3", "0.0015"},
      {"12345.678e2", "1234567.8"},
      {"nan", "NaN"},
      {"-INF", "-Infinity"},
      {"123456789012345678901234567890.123456789012345678901234567890",
       "123456789012345678901234567890.123456789012345678901234567890"},
  };
  for (const auto& [text, printed] : cases) EXPECT_EQ(Decimal::parse(text).print(), printed);
  for (const char* text : {"", "-", ".", "1e", "1e999999999", "1.2.3", "0x1", "1 ", "e5"}) {
    EXPECT_THROW(Decimal::parse(text), DataError) << text;
  }
}

TEST(Decimal, ComparesAsNumbers) {
  const auto d = [](const char* text) { return Decimal::parse(text); };
  EXPECT_EQ(d("1.0"), d("1.00"));
  EXPECT_LT(d("9"), d("10"));
  EXPECT_LT(d("-10"), d("-9"));
  EXPECT_LT(d("0.09"), d("0.1"));
  EXPECT_LT(d("-0.1"), d("0"));
  EXPECT_LT(d("-Infinity"), d("-99999999999999999999"));
  EXPECT_GT(d("Infinity"), d("1"));
  EXPECT_NE(d("NaN"), d("NaN"));
}

}  // namespace
}  // namespace iacdb
