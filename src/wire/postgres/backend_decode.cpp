#include "wire/postgres/backend_decode.hpp"

#include <charconv>

#include "wire/postgres/body_reader.hpp"

namespace iacdb::wire::postgres {
namespace {

Format format_of(std::int16_t code, const BodyReader& in) {
  if (code != 0 && code != 1) in.fail();
  return static_cast<Format>(code);
}

}  // namespace

Authentication decode_authentication(base::Bytes body) {
  BodyReader in(body, "Authentication");
  Authentication message;
  message.code = static_cast<AuthenticationCode>(in.be<std::int32_t>());
  message.data = in.rest();
  return message;
}

std::vector<std::string_view> decode_sasl_mechanisms(base::Bytes data) {
  BodyReader in(data, "AuthenticationSASL");
  std::vector<std::string_view> names;
  for (auto name = in.cstring(); !name.empty(); name = in.cstring()) names.push_back(name);
  in.finish();
  return names;
}

ParameterStatus decode_parameter_status(base::Bytes body) {
  BodyReader in(body, "ParameterStatus");
  ParameterStatus message;
  message.name = in.cstring();
  message.value = in.cstring();
  in.finish();
  return message;
}

BackendKeyData decode_backend_key_data(base::Bytes body) {
  BodyReader in(body, "BackendKeyData");
  BackendKeyData message;
  message.process_id = in.be<std::int32_t>();
  message.secret_key = in.rest();
  if (message.secret_key.size() < 4 || message.secret_key.size() > 256) in.fail();
  return message;
}

TransactionStatus decode_ready_for_query(base::Bytes body) {
  BodyReader in(body, "ReadyForQuery");
  const char status = in.character();
  if (status != 'I' && status != 'T' && status != 'E') in.fail();
  in.finish();
  return static_cast<TransactionStatus>(status);
}

void decode_row_description(base::Bytes body, std::vector<FieldDescription>& fields) {
  BodyReader in(body, "RowDescription");
  fields.resize(in.count(19));  // a name's zero byte and 18 bytes of numbers
  for (auto& field : fields) {
    field.name = in.cstring();
    field.table_oid = in.be<std::uint32_t>();
    field.column_number = in.be<std::int16_t>();
    field.type_oid = in.be<std::uint32_t>();
    field.type_bytes = in.be<std::int16_t>();
    field.type_modifier = in.be<std::int32_t>();
    field.format = format_of(in.be<std::int16_t>(), in);
  }
  in.finish();
}

void decode_parameter_description(base::Bytes body, std::vector<std::uint32_t>& type_oids) {
  BodyReader in(body, "ParameterDescription");
  type_oids.resize(in.count(4));
  for (auto& oid : type_oids) oid = in.be<std::uint32_t>();
  in.finish();
}

std::string_view decode_command_complete(base::Bytes body) {
  BodyReader in(body, "CommandComplete");
  const auto tag = in.cstring();
  in.finish();
  return tag;
}

std::optional<std::uint64_t> rows_of_tag(std::string_view tag) noexcept {
  const auto space = tag.rfind(' ');
  if (space == std::string_view::npos) return std::nullopt;
  std::uint64_t rows = 0;
  const char* const end = tag.data() + tag.size();
  const auto [stop, error] = std::from_chars(tag.data() + space + 1, end, rows);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return rows;
}

Notification decode_notification(base::Bytes body) {
  BodyReader in(body, "NotificationResponse");
  Notification message;
  message.process_id = in.be<std::int32_t>();
  message.channel = in.cstring();
  message.payload = in.cstring();
  in.finish();
  return message;
}

CopyResponse decode_copy_response(base::Bytes body) {
  BodyReader in(body, "CopyResponse");
  CopyResponse message;
  message.format = format_of(in.be<std::int8_t>(), in);
  message.column_formats.resize(in.count(2));
  for (auto& format : message.column_formats) format = format_of(in.be<std::int16_t>(), in);
  in.finish();
  return message;
}

NegotiateProtocolVersion decode_negotiate_protocol_version(base::Bytes body) {
  BodyReader in(body, "NegotiateProtocolVersion");
  NegotiateProtocolVersion message;
  message.newest_minor = in.be<std::int32_t>();
  const auto options_count = in.be<std::uint32_t>();
  if (options_count > in.remaining()) in.fail();
  message.unknown_options.reserve(options_count);
  for (std::uint32_t i = 0; i < options_count; ++i) message.unknown_options.push_back(in.cstring());
  in.finish();
  return message;
}

void decode_empty(base::Bytes body) {
  BodyReader(body, "message without a body").finish();
}

}  // namespace iacdb::wire::postgres
