// Any bytes into the decoders of wire/postgres that fuzz_postgres_backend leaves out: a client's
// messages, rows, numerics, arrays, COPY, times, SCRAM. They may throw iacdb::Error and nothing
// else, and never read behind their input. The first byte chooses the decoder; what decodes is
// encoded and decoded again where the two must agree.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "iacdb/error.hpp"
#include "wire/postgres/array.hpp"
#include "wire/postgres/auth.hpp"
#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/binary_text.hpp"
#include "wire/postgres/binary_time.hpp"
#include "wire/postgres/copy_binary.hpp"
#include "wire/postgres/framing.hpp"
#include "wire/postgres/frontend_decode.hpp"
#include "wire/postgres/numeric.hpp"
#include "wire/postgres/saslprep.hpp"
#include "wire/postgres/scram.hpp"

namespace {

using namespace iacdb::wire::postgres;
using iacdb::base::as_text;

Field field_of(Bytes bytes) {
  return {bytes.data(), static_cast<std::uint32_t>(bytes.size())};
}

void check(bool holds) {
  if (!holds) std::abort();
}

/// Touches every byte, so that a sanitizer sees a view that leaves the input.
void touch(std::string_view text) {
  unsigned sum = 0;
  for (const char c : text) sum += static_cast<unsigned char>(c);
  [[maybe_unused]] static volatile unsigned sink;
  sink = sum;
}

void walk_row(DataRow row) {
  for (unsigned i = 0; i < row.size(); ++i) touch(row.next().text());
  row.finish();
}

/// The two ways to walk a row see the same.
void compare_rows(Bytes body) {
  DataRow slow(body);
  DescribedRow fast(body, slow.size());
  for (unsigned i = 0; i < slow.size(); ++i) {
    const Field field = fast.next();
    touch(field.text());
    check(field.data == slow.next().data);
  }
  fast.finish();
  slow.finish();
}

void decode_frontend_message(char type, Bytes body) {
  switch (type) {
    case frontend::parse:
      touch(decode_parse(body).sql);
      break;
    case frontend::bind: {
      const Bind bind = decode_bind(body);
      for (std::size_t i = 0; i < bind.parameters.size(); ++i) {
        bind.format_of_parameter(i);
        touch(bind.parameters[i].text());
      }
      break;
    }
    case frontend::describe:
    case frontend::close:
      touch(decode_target(body).name);
      break;
    case frontend::execute:
      touch(decode_execute(body).portal);
      break;
    case frontend::query:
      touch(decode_query(body));
      break;
    case frontend::password:
      touch(decode_sasl_initial(body).mechanism);
      break;
    case frontend::copy_fail:
      touch(decode_copy_fail(body));
      break;
    default:
      decode_empty(body);
  }
}

void frontend_stream(Bytes input) {
  while (const Message message = next_message(input, 1 << 20, Sender::frontend)) {
    input = input.subspan(message.size_bytes);
    try {
      decode_frontend_message(message.type, message.body);
    } catch (const iacdb::Error&) {  // the next message may be good
    }
  }
}

void numeric_both_ways(Bytes input) {
  const std::string text = decode_numeric(field_of(input));
  Buffer again;
  encode_numeric(again, text);
  check(decode_numeric(field_of(again.view())) == text || text[0] == '-');  // -0 becomes 0
}

void numeric_text(Bytes input) {
  Buffer out;
  encode_numeric(out, as_text(input));
  Buffer again;
  encode_numeric(again, decode_numeric(field_of(out.view())));
  check(again.text() == out.text());
}

void array(Bytes input) {
  ArrayReader reader(field_of(input));
  check(reader.size() <= input.size());
  for (std::size_t i = 0; i < reader.size(); ++i) touch(reader.next().text());
  reader.finish();
}

void copy_stream(Bytes input) {
  const std::size_t header = copy_header_bytes(input);
  if (header == 0) return;
  input = input.subspan(header);
  for (auto tuple = next_copy_tuple(input); tuple.state == CopyTuple::State::tuple;
       tuple = next_copy_tuple(input)) {
    walk_row(DataRow(tuple.body));
    input = input.subspan(tuple.size_bytes);
  }
}

void copy_message(Bytes input) {
  CopyDecoder copy;
  if (auto row = copy.next(input)) walk_row(*row);
}

void scalars(Bytes input) {
  const Field field = field_of(input);
  std::byte memory[32];
  switch (input.size()) {
    case 4:
      check(date_to_wire(decode_date(field)) == decode_int4(field));
      break;
    case 8:
      check(timestamp_to_wire(decode_timestamp(field)) == decode_int8(field));
      break;
    case 12:
      put_timetz(memory, decode_timetz(field));
      check(as_text({memory + 4, 12}) == field.text());
      break;
    case 16:
      decode_uuid(field);
      put_interval(memory, decode_interval(field));
      check(as_text({memory + 4, 16}) == field.text());
      break;
    default:
      touch(decode_jsonb(field));
  }
}

void scram(Bytes input) {
  ScramClient client({.password = "pencil", .iterations_max = 8, .nonce = "abc"});
  ScramServer server(ScramVerifier{}, {.nonce = "def"});
  const auto words = as_text(input);
  const auto half = words.size() / 2;
  try {
    client.final(words.substr(0, half));
    client.verify(words.substr(half));
  } catch (const iacdb::Error&) {  // now as a server
  }
  server.first(words.substr(0, half));
  server.final(words.substr(half));
}

void prepare(Bytes input) {
  const auto once = saslprep(as_text(input));
  if (!once) return;
  const auto twice = saslprep(view(*once));
  check(!twice || view(*twice) == view(*once));
}

void authenticate(Bytes input) {
  Authenticator auth({.user = "app", .password = "pencil", .iterations_max = 8, .nonce = "abc"});
  Buffer out;
  while (const Message message = next_message(input, 1 << 16)) {
    input = input.subspan(message.size_bytes);
    auth.step(decode_authentication(message.body), out);
  }
}

void run(char choice, Bytes input) {
  switch (choice) {
    case '0':
      if (const Message first = next_startup(input)) decode_startup(first.body);
      return;
    case '1':
      return frontend_stream(input);
    case '2':
      return compare_rows(input);
    case '3':
      return numeric_both_ways(input);
    case '4':
      return numeric_text(input);
    case '5':
      return array(input);
    case '6':
      return copy_stream(input);
    case '7':
      return copy_message(input);
    case '8':
      return scalars(input);
    case '9':
      return scram(input);
    case 'a':
      return prepare(input);
    default:
      return authenticate(input);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Bytes input{reinterpret_cast<const std::byte*>(data) + 1, size - 1};
  try {
    run(static_cast<char>(data[0]), input);
  } catch (const iacdb::Error&) {
  }
  return 0;
}
