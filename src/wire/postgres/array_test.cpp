#include "wire/postgres/array.hpp"

#include <gtest/gtest.h>

#include "wire/postgres/test_bytes.hpp"
#include "wire/postgres/types.hpp"

namespace iacdb::wire::postgres {
namespace {

Field field_of(base::Bytes bytes) {
  return {bytes.data(), static_cast<std::uint32_t>(bytes.size())};
}

TEST(Array, OneDimensionWithNull) {
  base::Buffer out;
  const std::uint32_t dimensions[] = {3};
  ArrayEncoder encoder(out, oid::int4, dimensions);
  encoder.value(std::int32_t{1});
  encoder.null();
  encoder.value(std::int32_t{3});
  EXPECT_EQ(out.text(), wire("00000001 00000001 00000017 00000003 00000001"
                             "00000004 00000001 ffffffff 00000004 00000003"));
  ArrayReader reader(field_of(out.view()));
  EXPECT_EQ(reader.element_oid(), oid::int4);
  ASSERT_EQ(reader.size(), 3U);
  ASSERT_EQ(reader.dimensions().size(), 1U);
  EXPECT_EQ(reader.dimensions()[0].size, 3U);
  EXPECT_EQ(decode_int4(reader.next()), 1);
  EXPECT_TRUE(reader.next().is_null());
  EXPECT_EQ(decode_int4(reader.next()), 3);
  reader.finish();
}

TEST(Array, TwoDimensionsOfText) {
  base::Buffer out;
  const std::uint32_t dimensions[] = {2, 1};
  ArrayEncoder encoder(out, oid::text, dimensions);
  encoder.value(std::string_view("ab"));
  const auto mark = encoder.open_value();
  out.append(std::string_view("cde"));
  encoder.close_value(mark);
  EXPECT_EQ(out.text(), wire("00000002 00000000 00000019 00000002 00000001 00000001 00000001"
                             "00000002 'ab' 00000003 'cde'"));
  ArrayReader reader(field_of(out.view()));
  EXPECT_EQ(reader.size(), 2U);
  EXPECT_EQ(reader.next().text(), "ab");
  EXPECT_EQ(reader.next().text(), "cde");
  reader.finish();
}

TEST(Array, TheEmptyOneHasNoDimensions) {
  base::Buffer out;
  ArrayEncoder(out, oid::text, {});
  EXPECT_EQ(out.text(), wire("00000000 00000000 00000019"));
  ArrayReader reader(field_of(out.view()));
  EXPECT_EQ(reader.size(), 0U);
  EXPECT_TRUE(reader.dimensions().empty());
  reader.finish();
}

TEST(Array, LowerBoundsAreRead) {
  const auto bytes = wire("00000001 00000000 00000017 00000001 fffffffe 00000004 00000007");
  ArrayReader reader(field_of(base::as_bytes(bytes)));
  EXPECT_EQ(reader.dimensions()[0].lower_bound, -2);
  EXPECT_EQ(decode_int4(reader.next()), 7);
}

TEST(Array, RefusesMoreThanSixDimensions) {
  base::Buffer out;
  const std::uint32_t dimensions[] = {1, 1, 1, 1, 1, 1, 1};
  EXPECT_EQ(kind_of([&] { ArrayEncoder(out, oid::int4, dimensions); }), ErrorKind::data);
}

TEST(Array, RefusesMalformedBytes) {
  for (const char* bytes : {
           "", "00000001", "00000000 00000000",
           "00000007 00000000 00000017",                                      // seven dimensions
           "ffffffff 00000000 00000017",                                      // negative
           "00000001 00000002 00000017 00000000 00000001",                    // unknown flags
           "00000001 00000000 00000017 00000001",                             // no lower bound
           "00000001 00000000 00000017 7fffffff 00000001",                    // more than sent
           "00000001 00000000 00000017 ffffffff 00000001",                    // negative size
           "00000002 00000000 00000017 00000010 00000001 10000000 00000001",  // product overflows
           "00000001 00000000 00000017 00000003 00000001 00000004 00000001",  // one is missing
       }) {
    const auto body = wire(bytes);
    EXPECT_TRUE(is_malformed([&] { ArrayReader reader(field_of(base::as_bytes(body))); })) << bytes;
  }
  const auto overlong = wire("00000001 00000000 00000017 00000001 00000001 00000005 00000001");
  ArrayReader reader(field_of(base::as_bytes(overlong)));
  EXPECT_TRUE(is_malformed([&] { reader.next(); }));
}

}  // namespace
}  // namespace iacdb::wire::postgres
