// Spans as OTLP's JSON form: ids in hexadecimal, 64-bit numbers as strings.

#include "core/json.hpp"
#include "observe/exporters/otlp/otlp.hpp"

namespace iacdb::observe {
namespace {

void append_text(std::string& out, std::string_view key, std::string_view value) {
  out += "{\"key\":";
  core::append_json_string(out, key);
  out += ",\"value\":{\"stringValue\":";
  core::append_json_string(out, value);
  out += "}}";
}

void append_attribute(std::string& out, const Span::Attribute& attribute) {
  if (const auto* text = std::get_if<std::string>(&attribute.second)) {
    return append_text(out, attribute.first, *text);
  }
  out += "{\"key\":";
  core::append_json_string(out, attribute.first);
  out += ",\"value\":{\"intValue\":\"" + std::to_string(std::get<std::int64_t>(attribute.second)) +
         "\"}}";
}

std::string nanoseconds(std::chrono::system_clock::time_point time) {
  return std::to_string(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count());
}

void append_span(std::string& out, const Span& span) {
  const TraceContext& context = span.context;
  out += "{\"traceId\":\"" + print_trace_id(context) + "\",\"spanId\":\"" +
         print_hex(context.span_id.data(), context.span_id.size()) + "\"";
  if (context.parent_id != SpanId{}) {
    out += ",\"parentSpanId\":\"" + print_hex(context.parent_id.data(), context.parent_id.size()) +
           "\"";
  }
  out += ",\"name\":";
  core::append_json_string(out, span.name);
  out += ",\"kind\":" + std::to_string(static_cast<int>(span.kind));
  out += ",\"startTimeUnixNano\":\"" + nanoseconds(span.start) + "\",\"endTimeUnixNano\":\"" +
         nanoseconds(span.end) + "\",\"attributes\":[";
  bool first = true;
  for (const Span::Attribute& attribute : span.attributes) {
    if (!first) out += ',';
    first = false;
    append_attribute(out, attribute);
  }
  out += span.failed ? "],\"status\":{\"code\":2}}" : "],\"status\":{}}";
}

}  // namespace

std::string otlp_json(const std::vector<Span>& spans, const OtlpOptions& options) {
  std::string out = "{\"resourceSpans\":[{\"resource\":{\"attributes\":[";
  append_text(out, "service.name", options.service_name);
  if (!options.service_version.empty()) {
    out += ',';
    append_text(out, "service.version", options.service_version);
  }
  out += "]},\"scopeSpans\":[{\"scope\":{\"name\":\"iacdb\"},\"spans\":[";
  bool first = true;
  for (const Span& span : spans) {
    if (!first) out += ',';
    first = false;
    append_span(out, span);
  }
  return out + "]}]}]}";
}

}  // namespace iacdb::observe
