#pragma once
// What a client sends, appended to a buffer; several messages make one write.
//
//   encode_parse(out, "s1", "select $1::int4", {});
//   BindEncoder bind(out, "", "s1", {{Format::binary}}, 1);
//   bind.value(std::int32_t{42});
//   bind.finish({{Format::binary}});
//   encode_describe(out, Target::portal, "");
//   encode_execute(out, "", 0);
//   encode_sync(out);
//
// Throws: Error of kind data when a text holds a zero byte (it would end early and shift the rest)
// or a message would pass 1 GiB. The message begun is then taken back; those before it stay.
// See: PostgreSQL 15 documentation, 55.7.

#include <cstdint>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/bytes.hpp"
#include "wire/postgres/protocol.hpp"

namespace iacdb::wire::postgres {

using Setting = std::pair<std::string_view, std::string_view>;

/// Settings are user, database, application_name and any run-time parameter, in this order.
void encode_startup(base::Buffer& out, std::span<const Setting> settings,
                    std::int32_t version = protocol_version);
void encode_ssl_request(base::Buffer& out);
void encode_gssenc_request(base::Buffer& out);
/// Sent alone on a new connection, which the server then closes without an answer.
void encode_cancel_request(base::Buffer& out, std::int32_t process_id, base::Bytes secret_key);

/// Cleartext, or the "md5..." word. The caller wipes `out` after it was sent.
void encode_password(base::Buffer& out, std::string_view password);
void encode_sasl_initial(base::Buffer& out, std::string_view mechanism, std::string_view data);
void encode_sasl_response(base::Buffer& out, std::string_view data);

void encode_query(base::Buffer& out, std::string_view sql);
/// `parameter_oids` may be shorter than the parameters; 0 lets the server choose.
void encode_parse(base::Buffer& out, std::string_view statement, std::string_view sql,
                  std::span<const std::uint32_t> parameter_oids);
void encode_describe(base::Buffer& out, Target target, std::string_view name);
void encode_close(base::Buffer& out, Target target, std::string_view name);
/// `rows_max` 0 means all rows.
void encode_execute(base::Buffer& out, std::string_view portal, std::int32_t rows_max);
void encode_sync(base::Buffer& out);
void encode_flush(base::Buffer& out);
void encode_terminate(base::Buffer& out);

void encode_copy_data(base::Buffer& out, base::Bytes data);
void encode_copy_done(base::Buffer& out);
void encode_copy_fail(base::Buffer& out, std::string_view reason);

/// Builds one Bind: the constructor, then each parameter in order, then finish().
/// Formats: none (all text), one for all, or one for each.
/// Limits: 65,535 parameters (checked), 1 GiB in all (checked by finish).
class BindEncoder {
 public:
  BindEncoder(base::Buffer& out, std::string_view portal, std::string_view statement,
              std::span<const Format> parameter_formats, std::size_t parameters_count);
  BindEncoder(const BindEncoder&) = delete;
  BindEncoder& operator=(const BindEncoder&) = delete;
  /// Takes the message back when it was not finished.
  ~BindEncoder();

  void null() { out_.append_be<std::int32_t>(-1); }
  /// A number in binary format; a boolean is passed as std::uint8_t 0 or 1.
  template <base::Scalar T>
  requires(!std::is_same_v<T, bool>) void value(T number) {
    std::byte* to = out_.extend(4 + sizeof(T));
    base::store_be(base::put_be(to, static_cast<std::int32_t>(sizeof(T))), number);
  }
  void value(base::Bytes bytes) {
    std::byte* to = begin_value(bytes.size());
    base::put_bytes(to, bytes);
  }
  void value(std::string_view text) { value(base::as_bytes(text)); }
  /// Writes the length and answers where the caller writes exactly `size` bytes.
  std::byte* begin_value(std::size_t size);
  /// For values of unknown size: append to the buffer, then close_value(mark).
  std::size_t open_value() { return out_.append_be<std::int32_t>(0); }
  void close_value(std::size_t mark);

  void finish(std::span<const Format> result_formats);

 private:
  base::Buffer& out_;
  std::size_t start_;
  bool finished_ = false;
};

}  // namespace iacdb::wire::postgres
