// What a PostgreSQL server might send: every message decodes or is refused as malformed, and no
// view that comes out lies outside the input.

#include <cstdint>
#include <cstdlib>
#include <iacdb/error.hpp>
#include <vector>

#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/data_row.hpp"
#include "wire/postgres/framing.hpp"
#include "wire/postgres/notice.hpp"

namespace {

namespace pg = iacdb::wire::postgres;
using iacdb::base::Bytes;

/// Reads every byte, so that a sanitizer sees a view that leads elsewhere.
std::size_t touch(std::string_view text) {
  std::size_t sum = 0;
  for (const char c : text) sum += static_cast<unsigned char>(c);
  return sum;
}

std::size_t decode_row(Bytes body) {
  pg::DataRow row(body);
  std::size_t sum = 0;
  for (int i = 0; i < row.size(); ++i) sum += touch(row.next().text());
  row.finish();
  return sum;
}

std::size_t decode_rows_shape(Bytes body) {
  std::vector<pg::FieldDescription> fields;
  pg::decode_row_description(body, fields);
  std::size_t sum = 0;
  for (const auto& field : fields) sum += touch(field.name);
  return sum;
}

std::size_t decode_authentication(Bytes body) {
  const auto authentication = pg::decode_authentication(body);
  if (authentication.code != pg::AuthenticationCode::sasl) return 0;
  std::size_t sum = 0;
  for (const auto name : pg::decode_sasl_mechanisms(authentication.data)) sum += touch(name);
  return sum;
}

std::size_t decode_status(Bytes body) {
  const auto status = pg::decode_parameter_status(body);
  return touch(status.name) + touch(status.value);
}

std::size_t decode_notification(Bytes body) {
  const auto notification = pg::decode_notification(body);
  return touch(notification.channel) + touch(notification.payload);
}

std::size_t decode_notice(Bytes body) {
  const auto notice = pg::decode_notice(body);
  return touch(notice.message) + touch(notice.code) + touch(notice.routine);
}

std::size_t decode_parameters(Bytes body) {
  std::vector<std::uint32_t> types;
  pg::decode_parameter_description(body, types);
  return types.size();
}

std::size_t decode_tag(Bytes body) {
  const auto tag = pg::decode_command_complete(body);
  return pg::rows_of_tag(tag).value_or(0) + touch(tag);
}

std::size_t decode(const pg::Message& message) {
  switch (message.type) {
    case pg::backend::data_row:
      return decode_row(message.body);
    case pg::backend::row_description:
      return decode_rows_shape(message.body);
    case pg::backend::authentication:
      return decode_authentication(message.body);
    case pg::backend::parameter_status:
      return decode_status(message.body);
    case pg::backend::notification_response:
      return decode_notification(message.body);
    case pg::backend::error_response:
    case pg::backend::notice_response:
      return decode_notice(message.body);
    case pg::backend::parameter_description:
      return decode_parameters(message.body);
    case pg::backend::command_complete:
      return decode_tag(message.body);
    case pg::backend::backend_key_data:
      return pg::decode_backend_key_data(message.body).secret_key.size();
    case pg::backend::ready_for_query:
      return static_cast<std::size_t>(pg::decode_ready_for_query(message.body));
    case pg::backend::copy_in_response:
    case pg::backend::copy_out_response:
    case pg::backend::copy_both_response:
      return pg::decode_copy_response(message.body).column_formats.size();
    case pg::backend::negotiate_protocol_version:
      return pg::decode_negotiate_protocol_version(message.body).unknown_options.size();
    default:
      pg::decode_empty(message.body);
      return 0;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes input{reinterpret_cast<const std::byte*>(data), size};
  volatile std::size_t sink = 0;
  try {
    while (const pg::Message message = pg::next_message(input, 1 << 20)) {
      if (message.size_bytes > input.size()) std::abort();
      input = input.subspan(message.size_bytes);
      try {
        sink = sink + decode(message);
      } catch (const iacdb::Error& error) {
        if (!error.breaks_connection()) std::abort();
      }
    }
  } catch (const iacdb::Error& error) {
    if (!error.breaks_connection()) std::abort();
  }
  return 0;
}
