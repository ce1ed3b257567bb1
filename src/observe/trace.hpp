#pragma once
// Traces: spans in the OpenTelemetry form, and the W3C header that carries them between programs.
//
//   auto tracer = std::make_shared<observe::Tracer>(exporter, 0.1);
//   TraceContext here = tracer->start(parse_traceparent(header));   // a child, or a new trace
//   Span span{.context = here, .name = "POST /v1/...", ...};
//   tracer->record(std::move(span));
//
// See: https://www.w3.org/TR/trace-context/ Threads: Tracer: safe to share; the rest: values.

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace iacdb::observe {

using TraceId = std::array<std::uint8_t, 16>;
using SpanId = std::array<std::uint8_t, 8>;

struct TraceContext {
  TraceId trace_id{};
  SpanId span_id{};
  SpanId parent_id{};  ///< All zero: the trace's first span.
  bool sampled = false;
};

/// The caller's context; nothing for a header that is malformed, as the standard demands.
std::optional<TraceContext> parse_traceparent(std::string_view header);
/// "00-<trace>-<span>-01"
std::string print_traceparent(const TraceContext& context);
std::string print_trace_id(const TraceContext& context);
std::string print_hex(const std::uint8_t* bytes, std::size_t size);

enum class SpanKind : std::uint8_t {
  internal = 1,
  server = 2,
  client = 3
};  // As OTLP counts them.

struct Span {
  using Attribute = std::pair<std::string, std::variant<std::string, std::int64_t>>;

  TraceContext context{};
  std::string name{};
  SpanKind kind = SpanKind::internal;
  std::chrono::system_clock::time_point start{};
  std::chrono::system_clock::time_point end{};
  std::vector<Attribute> attributes{};
  bool failed = false;

  void add(std::string_view key, std::string_view value);
  void add(std::string_view key, std::int64_t value);
  /// As add(), unless `value` is empty.
  void add_if(std::string_view key, std::string_view value);
  /// Marks it as failed; `type` becomes error.type.
  void fail(std::string_view type);
};

/// Where spans go. record() must not block. Threads: safe to share.
class SpanSink {
 public:
  virtual ~SpanSink() = default;
  virtual void record(Span span) noexcept = 0;
};

class Tracer {
 public:
  /// `ratio` of the traces that begin here are sampled; one that a caller began follows its
  /// caller.
  Tracer(std::shared_ptr<SpanSink> sink, double ratio);

  /// A new span's context below `parent`, or the first of a new trace.
  TraceContext start(const std::optional<TraceContext>& parent) const;
  void record(Span span) const noexcept;

 private:
  std::shared_ptr<SpanSink> sink_;
  std::uint64_t sampled_below_;
};

}  // namespace iacdb::observe
