// Fuzz: what a client of the service sends. The address, the headers that are read and the body are
// taken apart; whatever parses must be within its limits, and nothing else may be thrown.
#include <boost/beast/http.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "driver/driver.hpp"
#include "http/errors.hpp"
#include "http/json_reader.hpp"
#include "http/routes.hpp"
#include "http/statement_body.hpp"
#include "http/statement_guard.hpp"
#include "observe/trace.hpp"

namespace iacdb::driver {

// Nothing here opens a database.
std::span<const Backend* const> backends() {
  return {};
}
std::span<const MissingBackend> missing_backends() {
  return {};
}
const Backend* find_backend(std::string_view) {
  return nullptr;
}

}  // namespace iacdb::driver

namespace {

using namespace iacdb;
namespace beast = boost::beast::http;

void take_body(std::string_view text) {
  try {
    const http::StatementBody body = http::StatementBody::parse(text);
    if (body.sizes.size() > 65'535) std::abort();
    (void)http::BoundParameters(body).arguments();
    for (const Dialect dialect : {Dialect::sqlite, Dialect::postgres, Dialect::mysql}) {
      try {
        http::check_statement(body, dialect, config::Access::read);
      } catch (const http::HttpError&) {
        // Refused.
      }
    }
  } catch (const Error&) {
    // Not a statement.
  }
  try {
    (void)http::SessionBody::parse(text);
  } catch (const Error&) {
    // Not a session either.
  }
}

void take_header(const beast::request<beast::string_body>& request) {
  const std::string_view target(request.target().data(), request.target().size());
  try {
    const http::Path path = http::parse_target(target);
    const http::Match match = http::match_route(std::string(request.method_string()), path);
    if (match.route && http::allowed_methods(path).empty()) std::abort();
  } catch (const UsageError&) {
    // Malformed.
  }
  const std::string host(request[beast::field::host]);
  (void)http::is_loopback_name(host);
  (void)http::accepts(std::string(request[beast::field::accept]), "application/x-ndjson");
  (void)observe::parse_traceparent(std::string(request["traceparent"]));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  take_body(text);
  beast::request_parser<beast::string_body> parser;
  parser.eager(true);
  parser.header_limit(16 * 1024);
  parser.body_limit(64 * 1024);
  boost::system::error_code error;
  std::size_t at = 0;
  while (!error && !parser.is_done() && at < size) {
    const std::size_t took = parser.put(boost::asio::buffer(data + at, size - at), error);
    if (took == 0) break;
    at += took;
  }
  if (!parser.is_header_done()) return 0;
  take_header(parser.get());
  if (parser.is_done()) take_body(parser.get().body());
  return 0;
}
