#include "wire/postgres/backend_decode.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/postgres/backend_encode.hpp"
#include "wire/postgres/data_row.hpp"
#include "wire/postgres/framing.hpp"
#include "wire/postgres/test_bytes.hpp"

// Bytes as PostgreSQL 15's documentation, 55.7, lays them out.
namespace iacdb::wire::postgres {
namespace {

using base::as_bytes;
using base::as_text;
using testing::ElementsAre;

/// The body of a whole message, after checking that it is one.
base::Bytes body_of(std::string_view message) {
  const Message framed = next_message(as_bytes(message));
  EXPECT_TRUE(framed);
  EXPECT_EQ(framed.size_bytes, message.size());
  return framed.body;
}

TEST(BackendMessages, Authentication) {
  const auto md5 = wire("52 0000000c 00000005 01020304");
  const auto message = decode_authentication(body_of(md5));
  EXPECT_EQ(message.code, AuthenticationCode::md5_password);
  EXPECT_EQ(as_text(message.data), "\1\2\3\4");
  Buffer out;
  encode_authentication(out, message.code, message.data);
  EXPECT_EQ(out.text(), md5);
}

TEST(BackendMessages, AuthenticationSasl) {
  const auto stream = wire("52 0000002a 0000000a 'SCRAM-SHA-256-PLUS' 00 'SCRAM-SHA-256' 00 00");
  const auto message = decode_authentication(body_of(stream));
  EXPECT_EQ(message.code, AuthenticationCode::sasl);
  const auto names = decode_sasl_mechanisms(message.data);
  EXPECT_THAT(names, ElementsAre("SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"));
  Buffer out;
  encode_authentication_sasl(out, names);
  EXPECT_EQ(out.text(), stream);
}

TEST(BackendMessages, ParameterStatus) {
  const auto stream = wire("53 00000011 'TimeZone' 00 'UTC' 00");
  const auto message = decode_parameter_status(body_of(stream));
  EXPECT_EQ(message.name, "TimeZone");
  EXPECT_EQ(message.value, "UTC");
  Buffer out;
  encode_parameter_status(out, message.name, message.value);
  EXPECT_EQ(out.text(), stream);
}

TEST(BackendMessages, BackendKeyData) {
  const auto stream = wire("4b 0000000c 00001234 deadbeef");
  const auto message = decode_backend_key_data(body_of(stream));
  EXPECT_EQ(message.process_id, 0x1234);
  EXPECT_EQ(as_text(message.secret_key), wire("deadbeef"));
  Buffer out;
  encode_backend_key_data(out, message.process_id, message.secret_key);
  EXPECT_EQ(out.text(), stream);
}

TEST(BackendMessages, ReadyForQuery) {
  for (const char status : {'I', 'T', 'E'}) {
    Buffer out;
    encode_ready_for_query(out, static_cast<TransactionStatus>(status));
    EXPECT_EQ(out.text(), wire("5a 00000005") + status);
    EXPECT_EQ(decode_ready_for_query(body_of(out.text())), static_cast<TransactionStatus>(status));
  }
  EXPECT_TRUE(is_malformed([] { decode_ready_for_query(as_bytes("X")); }));
}

TEST(BackendMessages, RowDescription) {
  const auto stream = wire(
      "54 00000032 0002"
      "'id' 00 00004001 0001 00000017 0004 ffffffff 0001"
      "'name' 00 00000000 0000 00000019 ffff 00000024 0000");
  std::vector<FieldDescription> fields;
  decode_row_description(body_of(stream), fields);
  ASSERT_EQ(fields.size(), 2U);
  EXPECT_EQ(fields[0].name, "id");
  EXPECT_EQ(fields[0].table_oid, 0x4001U);
  EXPECT_EQ(fields[0].column_number, 1);
  EXPECT_EQ(fields[0].type_oid, 23U);
  EXPECT_EQ(fields[0].type_bytes, 4);
  EXPECT_EQ(fields[0].type_modifier, -1);
  EXPECT_EQ(fields[0].format, Format::binary);
  EXPECT_EQ(fields[1].name, "name");
  EXPECT_EQ(fields[1].type_bytes, -1);
  EXPECT_EQ(fields[1].type_modifier, 0x24);
  EXPECT_EQ(fields[1].format, Format::text);
  Buffer out;
  encode_row_description(out, fields);
  EXPECT_EQ(out.text(), stream);
}

TEST(BackendMessages, DataRow) {
  const auto stream = wire("44 00000019 0003 00000004 0000002a ffffffff 00000003 'abc'");
  DataRow row(body_of(stream));
  ASSERT_EQ(row.size(), 3);
  EXPECT_EQ(decode_int4(row.next()), 42);
  EXPECT_TRUE(row.next().is_null());
  EXPECT_EQ(row.next().text(), "abc");
  row.finish();
  Buffer out;
  RowEncoder encoder(out, 3);
  encoder.value(std::int32_t{42});
  encoder.null();
  encoder.value(std::string_view("abc"));
  encoder.finish();
  EXPECT_EQ(out.text(), stream);
}

TEST(BackendMessages, DataRowTellsEmptyFromNull) {
  const auto stream = wire("44 0000000e 0002 00000000 ffffffff");
  DataRow row(body_of(stream));
  const Field empty = row.next();
  EXPECT_FALSE(empty.is_null());
  EXPECT_EQ(empty.size, 0U);
  EXPECT_TRUE(row.next().is_null());
  EXPECT_TRUE(is_malformed([&] { row.next(); })) << "one more than there are";
}

TEST(BackendMessages, CommandComplete) {
  const auto stream = wire("43 0000000f 'INSERT 0 5' 00");
  EXPECT_EQ(decode_command_complete(body_of(stream)), "INSERT 0 5");
  Buffer out;
  encode_command_complete(out, "INSERT 0 5");
  EXPECT_EQ(out.text(), stream);
  EXPECT_EQ(rows_of_tag("INSERT 0 5"), 5U);
  EXPECT_EQ(rows_of_tag("SELECT 18446744073709551615"), 18446744073709551615ULL);
  EXPECT_EQ(rows_of_tag("CREATE TABLE"), std::nullopt);
  EXPECT_EQ(rows_of_tag("BEGIN"), std::nullopt);
  EXPECT_EQ(rows_of_tag("SELECT 18446744073709551616"), std::nullopt);
  EXPECT_EQ(rows_of_tag("SELECT "), std::nullopt);
}

TEST(BackendMessages, ParameterDescription) {
  const auto stream = wire("74 0000000e 0002 00000017 00000019");
  std::vector<std::uint32_t> oids;
  decode_parameter_description(body_of(stream), oids);
  EXPECT_THAT(oids, ElementsAre(23, 25));
  Buffer out;
  encode_parameter_description(out, oids);
  EXPECT_EQ(out.text(), stream);
}

TEST(BackendMessages, NotificationResponse) {
  const auto stream = wire("41 00000011 00000007 'chan' 00 'hi' 0000");
  EXPECT_TRUE(is_malformed([&] { decode_notification(body_of(stream)); })) << "a byte too many";
  const auto good = wire("41 00000010 00000007 'chan' 00 'hi' 00");
  const auto message = decode_notification(body_of(good));
  EXPECT_EQ(message.process_id, 7);
  EXPECT_EQ(message.channel, "chan");
  EXPECT_EQ(message.payload, "hi");
  Buffer out;
  encode_notification(out, message);
  EXPECT_EQ(out.text(), good);
}

TEST(BackendMessages, CopyResponses) {
  const auto stream = wire("47 0000000b 01 0002 0001 0001");
  const auto message = decode_copy_response(body_of(stream));
  EXPECT_EQ(message.format, Format::binary);
  EXPECT_THAT(message.column_formats, ElementsAre(Format::binary, Format::binary));
  Buffer out;
  encode_copy_response(out, backend::copy_in_response, message.format, message.column_formats);
  EXPECT_EQ(out.text(), stream);
}

TEST(BackendMessages, NegotiateProtocolVersion) {
  const auto stream = wire("76 00000013 00000000 00000001 '_pq_.x' 00");
  const auto message = decode_negotiate_protocol_version(body_of(stream));
  EXPECT_EQ(message.newest_minor, 0);
  EXPECT_THAT(message.unknown_options, ElementsAre("_pq_.x"));
  Buffer out;
  encode_negotiate_protocol_version(out, 0, message.unknown_options);
  EXPECT_EQ(out.text(), stream);
}

TEST(BackendMessages, MessagesWithoutABody) {
  Buffer out;
  encode_bodyless(out, backend::parse_complete);
  EXPECT_EQ(out.text(), wire("31 00000004"));
  decode_empty(body_of(out.text()));
  EXPECT_TRUE(is_malformed([] { decode_empty(as_bytes("x")); }));
}

TEST(BackendMessages, EncodersTakeBackWhatTheyCannotFinish) {
  Buffer out;
  encode_ready_for_query(out, TransactionStatus::idle);
  const std::string before(out.text());
  const std::string_view zero("a\0b", 3);
  EXPECT_EQ(kind_of([&] { encode_parameter_status(out, "name", zero); }), ErrorKind::data);
  EXPECT_EQ(out.text(), before);
}

}  // namespace
}  // namespace iacdb::wire::postgres
