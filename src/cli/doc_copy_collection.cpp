#include "cli/doc_copy_collection.hpp"

#include <cstdio>
#include <iacdb/error.hpp>
#include <map>

#include "base/checksum.hpp"

namespace iacdb::cli {
namespace {

constexpr std::size_t batch_documents = 1000;
constexpr std::size_t batch_bytes = 4 * 1024 * 1024;

std::string id_of(const Document& document) {
  return document.value_json("_id", JsonForm::canonical);
}

}  // namespace

void Proof::add(const std::string& bytes) {
  std::uint64_t hash = base::fnv1a(bytes);
  hash ^= std::uint64_t{base::crc32c(bytes)} << 32;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;  // spread, so that sums do not cancel out
  sum += hash ^ (hash >> 33);
  ++count;
}

std::string Proof::text() const {
  char digits[17];
  std::snprintf(digits, sizeof(digits), "%016llx", static_cast<unsigned long long>(sum));
  return std::to_string(count) + " documents, checksum " + digits;
}

Proof proof_of(const Collection& collection) {
  Proof out;
  for (const Document& document : Collection(collection).find()) out.add(document.bytes());
  return out;
}

void CopyProgress::add(std::uint64_t rows, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  if (interrupted_.stop_requested()) {
    raise(ErrorKind::cancelled, "interrupted");
  }
  if (stopped_) raise(ErrorKind::cancelled, "another collection could not be copied");
  line_.add(rows, bytes);
}

void CopyProgress::finish() {
  const std::lock_guard lock(mutex_);
  line_.finish();
}

void CopyProgress::stop() {
  const std::lock_guard lock(mutex_);
  line_.clear();
  stopped_ = true;
}

void check_has_id(const Document& document) {
  if (document.has("_id")) return;
  raise(ErrorKind::data, "the pipeline takes _id away, by which a copy knows its documents");
}

CollectionCopy::CollectionCopy(Collection source, Collection target, std::string pipeline,
                               CopyProgress& progress)
    : source_(std::move(source)),
      target_(std::move(target)),
      pipeline_(std::move(pipeline)),
      progress_(progress) {}

void CollectionCopy::run() {
  resumes_ = target_.find_one("{}").has_value();
  for (const Document& document :
       pipeline_.empty() ? source_.find() : source_.aggregate(pipeline_.c_str())) {
    check_has_id(document);
    read_.add(document.bytes());
    batch_.bytes += document.bytes().size();
    batch_.documents.push_back(document);
    if (batch_.documents.size() >= batch_documents || batch_.bytes >= batch_bytes) hand_over();
  }
  hand_over();
  if (writing_.valid()) writing_.get();
}

/// The batch is written while the next one is read.
void CollectionCopy::hand_over() {
  if (writing_.valid()) writing_.get();
  if (batch_.documents.empty()) return;
  writing_ = std::async(std::launch::async, [this, batch = std::exchange(batch_, {})]() mutable {
    write(std::move(batch));
  });
}

void CollectionCopy::write(Batch batch) {
  const std::size_t count = batch.documents.size();
  if (resumes_) leave_out_present(batch);
  if (!batch.documents.empty()) {
    const InsertResult done = target_.insert_many(
        batch.documents, {.ordered = false, .validate = false, .keep_errors = true});
    for (const Document& error : done.errors) {
      settle(batch.documents.at(static_cast<std::size_t>(*error.integer("index"))));
    }
  }
  progress_.add(count, batch.bytes);
}

/// What an earlier run has written is asked for at once: to insert it again would fail one by one.
void CollectionCopy::leave_out_present(Batch& batch) {
  std::string ids;
  for (const Document& document : batch.documents) {
    ids += (ids.empty() ? "" : ", ") + id_of(document);
  }
  std::map<std::string, Document> there;
  const std::string filter = "{\"_id\": {\"$in\": [" + ids + "]}}";
  for (const Document& found : target_.find(filter.c_str())) there.emplace(id_of(found), found);
  std::erase_if(batch.documents, [&](const Document& document) {
    const auto found = there.find(id_of(document));
    if (found == there.end()) return false;
    check_same(document, found->second);
    ++present_;
    return true;
  });
}

/// A document that was not inserted must be in the target already, the same.
void CollectionCopy::settle(const Document& document) {
  const std::string filter = "{\"_id\": {\"$eq\": " + id_of(document) + "}}";
  const std::optional<Document> there = target_.find_one(filter.c_str());
  if (!there) {
    raise(ErrorKind::data, "the target's collection " + source_.name() +
                               " refuses a document, by another index than that of _id");
  }
  check_same(document, *there);
  ++present_;
}

void CollectionCopy::check_same(const Document& document, const Document& there) const {
  if (there == document) return;
  raise(ErrorKind::data, "the target's collection " + source_.name() +
                             " has another document with the same _id; it was left "
                             "as it is");
}

}  // namespace iacdb::cli
