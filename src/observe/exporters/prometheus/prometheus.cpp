#include "observe/exporters/prometheus/prometheus.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <numeric>
#include <string_view>

#include "base/text.hpp"

namespace iacdb::observe {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

struct Family {
  MetricType type;
  const char* name;
  const char* help;
  double (*read)(const Metrics&);
};

template <class Number>
double number(Number n) {
  return static_cast<double>(n);
}
template <class Duration>
double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

constexpr auto gauge = MetricType::Gauge;
constexpr auto counter = MetricType::Counter;

const std::array families = {
    Family{gauge, "iacdb_pool_open_max", "Connections the pool may open.",
           [](const Metrics& m) { return number(m.pool.open_max); }},
    Family{gauge, "iacdb_pool_open", "Connections that exist.",
           [](const Metrics& m) { return number(m.pool.open); }},
    Family{gauge, "iacdb_pool_leased", "Connections in use.",
           [](const Metrics& m) { return number(m.pool.leased); }},
    Family{gauge, "iacdb_pool_idle", "Connections that wait to be used.",
           [](const Metrics& m) { return number(m.pool.idle); }},
    Family{gauge, "iacdb_pool_waiting", "Callers that wait for a connection.",
           [](const Metrics& m) { return number(m.pool.waiting); }},
    Family{counter, "iacdb_pool_leases_total", "Connections handed out.",
           [](const Metrics& m) { return number(m.pool.leases); }},
    Family{counter, "iacdb_pool_waits_total", "Of these, handed out after waiting.",
           [](const Metrics& m) { return number(m.pool.waits); }},
    Family{counter, "iacdb_pool_waited_seconds_total", "Time callers waited, in total.",
           [](const Metrics& m) { return seconds(m.pool.waited); }},
    Family{counter, "iacdb_pool_acquire_timeouts_total", "Callers that got no connection in time.",
           [](const Metrics& m) { return number(m.pool.acquire_timeouts); }},
    Family{counter, "iacdb_pool_opened_total", "Connections opened.",
           [](const Metrics& m) { return number(m.pool.opened); }},
    Family{counter, "iacdb_pool_closed_total", "Connections closed.",
           [](const Metrics& m) { return number(m.pool.closed); }},
    Family{counter, "iacdb_pool_open_failures_total", "Connections that could not be opened.",
           [](const Metrics& m) { return number(m.pool.open_failures); }},
    Family{counter, "iacdb_pool_resets_dropped_total",
           "Returned connections closed because they could not be reset.",
           [](const Metrics& m) { return number(m.pool.resets_dropped); }},
    Family{counter, "iacdb_pool_leaks_total", "Leases held longer than leak_after.",
           [](const Metrics& m) { return number(m.pool.leaks); }},
    Family{counter, "iacdb_pool_stale_total", "Idle connections found dead before they were used.",
           [](const Metrics& m) { return number(m.pool.stale); }},
    Family{counter, "iacdb_pool_failed_fast_total", "Callers refused while the breaker was open.",
           [](const Metrics& m) { return number(m.pool.failed_fast); }},
    Family{counter, "iacdb_pool_breaker_trips_total", "Times the circuit breaker opened.",
           [](const Metrics& m) { return number(m.pool.breaker_trips); }},
    Family{counter, "iacdb_statements_rows_total", "Rows fetched or affected.",
           [](const Metrics& m) { return number(m.statements.rows); }},
};

ClientMetric sample_of(const Metrics& metrics) {
  ClientMetric sample;
  sample.label = {{"database", metrics.database}, {"backend", metrics.backend}};
  return sample;
}

void set_value(ClientMetric& sample, MetricType type, double value) {
  if (type == MetricType::Gauge) {
    sample.gauge.value = value;
  } else {
    sample.counter.value = value;
  }
}

MetricFamily simple_family(const Family& family, const std::vector<Metrics>& databases) {
  MetricFamily result{family.name, family.help, family.type, {}};
  for (const Metrics& metrics : databases) {
    ClientMetric sample = sample_of(metrics);
    set_value(sample, family.type, family.read(metrics));
    result.metric.push_back(std::move(sample));
  }
  return result;
}

MetricFamily breaker_family(const std::vector<Metrics>& databases) {
  MetricFamily result{"iacdb_pool_breaker_state",
                      "1 for the state the circuit breaker is in.",
                      MetricType::Gauge,
                      {}};
  for (const Metrics& metrics : databases) {
    for (const auto state : {BreakerState::closed, BreakerState::open, BreakerState::half_open}) {
      ClientMetric sample = sample_of(metrics);
      sample.label.push_back({"state", std::string(to_string(state))});
      sample.gauge.value = metrics.pool.breaker == state ? 1 : 0;
      result.metric.push_back(std::move(sample));
    }
  }
  return result;
}

MetricFamily errors_family(const std::vector<Metrics>& databases) {
  MetricFamily result{
      "iacdb_errors_total", "Statements that failed, by kind of error.", MetricType::Counter, {}};
  for (const Metrics& metrics : databases) {
    for (std::size_t kind = 0; kind < error_kinds_count; ++kind) {
      ClientMetric sample = sample_of(metrics);
      sample.label.push_back({"kind", std::string(to_string(static_cast<ErrorKind>(kind)))});
      sample.counter.value = number(metrics.statements.errors[kind]);
      result.metric.push_back(std::move(sample));
    }
  }
  return result;
}

void set_histogram(ClientMetric& sample, const StatementMetrics& statements) {
  std::uint64_t cumulative = 0;
  for (std::size_t i = 0; i < latency_buckets_us.size(); ++i) {
    cumulative += statements.buckets[i];
    sample.histogram.bucket.push_back(
        {cumulative, seconds(std::chrono::microseconds(latency_buckets_us[i]))});
  }
  // The last bucket's count and the total must agree, although counting goes on meanwhile.
  sample.histogram.sample_count = cumulative + statements.buckets.back();
  sample.histogram.sample_sum = seconds(statements.total);
}

MetricFamily duration_family(const std::vector<Metrics>& databases) {
  MetricFamily result{"iacdb_statements_seconds",
                      "Time of statements, from the call to the last row fetched.",
                      MetricType::Histogram,
                      {}};
  for (const Metrics& metrics : databases) {
    ClientMetric sample = sample_of(metrics);
    set_histogram(sample, metrics.statements);
    result.metric.push_back(std::move(sample));
  }
  return result;
}

ClientMetric sample_of(const StatementGroup& group) {
  // A label's text is stored with every sample of it: long statements are cut.
  constexpr std::size_t label_bytes_max = 200;
  std::string fingerprint = group.fingerprint;
  if (fingerprint.size() > label_bytes_max) {
    fingerprint = std::string(base::utf8_prefix(fingerprint, label_bytes_max - 3)) + "...";
  }
  ClientMetric sample;
  sample.label = {
      {"database", group.database}, {"group", group.id}, {"fingerprint", std::move(fingerprint)}};
  return sample;
}

void add_groups(std::vector<MetricFamily>& out, const std::vector<StatementGroup>& groups) {
  MetricFamily times{"iacdb_statement_group_seconds",
                     "Time of the statements of one fingerprint.",
                     MetricType::Histogram,
                     {}};
  MetricFamily rows{"iacdb_statement_group_rows_total",
                    "Rows fetched or affected by the statements of one fingerprint.",
                    MetricType::Counter,
                    {}};
  MetricFamily errors{"iacdb_statement_group_errors_total",
                      "Statements of one fingerprint that failed.",
                      MetricType::Counter,
                      {}};
  for (const StatementGroup& group : groups) {
    ClientMetric sample = sample_of(group);
    sample.counter.value = number(group.metrics.rows);
    rows.metric.push_back(sample);
    const auto& kinds = group.metrics.errors;
    sample.counter.value = number(std::accumulate(kinds.begin(), kinds.end(), std::uint64_t{0}));
    errors.metric.push_back(sample);
    sample.counter.value = 0;
    set_histogram(sample, group.metrics);
    times.metric.push_back(std::move(sample));
  }
  out.push_back(std::move(times));
  out.push_back(std::move(rows));
  out.push_back(std::move(errors));
}

ClientMetric sample_of(const DocumentMetrics& store, const CommandMetrics& command) {
  ClientMetric sample;
  sample.label = {{"database", store.database},
                  {"backend", store.backend},
                  {"collection", command.collection},
                  {"command", command.command}};
  return sample;
}

void add_commands(std::vector<MetricFamily>& out, const std::vector<DocumentMetrics>& stores) {
  MetricFamily times{"iacdb_document_commands_seconds",
                     "Time of the commands of a document store.",
                     MetricType::Histogram,
                     {}};
  MetricFamily documents{"iacdb_document_commands_documents_total",
                         "Documents that commands returned or wrote.",
                         MetricType::Counter,
                         {}};
  MetricFamily errors{"iacdb_document_commands_errors_total",
                      "Commands of a document store that failed, by kind of error.",
                      MetricType::Counter,
                      {}};
  for (const DocumentMetrics& store : stores) {
    for (const CommandMetrics& command : store.commands) {
      ClientMetric sample = sample_of(store, command);
      sample.counter.value = number(command.statements.rows);
      documents.metric.push_back(sample);
      sample.counter.value = 0;
      set_histogram(sample, command.statements);
      times.metric.push_back(std::move(sample));
      for (std::size_t kind = 0; kind < error_kinds_count; ++kind) {
        if (command.statements.errors[kind] == 0) continue;  // Too many samples otherwise.
        ClientMetric failed = sample_of(store, command);
        failed.label.push_back({"kind", std::string(to_string(static_cast<ErrorKind>(kind)))});
        failed.counter.value = number(command.statements.errors[kind]);
        errors.metric.push_back(std::move(failed));
      }
    }
  }
  out.push_back(std::move(times));
  out.push_back(std::move(documents));
  out.push_back(std::move(errors));
}

}  // namespace

std::string prometheus_text(const std::vector<Metrics>& databases,
                            const std::vector<StatementGroup>& groups,
                            const std::vector<DocumentMetrics>& documents) {
  std::vector<Metrics> all = databases;
  for (const DocumentMetrics& store : documents) {
    if (store.sql) all.push_back(*store.sql);
  }
  std::vector<MetricFamily> collected;
  collected.reserve(families.size() + 9);
  for (const Family& family : families) collected.push_back(simple_family(family, all));
  collected.push_back(breaker_family(all));
  collected.push_back(duration_family(all));
  collected.push_back(errors_family(all));
  if (!groups.empty()) add_groups(collected, groups);
  if (!documents.empty()) add_commands(collected, documents);
  return prometheus::TextSerializer().Serialize(collected);
}

}  // namespace iacdb::observe
