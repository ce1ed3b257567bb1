#include "observe/exporters/otlp/otlp.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>

#include "base/bytes.hpp"
#include "core/connection_settings.hpp"
#include "iacdb/error.hpp"
#include "io/connect.hpp"
#include "io/stream.hpp"
#include "io/tls.hpp"

namespace iacdb::observe {
namespace {

constexpr std::chrono::seconds request_timeout{10};
constexpr std::chrono::seconds ending_timeout{5};
constexpr std::size_t attempts_max = 4;

[[noreturn]] void raise_endpoint() {
  raise(ErrorKind::config,
        "traces.endpoint is the URL of a collector, such as http://localhost:4318");
}

}  // namespace

Otlp::Endpoint Otlp::parse_endpoint(const std::string& url) {
  Endpoint endpoint;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    endpoint.tls = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    raise_endpoint();
  }
  const auto slash = std::min(rest.find('/'), rest.size());
  endpoint.path = rest.substr(slash);
  rest = rest.substr(0, slash);
  if (endpoint.path.empty() || endpoint.path == "/") endpoint.path = "/v1/traces";
  const auto bracket = rest.find(']');
  const auto colon = rest.find(':', bracket == rest.npos ? 0 : bracket);
  endpoint.port = endpoint.tls ? 443 : 80;
  if (colon != rest.npos) {
    const auto digits = rest.substr(colon + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), endpoint.port);
    if (error != std::errc{} || end != digits.data() + digits.size()) raise_endpoint();
  }
  endpoint.host = rest.substr(0, colon);
  if (endpoint.host.starts_with('[')) endpoint.host = endpoint.host.substr(1, bracket - 1);
  if (endpoint.host.empty() || url.find_first_of(" \r\n@") != url.npos) raise_endpoint();
  return endpoint;
}

Otlp::Otlp(OtlpOptions options) : options_(std::move(options)) {
  if (!options_.endpoint.empty()) endpoint_ = parse_endpoint(options_.endpoint);
  if (endpoint_.tls) {
    TlsSettings settings;
    settings.mode = TlsMode::verify_full;
    tls_ = std::make_unique<io::TlsContext>(io::TlsContext::client(settings));
  }
  if (!options_.file.empty()) {
    file_ = ::open(options_.file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
    if (file_ < 0) {
      raise(ErrorFacts{.kind = ErrorKind::config,
                       .message = "traces.file cannot be opened for appending; check its path",
                       .where = options_.file});
    }
  }
  thread_ = std::thread([this] { run(); });
}

Otlp::~Otlp() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
  if (file_ >= 0) ::close(file_);
}

void Otlp::record(Span span) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    if (queue_.size() >= queue_max) {
      ++dropped_;
      return;
    }
    queue_.push_back(std::move(span));
    if (queue_.size() == batch_max) changed_.notify_all();
  } catch (const std::bad_alloc&) {
    ++dropped_;
  }
}

void Otlp::write_file(const std::string& body) noexcept {
  const std::string line = body + "\n";
  if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) ++failures_;
}

void Otlp::run() {
  std::unique_lock lock(mutex_);
  std::size_t attempts = 0;
  std::vector<Span> batch;
  while (true) {
    changed_.wait_for(lock, options_.interval,
                      [&] { return ending_ || (attempts == 0 && queue_.size() >= batch_max); });
    while (attempts == 0 && batch.size() < batch_max && !queue_.empty()) {
      batch.push_back(std::move(queue_.front()));
      queue_.pop_front();
    }
    if (batch.empty()) {
      if (ending_) return;
      continue;
    }
    const bool ending = ending_;
    lock.unlock();
    const std::string body = otlp_json(batch, options_);
    if (file_ >= 0 && attempts == 0) write_file(body);
    const bool sent = options_.endpoint.empty() || send(body);
    lock.lock();
    if (sent) {
      exported_ += batch.size();
    } else {
      ++failures_;
      if (++attempts < attempts_max && !ending) continue;  // Tried again after the next interval.
      dropped_ += batch.size();
    }
    attempts = 0;
    batch.clear();
  }
}

bool Otlp::send(const std::string& body) const {
  const auto timeout = ending_ ? ending_timeout : request_timeout;
  const io::Wait wait{.deadline = base::Deadline::in(timeout)};
  try {
    io::Connected connected = io::connect_tcp(endpoint_.host, endpoint_.port, {}, wait);
    io::Stream stream(std::move(connected.socket), "the trace collector");
    if (tls_) stream.start_tls(*tls_, endpoint_.host, wait);
    std::string head = "POST " + endpoint_.path + " HTTP/1.1\r\nHost: " + endpoint_.host +
                       "\r\nContent-Type: application/json\r\nConnection: close\r\n" +
                       "User-Agent: iacdb\r\nContent-Length: " + std::to_string(body.size());
    for (const auto& [name, value] : options_.headers) {
      head += "\r\n" + name + ": " + std::string(value.reveal());
    }
    head += "\r\n\r\n";
    stream.write(base::as_bytes(head), base::as_bytes(body), wait);
    std::array<std::byte, 16> answer{};
    std::size_t size = 0;
    while (size < answer.size()) {
      const std::size_t got = stream.read(std::span(answer).subspan(size), wait);
      if (got == 0) break;
      size += got;
    }
    // "HTTP/1.1 200": what a collector refuses as wrong will not become right by sending it again.
    const std::string_view text(reinterpret_cast<const char*>(answer.data()), size);
    return text.size() > 9 && text.starts_with("HTTP/1.") && (text[9] == '2' || text[9] == '4');
  } catch (const Error&) {
    return false;
  }
}

}  // namespace iacdb::observe
