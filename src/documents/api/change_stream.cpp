#include "iacdb/change_stream.hpp"

#include "documents/api/failures.hpp"
#include "documents/bson/codec.hpp"
#include "documents/command/server.hpp"
#include "iacdb/documents.hpp"

namespace iacdb {

ChangeStream::ChangeStream(std::shared_ptr<doc::Server> server, std::string collection,
                           const doc::Object& command)
    : server_(std::move(server)), collection_(std::move(collection)) {
  take_batch(command);
}

ChangeStream::ChangeStream(ChangeStream&& other) noexcept
    : server_(std::move(other.server_)),
      collection_(std::move(other.collection_)),
      batch_(std::move(other.batch_)),
      at_(other.at_),
      cursor_(std::exchange(other.cursor_, 0)),
      token_(std::move(other.token_)),
      token_behind_batch_(std::move(other.token_behind_batch_)) {}

ChangeStream::~ChangeStream() {
  if (server_ && cursor_ != 0) server_->close_cursor(collection_, cursor_);
}

void ChangeStream::take_batch(const doc::Object& command) {
  at_ = 0;
  try {
    const doc::Object reply = server_->run_raw(command, batch_);
    const doc::Object& cursor = reply.get("cursor").object();
    cursor_ = cursor.get("id").int64();
    const doc::Value& token = cursor.get("postBatchResumeToken");
    if (!token.is(doc::Type::object)) return;
    token_behind_batch_ = Document::trusted(doc::encode(token.object()));
    if (batch_.empty()) token_ = token_behind_batch_;
  } catch (const doc::Failure& failure) {
    doc::raise_failure(failure);
  }
}

std::optional<Document> ChangeStream::next(std::chrono::milliseconds wait) {
  if (at_ == batch_.size()) {
    if (cursor_ == 0) {
      raise(ErrorKind::usage, "the change stream has ended; its collection was dropped or renamed");
    }
    const std::int64_t millis = std::max<std::int64_t>(wait.count(), 1);
    take_batch({{"getMore", doc::Value(cursor_)},
                {"collection", doc::Value(collection_)},
                {"maxTimeMS", doc::Value(millis)}});
    if (batch_.empty()) return std::nullopt;
  }
  Document change = Document::trusted(std::move(batch_[at_++]));
  const bool last = at_ == batch_.size() && !token_behind_batch_.empty();
  token_ = last ? token_behind_batch_ : change.document("_id").value_or(Document());
  return change;
}

ChangeStream Collection::watch(const PipelineSpec& pipeline, const WatchOptions& options) {
  doc::Object stage;
  if (!options.resume_after.empty()) {
    stage.add("resumeAfter", doc::Value(doc::decode(options.resume_after.bytes())));
  }
  if (!options.full_document.empty()) {
    stage.add("fullDocument", doc::Value(options.full_document));
  }
  doc::Array stages{doc::Value(doc::Object{{"$changeStream", doc::Value(std::move(stage))}})};
  for (const Document& further : pipeline.stages()) {
    stages.push_back(doc::Value(doc::decode(further.bytes())));
  }
  return {server_, name_,
          doc::Object{{"aggregate", doc::Value(name_)},
                      {"pipeline", doc::Value(std::move(stages))},
                      {"cursor", doc::Value(doc::Object())}}};
}

}  // namespace iacdb
