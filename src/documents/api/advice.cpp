// DocumentStore: what was asked, and advice on it.

#include <cmath>

#include "documents/advice/advise.hpp"
#include "documents/api/failures.hpp"
#include "documents/bson/codec.hpp"
#include "documents/bson/number.hpp"
#include "iacdb/documents.hpp"

namespace iacdb {
namespace {

using std::chrono::nanoseconds;

/// A line of a workload: a command, or {command, count, ms}.
void add_line(const Document& line, doc::Workload& out) {
  const doc::Object given = doc::decode(line.bytes());
  if (given.empty()) return;
  const bool wrapped = given.front().name == "command" && given.front().value.is(doc::Type::object);
  if (!wrapped) return out.add(given, 1, nanoseconds(0));
  std::int64_t count = 1;
  double ms = 0;
  for (const doc::Field& field : given) {
    if (field.name == "command") continue;
    const bool number = field.value.is_number();
    if (number && field.name == "count") {
      count = doc::exact_int64(field.value).value_or(0);
    } else if (number && field.name == "ms") {
      ms = doc::to_double(field.value);
    } else {
      raise(ErrorKind::data,
            "a line of a workload has command, count and ms, numbers both; not " + field.name);
    }
  }
  if (count < 1) raise(ErrorKind::data, "count of a workload's line must be at least 1");
  if (!(ms >= 0 && ms < 1e12)) raise(ErrorKind::data, "ms of a workload's line is out of range");
  out.add(given.front().value.object(), count, nanoseconds(std::llround(ms * 1e6)));
}

}  // namespace

void DocumentStore::record_queries(bool on) {
  server_->record_queries(on);
}

std::vector<Document> DocumentStore::recorded_queries() const {
  std::vector<Document> out;
  if (server_->recorded() == nullptr) return out;
  for (const doc::Workload::Entry& entry : server_->recorded()->entries()) {
    const auto samples = static_cast<std::int64_t>(entry.samples.size());
    const double ms = std::chrono::duration<double, std::milli>(entry.time).count();
    for (std::int64_t i = 0; i < samples; ++i) {
      const std::int64_t count = entry.count / samples + (i < entry.count % samples ? 1 : 0);
      out.push_back(Document::trusted(doc::encode(
          doc::Object{{"command", doc::Value(entry.samples[static_cast<std::size_t>(i)])},
                      {"count", doc::Value(count)},
                      {"ms", doc::Value(ms / static_cast<double>(samples))}})));
    }
  }
  return out;
}

IndexAdvice DocumentStore::advise(const AdviceOptions& options) {
  doc::Workload workload;
  for (const Document& line : options.workload) add_line(line, workload);
  if (const doc::Workload* recorded = server_->recorded()) workload.add_all(*recorded);
  try {
    return doc::advise(server_->inside(), workload, options);
  } catch (const doc::Failure& failure) {
    doc::raise_failure(failure);
  }
}

}  // namespace iacdb
