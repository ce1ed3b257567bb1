#pragma once
// Walks the fields of one message body; every step is bounded, so bad lengths throw, never read on.
//
//   BodyReader in(message.body, "ParameterStatus");
//   auto name = in.cstring(), value = in.cstring();
//   in.finish();
//
// Throws: raise_malformed(part). Lifetime: what it answers are views into the body.

#include <cstdint>
#include <string_view>

#include "base/bytes.hpp"
#include "wire/postgres/malformed.hpp"

namespace iacdb::wire::postgres {

class BodyReader {
 public:
  BodyReader(base::Bytes body, std::string_view part) noexcept
      : at_(body.data()), end_(body.data() + body.size()), part_(part) {}

  template <base::Scalar T>
  T be() {
    need(sizeof(T));
    const T value = base::load_be<T>(at_);
    at_ += sizeof(T);
    return value;
  }
  char character() { return be<char>(); }
  /// A count of things that take at least `bytes_each` bytes, so that it cannot lie about memory.
  std::uint16_t count(std::size_t bytes_each) {
    const auto value = be<std::uint16_t>();
    if (value * bytes_each > remaining()) raise_malformed(part_);
    return value;
  }
  base::Bytes bytes(std::size_t size) {
    need(size);
    const base::Bytes taken{at_, size};
    at_ += size;
    return taken;
  }
  /// Text up to a zero byte, which must be there.
  std::string_view cstring() {
    const auto rest_text = base::as_text({at_, end_});
    const auto size = rest_text.find('\0');
    if (size == std::string_view::npos) raise_malformed(part_);
    at_ += size + 1;
    return rest_text.substr(0, size);
  }
  base::Bytes rest() noexcept {
    const base::Bytes taken{at_, end_};
    at_ = end_;
    return taken;
  }
  std::size_t remaining() const noexcept { return static_cast<std::size_t>(end_ - at_); }
  /// Bytes left over mean that the two sides disagree about the message.
  void finish() const {
    if (at_ != end_) raise_malformed(part_);
  }
  [[noreturn]] void fail() const { raise_malformed(part_); }

 private:
  void need(std::size_t size) const {
    if (remaining() < size) [[unlikely]]
      raise_malformed(part_);
  }

  const std::byte* at_;
  const std::byte* end_;
  std::string_view part_;
};

}  // namespace iacdb::wire::postgres
