#include "wire/postgres/notice.hpp"

#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "wire/postgres/body_reader.hpp"
#include "wire/postgres/message_writer.hpp"

namespace iacdb::wire::postgres {
namespace {

// PostgreSQL 15 documentation, 55.8. Positions are numbers and stand apart.
constexpr std::array<std::pair<char, std::string_view Notice::*>, 16> text_fields{{
    {'S', &Notice::severity_localized},
    {'V', &Notice::severity},
    {'C', &Notice::code},
    {'M', &Notice::message},
    {'D', &Notice::detail},
    {'H', &Notice::hint},
    {'W', &Notice::context},
    {'s', &Notice::schema},
    {'t', &Notice::table},
    {'c', &Notice::column},
    {'d', &Notice::data_type},
    {'n', &Notice::constraint},
    {'q', &Notice::internal_query},
    {'F', &Notice::file},
    {'L', &Notice::line},
    {'R', &Notice::routine},
}};

std::int32_t position_of(std::string_view text) noexcept {
  std::int32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value > 0 ? value : 0;
}

void store(Notice& notice, char code, std::string_view text) noexcept {
  if (code == 'P') notice.position = position_of(text);
  if (code == 'p') notice.internal_position = position_of(text);
  for (const auto& [known, member] : text_fields) {
    if (known == code) notice.*member = text;
  }
}

void append_field(base::Buffer& out, char code, std::string_view text) {
  if (text.empty()) return;
  out.append_u8(static_cast<std::uint8_t>(code));
  out.append_cstring(text_for_wire(text));
}

void append_position(base::Buffer& out, char code, std::int32_t position) {
  if (position > 0) append_field(out, code, std::to_string(position));
}

}  // namespace

Notice decode_notice(base::Bytes body) {
  BodyReader in(body, "ErrorResponse");
  Notice notice;
  for (char code = in.character(); code != 0; code = in.character()) {
    store(notice, code, in.cstring());
  }
  in.finish();
  if (notice.severity.empty()) notice.severity = notice.severity_localized;  // servers before 9.6
  return notice;
}

void encode_notice(base::Buffer& out, char type, const Notice& notice) {
  MessageWriter message(out, type);
  for (const auto& [code, member] : text_fields) append_field(out, code, notice.*member);
  append_position(out, 'P', notice.position);
  append_position(out, 'p', notice.internal_position);
  out.append_u8(0);
  message.finish();
}

}  // namespace iacdb::wire::postgres
