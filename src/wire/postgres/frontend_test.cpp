#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "wire/postgres/binary_number.hpp"
#include "wire/postgres/framing.hpp"
#include "wire/postgres/frontend_decode.hpp"
#include "wire/postgres/frontend_encode.hpp"
#include "wire/postgres/test_bytes.hpp"

// Bytes as PostgreSQL 15's documentation, 55.7, lays them out.
namespace iacdb::wire::postgres {
namespace {

using base::as_bytes;
using base::as_text;
using testing::ElementsAre;
using namespace std::string_view_literals;

base::Bytes body_of(const Buffer& out) {
  const Message framed = next_message(out.view(), body_bytes_max_default, Sender::frontend);
  EXPECT_TRUE(framed);
  EXPECT_EQ(framed.size_bytes, out.size());
  return framed.body;
}

TEST(FrontendMessages, Startup) {
  Buffer out;
  const Setting settings[] = {{"user", "app"}, {"database", "shop"}};
  encode_startup(out, settings);
  EXPECT_EQ(out.text(), wire("00000020 00030000 'user' 00 'app' 00 'database' 00 'shop' 00 00"));
  const auto packet = decode_startup(next_startup(out.view()).body);
  EXPECT_EQ(packet.kind, StartupPacket::Kind::startup);
  EXPECT_EQ(packet.version, protocol_version);
  EXPECT_EQ(packet.setting("database"), "shop");
  EXPECT_EQ(packet.setting("options"), "");
}

TEST(FrontendMessages, RequestsBeforeStartup) {
  Buffer ssl;
  encode_ssl_request(ssl);
  EXPECT_EQ(ssl.text(), wire("00000008 04d2162f"));
  EXPECT_EQ(decode_startup(next_startup(ssl.view()).body).kind, StartupPacket::Kind::ssl);
  Buffer gss;
  encode_gssenc_request(gss);
  EXPECT_EQ(gss.text(), wire("00000008 04d21630"));
  EXPECT_EQ(decode_startup(next_startup(gss.view()).body).kind, StartupPacket::Kind::gssenc);
  Buffer cancel;
  encode_cancel_request(cancel, 0x1234, as_bytes("\xde\xad\xbe\xef"));
  EXPECT_EQ(cancel.text(), wire("00000010 04d2162e 00001234 deadbeef"));
  const auto packet = decode_startup(next_startup(cancel.view()).body);
  EXPECT_EQ(packet.kind, StartupPacket::Kind::cancel);
  EXPECT_EQ(packet.process_id, 0x1234);
  EXPECT_EQ(as_text(packet.secret_key), "\xde\xad\xbe\xef");
}

TEST(FrontendMessages, PasswordAndSasl) {
  Buffer password;
  encode_password(password, "secret");
  EXPECT_EQ(password.text(), wire("70 0000000b 'secret' 00"));
  EXPECT_EQ(decode_password(body_of(password)), "secret");
  Buffer initial;
  encode_sasl_initial(initial, "SCRAM-SHA-256", "n,,n=,r=x");
  EXPECT_EQ(initial.text(), wire("70 0000001f 'SCRAM-SHA-256' 00 00000009 'n,,n=,r=x'"));
  EXPECT_EQ(decode_sasl_initial(body_of(initial)).mechanism, "SCRAM-SHA-256");
  EXPECT_EQ(decode_sasl_initial(body_of(initial)).data, "n,,n=,r=x");
  EXPECT_EQ(decode_sasl_initial(as_bytes(wire("'X' 00 ffffffff"))).data, std::nullopt);
  Buffer response;
  encode_sasl_response(response, "c=biws");
  EXPECT_EQ(response.text(), wire("70 0000000a 'c=biws'"));
  EXPECT_EQ(decode_sasl_response(body_of(response)), "c=biws");
}

TEST(FrontendMessages, Query) {
  Buffer out;
  encode_query(out, "select 1");
  EXPECT_EQ(out.text(), wire("51 0000000d 'select 1' 00"));
  EXPECT_EQ(decode_query(body_of(out)), "select 1");
}

TEST(FrontendMessages, Parse) {
  Buffer out;
  const std::uint32_t oids[] = {23, 0};
  encode_parse(out, "s1", "select $1, $2", oids);
  EXPECT_EQ(out.text(), wire("50 0000001f 's1' 00 'select $1, $2' 00 0002 00000017 00000000"));
  const auto message = decode_parse(body_of(out));
  EXPECT_EQ(message.statement, "s1");
  EXPECT_EQ(message.sql, "select $1, $2");
  EXPECT_THAT(message.parameter_oids, ElementsAre(23, 0));
}

TEST(FrontendMessages, Bind) {
  Buffer out;
  const Format binary[] = {Format::binary};
  BindEncoder bind(out, "", "s1", binary, 4);
  bind.value(std::int32_t{42});
  bind.null();
  bind.value("abc"sv);
  const auto mark = bind.open_value();
  out.append("de"sv);
  bind.close_value(mark);
  bind.finish(binary);
  EXPECT_EQ(out.text(), wire("42 0000002b 00 's1' 00 0001 0001 0004 00000004 0000002a ffffffff"
                             "00000003 'abc' 00000002 'de' 0001 0001"));
  const auto message = decode_bind(body_of(out));
  EXPECT_EQ(message.portal, "");
  EXPECT_EQ(message.statement, "s1");
  EXPECT_EQ(message.format_of_parameter(3), Format::binary);
  ASSERT_EQ(message.parameters.size(), 4U);
  EXPECT_EQ(decode_int4(message.parameters[0]), 42);
  EXPECT_TRUE(message.parameters[1].is_null());
  EXPECT_EQ(message.parameters[2].text(), "abc");
  EXPECT_EQ(message.parameters[3].text(), "de");
  EXPECT_THAT(message.result_formats, ElementsAre(Format::binary));
}

TEST(FrontendMessages, BindThatIsNotFinishedIsTakenBack) {
  Buffer out;
  encode_sync(out);
  { BindEncoder bind(out, "", "s1", {}, 1); }
  EXPECT_EQ(out.text(), wire("53 00000004"));
  EXPECT_EQ(kind_of([&] { BindEncoder(out, "", "s1", {}, 65536); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { BindEncoder(out, "", "a\0b"sv, {}, 0); }), ErrorKind::data);
  EXPECT_EQ(out.text(), wire("53 00000004"));
}

TEST(FrontendMessages, DescribeCloseExecute) {
  Buffer describe;
  encode_describe(describe, Target::statement, "s1");
  EXPECT_EQ(describe.text(), wire("44 00000008 'S' 's1' 00"));
  EXPECT_EQ(decode_target(body_of(describe)).target, Target::statement);
  EXPECT_EQ(decode_target(body_of(describe)).name, "s1");
  Buffer close;
  encode_close(close, Target::portal, "");
  EXPECT_EQ(close.text(), wire("43 00000006 'P' 00"));
  EXPECT_EQ(decode_target(body_of(close)).target, Target::portal);
  Buffer execute;
  encode_execute(execute, "p", 100);
  EXPECT_EQ(execute.text(), wire("45 0000000a 'p' 00 00000064"));
  EXPECT_EQ(decode_execute(body_of(execute)).rows_max, 100);
}

TEST(FrontendMessages, MessagesWithoutABody) {
  Buffer out;
  encode_sync(out);
  encode_flush(out);
  encode_copy_done(out);
  encode_terminate(out);
  EXPECT_EQ(out.text(), wire("53 00000004 48 00000004 63 00000004 58 00000004"));
}

TEST(FrontendMessages, Copy) {
  Buffer data;
  encode_copy_data(data, as_bytes("a\tb\n"));
  EXPECT_EQ(data.text(), wire("64 00000008 'a' 09 'b' 0a"));
  Buffer fail;
  encode_copy_fail(fail, "stopped");
  EXPECT_EQ(fail.text(), wire("66 0000000c 'stopped' 00"));
  EXPECT_EQ(decode_copy_fail(body_of(fail)), "stopped");
}

TEST(FrontendMessages, ZeroBytesCannotShiftTheRest) {
  Buffer out;
  encode_sync(out);
  const auto zero = "select 1\0; drop table t"sv;
  const Setting settings[] = {{"user", zero}};
  EXPECT_EQ(kind_of([&] { encode_query(out, zero); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { encode_parse(out, "", zero, {}); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { encode_password(out, zero); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { encode_startup(out, settings); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { encode_execute(out, zero, 0); }), ErrorKind::data);
  EXPECT_EQ(kind_of([&] { encode_close(out, Target::portal, zero); }), ErrorKind::data);
  EXPECT_EQ(out.text(), wire("53 00000004"));
}

}  // namespace
}  // namespace iacdb::wire::postgres
