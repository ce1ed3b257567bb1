#include "wire/postgres/notice.hpp"

#include <gtest/gtest.h>

#include "wire/postgres/framing.hpp"
#include "wire/postgres/test_bytes.hpp"

namespace iacdb::wire::postgres {
namespace {

using base::as_bytes;

TEST(Notice, ReadsTheFieldsAServerSends) {
  const auto body = wire(
      "'SFEHLER' 00 'VERROR' 00 'C23505' 00 'Mdoppelt' 00 'DKey (id)=(1)' 00 'Hhint' 00 'P15' 00"
      "'p3' 00 'qselect' 00 'Wcontext' 00 'spublic' 00 'tusers' 00 'cid' 00 'dint4' 00"
      "'nusers_pkey' 00 'Fnbtinsert.c' 00 'L664' 00 'R_bt_check_unique' 00 00");
  const Notice notice = decode_notice(as_bytes(body));
  EXPECT_EQ(notice.severity, "ERROR");
  EXPECT_EQ(notice.severity_localized, "FEHLER");
  EXPECT_EQ(notice.code, "23505");
  EXPECT_EQ(notice.message, "doppelt");
  EXPECT_EQ(notice.detail, "Key (id)=(1)");
  EXPECT_EQ(notice.hint, "hint");
  EXPECT_EQ(notice.position, 15);
  EXPECT_EQ(notice.internal_position, 3);
  EXPECT_EQ(notice.internal_query, "select");
  EXPECT_EQ(notice.context, "context");
  EXPECT_EQ(notice.schema, "public");
  EXPECT_EQ(notice.table, "users");
  EXPECT_EQ(notice.column, "id");
  EXPECT_EQ(notice.data_type, "int4");
  EXPECT_EQ(notice.constraint, "users_pkey");
  EXPECT_EQ(notice.file, "nbtinsert.c");
  EXPECT_EQ(notice.line, "664");
  EXPECT_EQ(notice.routine, "_bt_check_unique");
  EXPECT_FALSE(notice.is_fatal());
}

TEST(Notice, SkipsUnknownFieldsAndOldServersHaveNoV) {
  const auto body = wire("'SFATAL' 00 'Zfuture' 00 'C57P01' 00 'Pnonsense' 00 00");
  const Notice notice = decode_notice(as_bytes(body));
  EXPECT_EQ(notice.severity, "FATAL");
  EXPECT_EQ(notice.code, "57P01");
  EXPECT_EQ(notice.position, 0);
  EXPECT_TRUE(notice.is_fatal());
}

TEST(Notice, RoundTrips) {
  Notice notice;
  notice.severity = notice.severity_localized = "ERROR";
  notice.code = "42601";
  notice.message = "syntax error";
  notice.position = 8;
  Buffer out;
  encode_notice(out, 'E', notice);
  EXPECT_EQ(out.text(),
            wire("45 0000002b 'SERROR' 00 'VERROR' 00 'C42601' 00 'Msyntax error' 00 'P8' 00 00"));
  const Notice back = decode_notice(next_message(out.view()).body);
  EXPECT_EQ(back.message, notice.message);
  EXPECT_EQ(back.position, 8);
}

TEST(Notice, RefusesBodiesThatDoNotEnd) {
  for (const char* bytes : {"", "'SERROR'", "'SERROR' 00", "'SERROR' 00 00 'x'", "'S'"}) {
    const auto body = wire(bytes);
    EXPECT_TRUE(is_malformed([&] { decode_notice(as_bytes(body)); })) << bytes;
  }
}

}  // namespace
}  // namespace iacdb::wire::postgres
