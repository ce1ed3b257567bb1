#include "wire/postgres/backend_encode.hpp"

namespace iacdb::wire::postgres {
namespace {

void append_count(base::Buffer& out, std::size_t count) {
  if (count > 65535) raise_data("a PostgreSQL message holds 65,535 columns at most");
  out.append_be(static_cast<std::uint16_t>(count));
}

}  // namespace

void encode_authentication(base::Buffer& out, AuthenticationCode code, base::Bytes data) {
  MessageWriter message(out, backend::authentication, 4 + data.size());
  out.append_be(static_cast<std::int32_t>(code));
  out.append(data);
  message.finish();
}

void encode_authentication_sasl(base::Buffer& out, std::span<const std::string_view> mechanisms) {
  MessageWriter message(out, backend::authentication);
  out.append_be(static_cast<std::int32_t>(AuthenticationCode::sasl));
  for (const auto name : mechanisms) out.append_cstring(text_for_wire(name));
  out.append_u8(0);
  message.finish();
}

void encode_parameter_status(base::Buffer& out, std::string_view name, std::string_view value) {
  MessageWriter message(out, backend::parameter_status);
  out.append_cstring(text_for_wire(name));
  out.append_cstring(text_for_wire(value));
  message.finish();
}

void encode_backend_key_data(base::Buffer& out, std::int32_t process_id, base::Bytes secret_key) {
  MessageWriter message(out, backend::backend_key_data);
  out.append_be(process_id);
  out.append(secret_key);
  message.finish();
}

void encode_ready_for_query(base::Buffer& out, TransactionStatus status) {
  MessageWriter message(out, backend::ready_for_query);
  out.append_u8(static_cast<std::uint8_t>(status));
  message.finish();
}

void encode_negotiate_protocol_version(base::Buffer& out, std::int32_t newest_minor,
                                       std::span<const std::string_view> unknown_options) {
  MessageWriter message(out, backend::negotiate_protocol_version);
  out.append_be(newest_minor);
  out.append_be(static_cast<std::int32_t>(unknown_options.size()));
  for (const auto option : unknown_options) out.append_cstring(text_for_wire(option));
  message.finish();
}

void encode_row_description(base::Buffer& out, std::span<const FieldDescription> fields) {
  MessageWriter message(out, backend::row_description, 2 + fields.size() * 32);
  append_count(out, fields.size());
  for (const auto& field : fields) {
    out.append_cstring(text_for_wire(field.name));
    out.append_be(field.table_oid);
    out.append_be(field.column_number);
    out.append_be(field.type_oid);
    out.append_be(field.type_bytes);
    out.append_be(field.type_modifier);
    out.append_be(static_cast<std::int16_t>(field.format));
  }
  message.finish();
}

void encode_parameter_description(base::Buffer& out, std::span<const std::uint32_t> type_oids) {
  MessageWriter message(out, backend::parameter_description, 2 + type_oids.size() * 4);
  append_count(out, type_oids.size());
  for (const auto oid : type_oids) out.append_be(oid);
  message.finish();
}

void encode_command_complete(base::Buffer& out, std::string_view tag) {
  MessageWriter message(out, backend::command_complete, tag.size() + 1);
  out.append_cstring(text_for_wire(tag));
  message.finish();
}

void encode_notification(base::Buffer& out, const Notification& notification) {
  MessageWriter message(out, backend::notification_response);
  out.append_be(notification.process_id);
  out.append_cstring(text_for_wire(notification.channel));
  out.append_cstring(text_for_wire(notification.payload));
  message.finish();
}

void encode_copy_response(base::Buffer& out, char type, Format format,
                          std::span<const Format> column_formats) {
  MessageWriter message(out, type);
  out.append_u8(static_cast<std::uint8_t>(format));
  append_count(out, column_formats.size());
  for (const Format column : column_formats) out.append_be(static_cast<std::int16_t>(column));
  message.finish();
}

void encode_bodyless(base::Buffer& out, char type) {
  MessageWriter(out, type).finish();
}

}  // namespace iacdb::wire::postgres
