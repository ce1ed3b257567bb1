#include "wire/postgres/frontend_encode.hpp"

#include "wire/postgres/message_writer.hpp"

namespace iacdb::wire::postgres {
namespace {

void encode_empty(base::Buffer& out, char type) {
  std::byte* to = out.extend(5);
  *to = static_cast<std::byte>(type);
  base::store_be<std::int32_t>(to + 1, 4);
}

void encode_number(base::Buffer& out, std::int32_t number) {
  std::byte* to = out.extend(8);
  base::store_be(base::put_be<std::int32_t>(to, 8), number);
}

void encode_text(base::Buffer& out, char type, std::string_view text) {
  MessageWriter message(out, type, text.size() + 1);
  out.append_cstring(text_for_wire(text));
  message.finish();
}

void encode_target(base::Buffer& out, char type, Target target, std::string_view name) {
  MessageWriter message(out, type, name.size() + 2);
  out.append_u8(static_cast<std::uint8_t>(target));
  out.append_cstring(text_for_wire(name));
  message.finish();
}

void append_formats(base::Buffer& out, std::span<const Format> formats) {
  std::byte* to = out.extend(2 + formats.size() * 2);
  to = base::put_be(to, static_cast<std::uint16_t>(formats.size()));
  for (const Format format : formats) to = base::put_be(to, static_cast<std::int16_t>(format));
}

void check_count(std::size_t count) {
  if (count > 65535) [[unlikely]]
    raise_data("PostgreSQL takes 65,535 parameters at most; use arrays or COPY");
}

}  // namespace

void encode_startup(base::Buffer& out, std::span<const Setting> settings, std::int32_t version) {
  MessageWriter message(out, 0);
  out.append_be(version);
  for (const auto& [name, value] : settings) {
    if (name.empty()) raise_data("a startup setting for PostgreSQL has no name");
    out.append_cstring(text_for_wire(name));
    out.append_cstring(text_for_wire(value));
  }
  out.append_u8(0);
  message.finish();
}

void encode_ssl_request(base::Buffer& out) {
  encode_number(out, ssl_request_code);
}
void encode_gssenc_request(base::Buffer& out) {
  encode_number(out, gssenc_request_code);
}

void encode_cancel_request(base::Buffer& out, std::int32_t process_id, base::Bytes secret_key) {
  MessageWriter message(out, 0);
  out.append_be(cancel_request_code);
  out.append_be(process_id);
  out.append(secret_key);
  message.finish();
}

void encode_password(base::Buffer& out, std::string_view password) {
  encode_text(out, frontend::password, password);
}

void encode_sasl_initial(base::Buffer& out, std::string_view mechanism, std::string_view data) {
  MessageWriter message(out, frontend::password, mechanism.size() + 5 + data.size());
  out.append_cstring(text_for_wire(mechanism));
  out.append_be(static_cast<std::int32_t>(data.size()));
  out.append(data);
  message.finish();
}

void encode_sasl_response(base::Buffer& out, std::string_view data) {
  MessageWriter message(out, frontend::password, data.size());
  out.append(data);
  message.finish();
}

void encode_query(base::Buffer& out, std::string_view sql) {
  encode_text(out, frontend::query, sql);
}

void encode_parse(base::Buffer& out, std::string_view statement, std::string_view sql,
                  std::span<const std::uint32_t> parameter_oids) {
  check_count(parameter_oids.size());
  MessageWriter message(out, frontend::parse, statement.size() + sql.size() + 4);
  out.append_cstring(text_for_wire(statement));
  out.append_cstring(text_for_wire(sql));
  out.append_be(static_cast<std::uint16_t>(parameter_oids.size()));
  for (const auto oid : parameter_oids) out.append_be(oid);
  message.finish();
}

void encode_describe(base::Buffer& out, Target target, std::string_view name) {
  encode_target(out, frontend::describe, target, name);
}

void encode_close(base::Buffer& out, Target target, std::string_view name) {
  encode_target(out, frontend::close, target, name);
}

void encode_execute(base::Buffer& out, std::string_view portal, std::int32_t rows_max) {
  MessageWriter message(out, frontend::execute, portal.size() + 5);
  out.append_cstring(text_for_wire(portal));
  out.append_be(rows_max);
  message.finish();
}

void encode_sync(base::Buffer& out) {
  encode_empty(out, frontend::sync);
}
void encode_flush(base::Buffer& out) {
  encode_empty(out, frontend::flush);
}
void encode_terminate(base::Buffer& out) {
  encode_empty(out, frontend::terminate);
}
void encode_copy_done(base::Buffer& out) {
  encode_empty(out, frontend::copy_done);
}

void encode_copy_data(base::Buffer& out, base::Bytes data) {
  MessageWriter message(out, frontend::copy_data, data.size());
  out.append(data);
  message.finish();
}

void encode_copy_fail(base::Buffer& out, std::string_view reason) {
  encode_text(out, frontend::copy_fail, reason);
}

BindEncoder::BindEncoder(base::Buffer& out, std::string_view portal, std::string_view statement,
                         std::span<const Format> parameter_formats, std::size_t parameters_count)
    : out_(out), start_(out.size()) {
  check_count(parameters_count);
  check_count(parameter_formats.size());
  text_for_wire(portal);
  text_for_wire(statement);
  out_.prepare(32 + portal.size() + statement.size() + parameters_count * 12);
  out_.append_u8(static_cast<std::uint8_t>(frontend::bind));
  out_.append_be<std::int32_t>(0);
  out_.append_cstring(portal);
  out_.append_cstring(statement);
  append_formats(out_, parameter_formats);
  out_.append_be(static_cast<std::uint16_t>(parameters_count));
}

BindEncoder::~BindEncoder() {
  if (!finished_) out_.truncate(start_);
}

std::byte* BindEncoder::begin_value(std::size_t size) {
  if (size > message_bytes_max) raise_data("a parameter for PostgreSQL passes 1 GiB");
  return base::put_be(out_.extend(4 + size), static_cast<std::int32_t>(size));
}

void BindEncoder::close_value(std::size_t mark) {
  const std::size_t size = out_.size() - mark - 4;
  if (size > message_bytes_max) raise_data("a parameter for PostgreSQL passes 1 GiB");
  out_.patch_be(mark, static_cast<std::int32_t>(size));
}

void BindEncoder::finish(std::span<const Format> result_formats) {
  append_formats(out_, result_formats);
  const std::size_t length = out_.size() - start_ - 1;
  if (length > message_bytes_max) raise_data("the parameters for PostgreSQL pass 1 GiB in all");
  out_.patch_be(start_ + 1, static_cast<std::int32_t>(length));
  finished_ = true;
}

}  // namespace iacdb::wire::postgres
