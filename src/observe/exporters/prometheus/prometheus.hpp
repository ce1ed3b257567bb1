#pragma once
// prometheus_text(): metrics of databases in the text form that Prometheus scrapes.
//
//   response.body = observe::prometheus_text({orders.metrics(), archive.metrics()});
//
// Families: iacdb_pool_*, iacdb_statements_*, iacdb_errors_total{kind}; every sample is labelled
// with database and backend. Groups make iacdb_statement_group_*{database, fingerprint},
// document stores iacdb_document_commands_*{database, backend, collection, command}. Names and
// units follow https://prometheus.io/docs/practices/naming/; counters that are 0 are shown, so that
// rates and alerts work from the first scrape. Threads: safe to share.

#include <iacdb/health.hpp>
#include <string>
#include <vector>

#include "observe/statement_groups.hpp"

namespace iacdb::observe {

/// The SQL database behind a document store counts as one of `databases`.
std::string prometheus_text(const std::vector<Metrics>& databases,
                            const std::vector<StatementGroup>& groups = {},
                            const std::vector<DocumentMetrics>& documents = {});

}  // namespace iacdb::observe
