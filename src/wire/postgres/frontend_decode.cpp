#include "wire/postgres/frontend_decode.hpp"

#include "wire/postgres/body_reader.hpp"

namespace iacdb::wire::postgres {
namespace {

void read_formats(BodyReader& in, std::vector<Format>& formats) {
  formats.resize(in.count(2));
  for (auto& format : formats) {
    const auto code = in.be<std::int16_t>();
    if (code != 0 && code != 1) in.fail();
    format = static_cast<Format>(code);
  }
}

Field read_field(BodyReader& in) {
  const auto size = in.be<std::int32_t>();
  if (size == -1) return {};
  if (size < 0) in.fail();
  return {in.bytes(static_cast<std::size_t>(size)).data(), static_cast<std::uint32_t>(size)};
}

std::string_view read_only_text(base::Bytes body, std::string_view part) {
  BodyReader in(body, part);
  const auto text = in.cstring();
  in.finish();
  return text;
}

void read_settings(BodyReader& in, StartupPacket& packet) {
  for (auto name = in.cstring(); !name.empty(); name = in.cstring()) {
    packet.settings.emplace_back(name, in.cstring());
  }
  in.finish();
}

}  // namespace

std::string_view StartupPacket::setting(std::string_view name) const noexcept {
  for (const auto& [known, value] : settings) {
    if (known == name) return value;
  }
  return {};
}

StartupPacket decode_startup(base::Bytes body) {
  BodyReader in(body, "startup packet");
  StartupPacket packet;
  packet.version = in.be<std::int32_t>();
  switch (packet.version) {
    case ssl_request_code:
      packet.kind = StartupPacket::Kind::ssl;
      break;
    case gssenc_request_code:
      packet.kind = StartupPacket::Kind::gssenc;
      break;
    case cancel_request_code:
      packet.kind = StartupPacket::Kind::cancel;
      packet.process_id = in.be<std::int32_t>();
      packet.secret_key = in.rest();
      if (packet.secret_key.size() < 4 || packet.secret_key.size() > 256) in.fail();
      return packet;
    default:
      if (packet.version >> 16 != 3) in.fail();
      read_settings(in, packet);
      return packet;
  }
  in.finish();
  return packet;
}

std::string_view decode_password(base::Bytes body) {
  return read_only_text(body, "Password");
}
std::string_view decode_query(base::Bytes body) {
  return read_only_text(body, "Query");
}
std::string_view decode_copy_fail(base::Bytes body) {
  return read_only_text(body, "CopyFail");
}

SaslInitial decode_sasl_initial(base::Bytes body) {
  BodyReader in(body, "SASLInitialResponse");
  SaslInitial message;
  message.mechanism = in.cstring();
  if (const Field data = read_field(in); !data.is_null()) message.data = data.text();
  in.finish();
  return message;
}

Parse decode_parse(base::Bytes body) {
  BodyReader in(body, "Parse");
  Parse message;
  message.statement = in.cstring();
  message.sql = in.cstring();
  message.parameter_oids.resize(in.count(4));
  for (auto& oid : message.parameter_oids) oid = in.be<std::uint32_t>();
  in.finish();
  return message;
}

Format Bind::format_of_parameter(std::size_t index) const noexcept {
  if (parameter_formats.empty()) return Format::text;
  return parameter_formats.size() == 1 ? parameter_formats[0] : parameter_formats[index];
}

Bind decode_bind(base::Bytes body) {
  BodyReader in(body, "Bind");
  Bind message;
  message.portal = in.cstring();
  message.statement = in.cstring();
  read_formats(in, message.parameter_formats);
  message.parameters.resize(in.count(4));
  for (auto& parameter : message.parameters) parameter = read_field(in);
  read_formats(in, message.result_formats);
  in.finish();
  const auto formats = message.parameter_formats.size();
  if (formats > 1 && formats != message.parameters.size()) in.fail();
  return message;
}

TargetName decode_target(base::Bytes body) {
  BodyReader in(body, "Describe or Close");
  TargetName message;
  message.target = static_cast<Target>(in.character());
  if (message.target != Target::statement && message.target != Target::portal) in.fail();
  message.name = in.cstring();
  in.finish();
  return message;
}

Execute decode_execute(base::Bytes body) {
  BodyReader in(body, "Execute");
  Execute message;
  message.portal = in.cstring();
  message.rows_max = in.be<std::int32_t>();
  in.finish();
  return message;
}

}  // namespace iacdb::wire::postgres
