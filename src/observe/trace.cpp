#include "observe/trace.hpp"

#include <algorithm>
#include <cstring>
#include <random>

namespace iacdb::observe {
namespace {

constexpr std::size_t traceparent_size = 55;

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;  // The standard takes lower case only.
}

bool read_hex(std::string_view text, std::uint8_t* out) {
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return false;
    out[i / 2] = static_cast<std::uint8_t>(high << 4 | low);
  }
  return true;
}

template <class Id>
bool is_zero(const Id& id) {
  return std::all_of(id.begin(), id.end(), [](std::uint8_t byte) { return byte == 0; });
}

std::uint64_t random_bits() {
  thread_local std::mt19937_64 engine{(std::uint64_t{std::random_device{}()} << 32) |
                                      std::random_device{}()};
  return engine();
}

template <class Id>
void fill_random(Id& id) {
  do {
    for (std::size_t i = 0; i < id.size(); i += sizeof(std::uint64_t)) {
      const std::uint64_t bits = random_bits();
      std::memcpy(id.data() + i, &bits, sizeof bits);
    }
  } while (is_zero(id));
}

}  // namespace

std::string print_hex(const std::uint8_t* bytes, std::size_t size) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < size; ++i) {
    out += digits[bytes[i] >> 4];
    out += digits[bytes[i] & 15];
  }
  return out;
}

std::optional<TraceContext> parse_traceparent(std::string_view header) {
  // Later versions may append fields; version 00 may not, and ff is none.
  if (header.size() < traceparent_size || header.substr(0, 2) == "ff") return std::nullopt;
  const bool longer = header.size() > traceparent_size;
  if (longer && (header.substr(0, 2) == "00" || header[traceparent_size] != '-')) {
    return std::nullopt;
  }
  if (header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
  TraceContext context;
  std::uint8_t version = 0;
  std::uint8_t flags = 0;
  if (!read_hex(header.substr(0, 2), &version) ||
      !read_hex(header.substr(3, 32), context.trace_id.data()) ||
      !read_hex(header.substr(36, 16), context.span_id.data()) ||
      !read_hex(header.substr(53, 2), &flags)) {
    return std::nullopt;
  }
  if (is_zero(context.trace_id) || is_zero(context.span_id)) return std::nullopt;
  context.sampled = (flags & 1) != 0;
  return context;
}

std::string print_trace_id(const TraceContext& context) {
  return print_hex(context.trace_id.data(), context.trace_id.size());
}

std::string print_traceparent(const TraceContext& context) {
  return "00-" + print_trace_id(context) + "-" +
         print_hex(context.span_id.data(), context.span_id.size()) +
         (context.sampled ? "-01" : "-00");
}

void Span::add(std::string_view key, std::string_view value) {
  attributes.emplace_back(std::string(key), std::string(value));
}

void Span::add(std::string_view key, std::int64_t value) {
  attributes.emplace_back(std::string(key), value);
}

void Span::add_if(std::string_view key, std::string_view value) {
  if (!value.empty()) add(key, value);
}

void Span::fail(std::string_view type) {
  failed = true;
  add("error.type", type);
}

Tracer::Tracer(std::shared_ptr<SpanSink> sink, double ratio)
    : sink_(std::move(sink)),
      sampled_below_(
          ratio >= 1 ? UINT64_MAX
                     : static_cast<std::uint64_t>(std::max(ratio, 0.0) * 18446744073709551615.0)) {}

TraceContext Tracer::start(const std::optional<TraceContext>& parent) const {
  TraceContext context;
  if (parent) {
    context.trace_id = parent->trace_id;
    context.parent_id = parent->span_id;
    context.sampled = parent->sampled;
  } else {
    fill_random(context.trace_id);
    context.sampled = sampled_below_ == UINT64_MAX || random_bits() < sampled_below_;
  }
  fill_random(context.span_id);
  return context;
}

void Tracer::record(Span span) const noexcept {
  if (span.context.sampled) sink_->record(std::move(span));
}

}  // namespace iacdb::observe
