// IndexAdvice as a document.

#include <iacdb/index_advice.hpp>

#include "documents/bson/codec.hpp"

namespace iacdb {
namespace {

using doc::Array;
using doc::Object;
using doc::Value;

Value number(double v) {
  return Value(v);
}
Value optional_number(const std::optional<double>& v) {
  return v ? Value(*v) : Value(nullptr);
}
Value text_list(const std::vector<std::string>& texts) {
  Array out;
  for (const std::string& one : texts) out.push_back(Value(one));
  return Value(std::move(out));
}

Value proof_value(const PlanProof& proof) {
  return Value(Object{{"indexBefore", Value(proof.index_before)},
                      {"indexAfter", Value(proof.index_after)},
                      {"costBefore", optional_number(proof.cost_before)},
                      {"costAfter", optional_number(proof.cost_after)},
                      {"scannedBefore", optional_number(proof.scanned_before)},
                      {"scannedAfter", optional_number(proof.scanned_after)},
                      {"microsBefore", Value(std::int64_t{proof.time_before.count()})},
                      {"microsAfter", Value(std::int64_t{proof.time_after.count()})},
                      {"planBefore", Value(proof.plan_before)},
                      {"planAfter", Value(proof.plan_after)}});
}

Value served_value(const ServedShape& shape) {
  Object out{{"shape", Value(shape.shape)},
             {"statements", Value(shape.statements)},
             {"ms", number(shape.milliseconds)},
             {"returned", number(shape.returned)},
             {"scannedNow", number(shape.scanned_now)},
             {"scannedThen", number(shape.scanned_then)},
             {"indexNow", shape.index_now ? Value(*shape.index_now) : Value(nullptr)}};
  if (shape.proof) out.add("proof", proof_value(*shape.proof));
  return Value(std::move(out));
}

Value proposal_value(const IndexProposal& proposal) {
  Array serves;
  for (const ServedShape& shape : proposal.serves) serves.push_back(served_value(shape));
  Object out{{"collection", Value(proposal.collection)},
             {"key", Value(doc::decode(proposal.key.bytes()))},
             {"name", Value(proposal.name)},
             {"gain", number(proposal.gain)},
             {"writes", Value(proposal.writes)},
             {"writesKept", Value(proposal.writes_kept)},
             {"replaces", text_list(proposal.replaces)},
             {"serves", Value(std::move(serves))}};
  if (proposal.build_time) {
    out.add("buildMicros", Value(std::int64_t{proposal.build_time->count()}));
  }
  if (proposal.bytes) out.add("bytes", Value(*proposal.bytes));
  return Value(std::move(out));
}

Value finding_value(const IndexFinding& finding) {
  const bool unused = finding.kind == IndexFinding::unused;
  Object out{{"kind", Value(unused ? "unused" : "redundant")},
             {"collection", Value(finding.collection)},
             {"index", Value(finding.index)},
             {"key", Value(doc::decode(finding.key.bytes()))},
             {"evidence", Value(finding.evidence)}};
  if (!unused) out.add("coveredBy", Value(finding.covered_by));
  return Value(std::move(out));
}

Value unserved_value(const UnservedShape& shape) {
  return Value(Object{{"collection", Value(shape.collection)},
                      {"shape", Value(shape.shape)},
                      {"statements", Value(shape.statements)},
                      {"scanned", number(shape.scanned)},
                      {"returned", number(shape.returned)},
                      {"reason", Value(shape.reason)}});
}

template <class List, class Make>
Value list_of(const List& list, Make make) {
  Array out;
  for (const auto& one : list) out.push_back(make(one));
  return Value(std::move(out));
}

}  // namespace

Document IndexAdvice::to_document() const {
  return Document::trusted(doc::encode(Object{{"statements", Value(statements)},
                                              {"proposals", list_of(proposals, proposal_value)},
                                              {"findings", list_of(findings, finding_value)},
                                              {"unserved", list_of(unserved, unserved_value)},
                                              {"notes", text_list(notes)}}));
}

}  // namespace iacdb
