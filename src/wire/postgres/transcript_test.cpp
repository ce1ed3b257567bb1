// Whole conversations, split at every byte: what arrives in which pieces must make no difference.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "wire/postgres/array.hpp"
#include "wire/postgres/backend_encode.hpp"
#include "wire/postgres/copy_binary.hpp"
#include "wire/postgres/framing.hpp"
#include "wire/postgres/frontend_decode.hpp"
#include "wire/postgres/frontend_encode.hpp"
#include "wire/postgres/notice.hpp"
#include "wire/postgres/test_bytes.hpp"

namespace iacdb::wire::postgres {
namespace {

using base::as_bytes;
using base::as_text;

/// A client's stream: one message after the other, cut as it arrives. Answers what was cut.
class Receiver {
 public:
  explicit Receiver(Sender sender) : sender_(sender) {}

  void receive(base::Bytes piece) {
    input_.append(piece);
    while (const Message message = next_message(input_.view(), 1 << 20, sender_)) {
      messages_.push_back(message.type + std::string(as_text(message.body)));
      input_.consume(message.size_bytes);
    }
  }
  const std::vector<std::string>& messages() const { return messages_; }
  bool is_done() const { return input_.empty(); }

 private:
  Sender sender_;
  Buffer input_;
  std::vector<std::string> messages_;
};

void expect_same_in_pieces(base::Bytes stream, Sender sender) {
  Receiver whole(sender);
  whole.receive(stream);
  ASSERT_TRUE(whole.is_done());
  for (std::size_t split = 0; split <= stream.size(); ++split) {
    Receiver halves(sender);
    halves.receive(stream.first(split));
    halves.receive(stream.subspan(split));
    ASSERT_EQ(halves.messages(), whole.messages()) << "split at " << split;
  }
  Receiver drops(sender);
  for (const std::byte& drop : stream) drops.receive({&drop, 1});
  EXPECT_EQ(drops.messages(), whole.messages());
}

void script_login(Buffer& out) {
  const std::string_view mechanisms[] = {"SCRAM-SHA-256"};
  encode_authentication_sasl(out, mechanisms);
  encode_authentication(out, AuthenticationCode::sasl_continue, as_bytes("r=x,s=AAAA,i=1"));
  encode_authentication(out, AuthenticationCode::sasl_final, as_bytes("v=AAAA"));
  encode_authentication(out, AuthenticationCode::ok);
  encode_parameter_status(out, "server_version", "15.6");
  encode_backend_key_data(out, 17, as_bytes("\1\2\3\4"));
  encode_ready_for_query(out, TransactionStatus::idle);
}

void script_results(Buffer& out) {
  encode_bodyless(out, backend::parse_complete);
  const std::uint32_t oids[] = {23};
  encode_parameter_description(out, oids);
  FieldDescription field;
  field.name = "id";
  field.type_oid = 23;
  field.format = Format::binary;
  encode_row_description(out, {&field, 1});
  encode_bodyless(out, backend::bind_complete);
  for (std::int32_t id = 0; id < 3; ++id) {
    RowEncoder row(out, 2);
    row.value(id);
    row.null();
    row.finish();
  }
  encode_bodyless(out, backend::portal_suspended);
  encode_command_complete(out, "SELECT 3");
  Notice notice;
  notice.severity = "ERROR";
  notice.code = "42P01";
  notice.message = "no such table";
  encode_notice(out, backend::error_response, notice);
  encode_notification(out, {5, "channel", "payload"});
  encode_ready_for_query(out, TransactionStatus::failed);
}

void script_copy(Buffer& out) {
  const Format formats[] = {Format::binary};
  encode_copy_response(out, backend::copy_out_response, Format::binary, formats);
  Buffer body;
  append_copy_header(body);
  body.append_be(std::uint16_t{1});
  put_field(body.extend(8), std::int32_t{9});
  encode_copy_data(out, body.view());
  encode_copy_data(out, as_bytes("\xff\xff"));
  encode_copy_done(out);
  encode_command_complete(out, "COPY 1");
}

TEST(Transcript, AServersWords) {
  Buffer out;
  script_login(out);
  script_results(out);
  script_copy(out);
  expect_same_in_pieces(out.view(), Sender::backend);
}

TEST(Transcript, AClientsWords) {
  Buffer out;
  encode_sasl_initial(out, "SCRAM-SHA-256", "n,,n=,r=x");
  encode_sasl_response(out, "c=biws,r=xy,p=AAAA");
  encode_parse(out, "s1", "select $1", {});
  const Format binary[] = {Format::binary};
  BindEncoder bind(out, "", "s1", binary, 2);
  bind.value(std::int64_t{7});
  bind.null();
  bind.finish(binary);
  encode_describe(out, Target::portal, "");
  encode_execute(out, "", 0);
  encode_close(out, Target::statement, "s1");
  encode_sync(out);
  encode_query(out, "copy t from stdin (format binary)");
  CopyEncoder copy(out);
  copy.begin();
  copy.end_row(put_field(copy.begin_row(1, 8), std::int32_t{1}));
  copy.end();
  encode_terminate(out);
  expect_same_in_pieces(out.view(), Sender::frontend);
}

/// Reads one body with the decoder of its type, to the last byte.
void decode_backend(char type, base::Bytes body) {
  std::vector<FieldDescription> fields;
  std::vector<std::uint32_t> oids;
  switch (type) {
    case backend::authentication:
      decode_authentication(body);
      break;
    case backend::parameter_status:
      decode_parameter_status(body);
      break;
    case backend::backend_key_data:
      decode_backend_key_data(body);
      break;
    case backend::ready_for_query:
      decode_ready_for_query(body);
      break;
    case backend::row_description:
      decode_row_description(body, fields);
      break;
    case backend::parameter_description:
      decode_parameter_description(body, oids);
      break;
    case backend::command_complete:
      decode_command_complete(body);
      break;
    case backend::notification_response:
      decode_notification(body);
      break;
    case backend::copy_out_response:
      decode_copy_response(body);
      break;
    case backend::error_response:
      decode_notice(body);
      break;
    case backend::data_row: {
      DataRow row(body);
      for (unsigned i = 0; i < row.size(); ++i) row.next();
      row.finish();
      break;
    }
    case backend::copy_data:
      break;  // any bytes
    default:
      decode_empty(body);
  }
}

void decode_frontend(char type, base::Bytes body) {
  switch (type) {
    case frontend::parse:
      decode_parse(body);
      break;
    case frontend::bind:
      decode_bind(body);
      break;
    case frontend::describe:
    case frontend::close:
      decode_target(body);
      break;
    case frontend::execute:
      decode_execute(body);
      break;
    case frontend::query:
      decode_query(body);
      break;
    case frontend::password:
      decode_sasl_initial(body);
      break;
    default:
      decode_empty(body);
  }
}

using Decode = std::function<void(char, base::Bytes)>;

/// Each message is good as it is, and malformed when its body loses its last byte or gains one.
void expect_exact(base::Bytes stream, Sender sender, const Decode& decode, std::string_view free) {
  while (const Message message = next_message(stream, 1 << 20, sender)) {
    stream = stream.subspan(message.size_bytes);
    decode(message.type, message.body);
    if (free.find(message.type) != std::string_view::npos) continue;
    for (std::size_t size = 0; size < message.body.size(); ++size) {
      // A copy of its own size, so that a sanitizer sees a read behind the end.
      const std::vector<std::byte> cut(message.body.begin(), message.body.begin() + size);
      EXPECT_TRUE(is_malformed([&] { decode(message.type, cut); })) << message.type << " " << size;
    }
    std::vector<std::byte> longer(message.body.begin(), message.body.end());
    longer.push_back(std::byte{0});
    EXPECT_TRUE(is_malformed([&] { decode(message.type, longer); })) << message.type;
  }
}

TEST(Transcript, EveryByteOfAServersMessageCounts) {
  Buffer out;
  script_login(out);
  script_results(out);
  script_copy(out);
  // Authentication and BackendKeyData end in bytes of any number; CopyData is all that.
  expect_exact(out.view(), Sender::backend, decode_backend, "RKd");
}

TEST(Transcript, EveryByteOfAClientsMessageCounts) {
  Buffer out;
  encode_sasl_initial(out, "SCRAM-SHA-256", "n,,n=,r=x");
  const std::uint32_t oids[] = {23, 25};
  encode_parse(out, "s1", "select $1, $2", oids);
  const Format formats[] = {Format::binary, Format::text};
  BindEncoder bind(out, "p", "s1", formats, 2);
  bind.value(std::int64_t{7});
  bind.value(std::string_view("x"));
  bind.finish(formats);
  encode_describe(out, Target::portal, "p");
  encode_execute(out, "p", 5);
  encode_query(out, "select 1");
  encode_sync(out);
  expect_exact(out.view(), Sender::frontend, decode_frontend, "");
}

TEST(Transcript, CountsThatLieAreMalformedBeforeTheyCostMemory) {
  const std::pair<char, const char*> cases[] = {
      {backend::row_description, "ffff"},
      {backend::row_description, "0001 00 00000000 0000 00000000 0000 00000000 0002"},
      {backend::parameter_description, "ffff 00000000"},
      {backend::data_row, "0001 fffffffe"},
      {backend::data_row, "0001 80000000"},
      {backend::data_row, "0001 00000001"},
      {backend::data_row, "ffff"},
      {backend::copy_out_response, "02 0000"},
      {backend::copy_out_response, "01 ffff 0001"},
      {backend::backend_key_data, "00000001 000000"},
      {backend::command_complete, "'SELECT 1'"},
  };
  for (const auto& [type, bytes] : cases) {
    const auto body = wire(bytes);
    EXPECT_TRUE(is_malformed([&, kind = type] { decode_backend(kind, as_bytes(body)); }))
        << type << " " << bytes;
  }
  const std::pair<char, const char*> clients[] = {
      {frontend::bind, "00 00 ffff"},
      {frontend::bind, "00 00 0001 0002 0000 0000"},
      {frontend::bind, "00 00 0000 0001 fffffffe 0000"},
      {frontend::bind, "00 00 0002 0000 0000 0001 ffffffff 0000"},
      {frontend::parse, "00 00 ffff"},
      {frontend::describe, "'X' 00"},
      {frontend::password, "'SCRAM' 00 fffffffe"},
  };
  for (const auto& [type, bytes] : clients) {
    const auto body = wire(bytes);
    EXPECT_TRUE(is_malformed([&, kind = type] { decode_frontend(kind, as_bytes(body)); }))
        << type << " " << bytes;
  }
  for (const char* bytes :
       {"", "000300", "00020000", "00030000 'user'", "00030000 'user' 00 'a' 00", "00030000 00 00",
        "04d2162f 00", "04d2162e 00000001", "00030000"}) {
    const auto body = wire(bytes);
    EXPECT_TRUE(is_malformed([&] { decode_startup(as_bytes(body)); })) << bytes;
  }
}

}  // namespace
}  // namespace iacdb::wire::postgres
