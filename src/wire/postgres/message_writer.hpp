#pragma once
// Frames one message: writes type and length, and patches the length when the body is there.
//
//   MessageWriter message(out, 'Q', sql.size() + 1);
//   out.append_cstring(text_for_wire(sql));
//   message.finish();
//
// Throws: Error of kind data from finish() and text_for_wire(); an unfinished message is taken
// back.

#include <string_view>

#include "base/bytes.hpp"
#include "wire/postgres/malformed.hpp"

namespace iacdb::wire::postgres {

inline constexpr std::size_t message_bytes_max = 0x3fffffff;  // PostgreSQL's MaxAllocSize

/// `text`, when it can be sent as a zero-terminated string.
inline std::string_view text_for_wire(std::string_view text) {
  if (text.find('\0') != std::string_view::npos) [[unlikely]]
    raise_data("text for PostgreSQL holds a zero byte; remove it, or use bytea");
  return text;
}

class MessageWriter {
 public:
  /// `type` 0 writes no type byte. `body_bytes` is room to take at once, not a limit.
  MessageWriter(base::Buffer& out, char type, std::size_t body_bytes = 0)
      : out_(out), start_(out.size()) {
    std::byte* at = out.prepare(5 + body_bytes);
    if (type != 0) *at++ = static_cast<std::byte>(type);
    out.commit_to(at + 4);
    length_at_ = out.size() - 4;
  }
  MessageWriter(const MessageWriter&) = delete;
  MessageWriter& operator=(const MessageWriter&) = delete;
  ~MessageWriter() {
    if (!finished_) out_.truncate(start_);
  }

  void finish() {
    const std::size_t length = out_.size() - length_at_;
    if (length > message_bytes_max) [[unlikely]]
      raise_data("a message for PostgreSQL passes 1 GiB; send the data in pieces");
    out_.patch_be(length_at_, static_cast<std::int32_t>(length));
    finished_ = true;
  }

 private:
  base::Buffer& out_;
  std::size_t start_;
  std::size_t length_at_ = 0;
  bool finished_ = false;
};

}  // namespace iacdb::wire::postgres
