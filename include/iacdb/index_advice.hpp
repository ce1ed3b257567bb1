#pragma once
// IndexAdvice: which indexes a workload of document commands wants, with the evidence, and which
// indexes nothing wants.
//
//   store.record_queries();                       // from now on, by shape
//   ...
//   for (const IndexProposal& p : store.advise().proposals) print(p.collection, p.key.to_json());
//
// See docs/guides/documents-in-sql.md. Threads: plain values.

#include <chrono>
#include <cstdint>
#include <iacdb/document.hpp>
#include <optional>
#include <string>
#include <vector>

namespace iacdb {

struct AdviceOptions {
  /// Commands as DocumentStore::run() takes them, or {command: {...}, count: 120, ms: 35.5}: beside
  /// those that were recorded.
  std::vector<Document> workload{};
  std::vector<std::string> collections{};  ///< Empty: all.
  /// Makes each proposed index in a transaction that is rolled back, and asks for the plan before
  /// and after; writers of the collection wait meanwhile. Throws: UnsupportedError where indexes
  /// are not part of a transaction (MongoDB).
  bool prove = false;
  /// Documents of a collection that are looked at for the estimates; of more, a sample.
  std::int64_t documents_max = 20'000;
  /// A statement has to be spared so many documents for an index to be proposed.
  std::int64_t spared_min = 100;
};

/// A plan before and after, asked of the database itself.
struct PlanProof {
  std::string plan_before;
  std::string plan_after;
  std::string index_before;  ///< "" for a scan.
  std::string index_after;
  std::optional<double> cost_before{};  ///< The planner's, where it tells (PostgreSQL).
  std::optional<double> cost_after{};
  std::optional<double> scanned_before{};  ///< Documents, as its plan counted them (PostgreSQL).
  std::optional<double> scanned_after{};
  std::chrono::microseconds time_before{0};  ///< Of reading what the statement looks for, measured.
  std::chrono::microseconds time_after{0};
};

/// One shape of statement that an index serves. Numbers of documents are averages of a statement.
struct ServedShape {
  std::string shape;                       ///< The command with its values masked.
  std::int64_t statements = 0;             ///< How often it was asked.
  double milliseconds = 0;                 ///< What these took in all, where it was recorded.
  double returned = 0;                     ///< Documents that match, as far as its limit goes.
  double scanned_now = 0;                  ///< Documents looked at with the indexes there are.
  double scanned_then = 0;                 ///< And with the proposed ones.
  std::optional<std::string> index_now{};  ///< In today's plan; "": a scan; none: unknown.
  std::optional<PlanProof> proof{};
};

struct IndexProposal {
  std::string collection;
  Document key;
  std::string name;
  std::vector<ServedShape> serves;
  /// Documents that the statements above look at less, of all that the collection's look at now: 0
  /// to 1. What several indexes spare together is shared among them.
  double gain = 0;
  std::int64_t writes = 0;            ///< Documents that the workload writes in the collection.
  std::int64_t writes_kept = 0;       ///< Of these, such as the index must be kept up to date with.
  std::vector<std::string> replaces;  ///< Indexes that it makes superfluous.
  std::optional<std::chrono::microseconds> build_time{};  ///< Proved: what making it took.
  std::optional<std::int64_t> bytes{};                    ///< Proved: its size.
};

struct IndexFinding {
  enum Kind : std::uint8_t { unused, redundant };
  Kind kind = unused;
  std::string collection;
  std::string index;
  Document key;
  std::string evidence;    ///< Why, in a sentence.
  std::string covered_by;  ///< The index that serves in its place; redundant alone.
};

/// A shape that looks at many documents and that no index of the store helps.
struct UnservedShape {
  std::string collection;
  std::string shape;
  std::int64_t statements = 0;
  double scanned = 0;
  double returned = 0;
  std::string reason;
};

struct IndexAdvice {
  std::int64_t statements = 0;  ///< Of the workload that look for documents.
  std::vector<IndexProposal> proposals;
  std::vector<IndexFinding> findings;
  std::vector<UnservedShape> unserved;
  std::vector<std::string> notes;  ///< What could not be looked at, and why.

  /// {statements, proposals: [...], findings: [...], unserved: [...], notes: [...]}
  Document to_document() const;
};

}  // namespace iacdb
