#pragma once
// The documents of one collection, copied to another store: streaming, and again without harm.
//
//   CollectionCopy copy(source.collection("people"), target.collection("people"), "", progress);
//   copy.run();
//   if (copy.read() != proof_of(target.collection("people"))) ...
//
// Threads: one at a time; it writes in a thread of its own while it reads.

#include <cstdint>
#include <future>
#include <iacdb/documents.hpp>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "cli/shell/progress.hpp"

namespace iacdb::cli {

/// Count and checksum of documents, whatever their order.
struct Proof {
  std::uint64_t count = 0;
  std::uint64_t sum = 0;

  void add(const std::string& bytes);
  bool operator==(const Proof&) const = default;
  std::string text() const;
};

Proof proof_of(const Collection& collection);

/// What several copies report to. Threads: safe to share.
class CopyProgress {
 public:
  CopyProgress(std::ostream& out, bool show, ProgressTotals totals, std::stop_token interrupted)
      : line_(out, show, totals), interrupted_(std::move(interrupted)) {}

  /// Throws: Error, when another copy has failed and this one is to end, or at Ctrl-C.
  void add(std::uint64_t rows, std::uint64_t bytes);
  void finish();
  /// An error is about to be told; the others end.
  void stop();

 private:
  std::mutex mutex_;
  Progress line_;
  std::stop_token interrupted_;
  bool stopped_ = false;
};

/// Throws: Error, when a pipeline has taken the _id away.
void check_has_id(const Document& document);

class CollectionCopy {
 public:
  /// `pipeline`: what the documents go through on the way; empty: nothing.
  CollectionCopy(Collection source, Collection target, std::string pipeline,
                 CopyProgress& progress);

  /// Throws: Error, and leaves what is written; to run it again goes on.
  void run();
  /// What was read, as it came out of the pipeline.
  const Proof& read() const { return read_; }
  /// How many of these the target had before.
  std::uint64_t present() const { return present_; }

 private:
  struct Batch {
    std::vector<Document> documents;
    std::size_t bytes = 0;
  };
  void hand_over();
  void write(Batch batch);
  void leave_out_present(Batch& batch);
  void settle(const Document& document);
  void check_same(const Document& document, const Document& there) const;

  Collection source_;
  Collection target_;
  std::string pipeline_;
  CopyProgress& progress_;
  bool resumes_ = false;  ///< The target has documents already.
  Batch batch_;
  Proof read_;
  std::uint64_t present_ = 0;
  std::future<void> writing_;
};

}  // namespace iacdb::cli
