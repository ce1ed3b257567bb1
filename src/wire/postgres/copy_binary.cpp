#include "wire/postgres/copy_binary.hpp"

#include "wire/postgres/frontend_encode.hpp"
#include "wire/postgres/malformed.hpp"
#include "wire/postgres/protocol.hpp"

namespace iacdb::wire::postgres {
namespace {

constexpr std::size_t fixed_bytes = copy_signature.size() + 8;  // flags and extension length
constexpr std::uint32_t critical_flags = 0xffff0000;            // what a reader must understand

}  // namespace

std::size_t copy_header_bytes(base::Bytes input) {
  const auto seen = base::as_text(input.first(std::min(input.size(), copy_signature.size())));
  if (seen != copy_signature.substr(0, seen.size())) raise_malformed("COPY header");
  if (input.size() < fixed_bytes) return 0;
  const auto flags = base::load_be<std::uint32_t>(input.data() + copy_signature.size());
  const auto extension = base::load_be<std::uint32_t>(input.data() + copy_signature.size() + 4);
  if ((flags & critical_flags) != 0 || extension > message_bytes_max)
    raise_malformed("COPY header");
  return input.size() - fixed_bytes < extension ? 0 : fixed_bytes + extension;
}

void append_copy_header(base::Buffer& out) {
  out.append(copy_signature);
  out.append_be(std::int32_t{0});
  out.append_be(std::int32_t{0});
}

void CopyEncoder::open_message() {
  message_at_ = out_.size();
  out_.append_u8(static_cast<std::uint8_t>(frontend::copy_data));
  out_.append_be(std::int32_t{0});
}

void CopyEncoder::begin() {
  open_message();
  append_copy_header(out_);
}

void CopyEncoder::cut() {
  if (message_at_ == closed) return;
  const std::size_t length = out_.size() - message_at_ - 1;
  if (length > message_bytes_max) raise_data("a row of COPY passes 1 GiB, PostgreSQL's limit");
  out_.patch_be(message_at_ + 1, static_cast<std::int32_t>(length));
  message_at_ = closed;
}

void CopyEncoder::end() {
  if (message_at_ == closed) open_message();
  out_.append_be(copy_trailer);
  cut();
  encode_copy_done(out_);
}

base::Bytes CopyDecoder::skip_header(base::Bytes body) {
  const std::size_t size = copy_header_bytes(body);
  if (size == 0) raise_malformed("COPY header");
  started_ = true;
  return body.subspan(size);
}

std::optional<DataRow> CopyDecoder::end_at(const DataRow& row) {
  row.finish();
  if (ended_) raise_malformed("COPY trailer");
  ended_ = true;
  return std::nullopt;
}

CopyTuple next_copy_tuple(base::Bytes input) {
  if (input.size() < 2) return {};
  const auto columns = base::load_be<std::uint16_t>(input.data());
  if (columns == copy_trailer) return {CopyTuple::State::trailer, 2, {}};
  if (columns > 0x7fff) raise_malformed("COPY tuple");
  std::size_t at = 2;
  for (unsigned i = 0; i < columns; ++i) {
    if (input.size() - at < 4) return {};
    const auto size = base::load_be<std::int32_t>(input.data() + at);
    at += 4;
    if (size < -1) raise_malformed("COPY tuple");
    if (size <= 0) continue;
    if (input.size() - at < static_cast<std::size_t>(size)) return {};
    at += static_cast<std::size_t>(size);
  }
  return {CopyTuple::State::tuple, at, input.first(at)};
}

}  // namespace iacdb::wire::postgres
