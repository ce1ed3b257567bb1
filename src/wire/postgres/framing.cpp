#include "wire/postgres/framing.hpp"

#include <string_view>

#include "wire/postgres/protocol.hpp"

namespace iacdb::wire::postgres {
namespace {

// Messages whose length depends on the user's data. All others are short.
constexpr std::string_view long_from_backend = "DTdENAVStv";
constexpr std::string_view long_from_frontend = "BPQdFpf";

}  // namespace

namespace framing_detail {

void check_long(char type, std::uint32_t body_bytes, std::uint32_t body_bytes_max, Sender sender) {
  if (body_bytes > 0x7fffffff - 4) raise_bad_length();  // negative, or smaller than itself
  const auto may_be_long = sender == Sender::backend ? long_from_backend : long_from_frontend;
  if (body_bytes > short_body_bytes_max && may_be_long.find(type) == std::string_view::npos)
    raise_bad_length();
  if (body_bytes > body_bytes_max) raise_too_large("framing");
}

void raise_bad_length() {
  raise_malformed("message length");
}
void raise_bad_type() {
  raise_malformed("message type");
}

}  // namespace framing_detail

Message next_startup(Bytes input, std::uint32_t bytes_max) {
  if (input.size() < 4) return {0, {}, 4};
  const auto size = base::load_be<std::uint32_t>(input.data());
  if (size < 8) raise_malformed("startup packet length");
  if (size > bytes_max) raise_too_large("startup packet");
  if (input.size() < size) return {0, {}, size};
  return {'i', input.subspan(4, size - 4), size};
}

}  // namespace iacdb::wire::postgres
