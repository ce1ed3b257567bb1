#include "documents/pipeline/pipeline.hpp"

#include <algorithm>
#include <array>

#include "documents/bson/codec.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/pipeline/stage_table.hpp"

namespace iacdb::doc {
namespace {

class ListStream : public Stream {
 public:
  explicit ListStream(std::vector<Value> documents) : documents_(std::move(documents)) {}
  std::optional<Value> next() override {
    if (at_ == documents_.size()) return std::nullopt;
    return std::move(documents_[at_++]);
  }

 private:
  std::vector<Value> documents_;
  std::size_t at_ = 0;
};

class MappedStream : public Stream {
 public:
  MappedStream(StreamPtr input, std::function<std::optional<Value>(Value)> f)
      : input_(std::move(input)), f_(std::move(f)) {}
  std::optional<Value> next() override {
    while (auto document = input_->next()) {
      if (auto out = f_(std::move(*document))) return out;
    }
    return std::nullopt;
  }

 private:
  StreamPtr input_;
  std::function<std::optional<Value>(Value)> f_;
};

class CollectedStream : public Stream {
 public:
  CollectedStream(StreamPtr input, std::function<std::vector<Value>(std::vector<Value>)> f)
      : input_(std::move(input)), f_(std::move(f)) {}
  std::optional<Value> next() override {
    if (input_) {
      std::vector<Value> all = drain(*input_);
      input_.reset();
      out_ = stream_of(f_(std::move(all)));
    }
    return out_->next();
  }

 private:
  StreamPtr input_;
  std::function<std::vector<Value>(std::vector<Value>)> f_;
  StreamPtr out_;
};

/// Hands on until the command's time is up.
class LimitedStream : public Stream {
 public:
  LimitedStream(StreamPtr input, const Environment& environment)
      : input_(std::move(input)), stop_(environment.stop) {}
  std::optional<Value> next() override {
    check_stop(stop_);
    return input_->next();
  }
  bool next_bytes(std::string& bson) override {
    check_stop(stop_);
    return input_->next_bytes(bson);
  }

 private:
  StreamPtr input_;
  std::stop_token stop_;
};

/// Stages that need what only a MongoDB server has.
constexpr std::array<std::string_view, 22> unsupported = {"$geoNear",
                                                          "$changeStream",
                                                          "$changeStreamSplitLargeEvent",
                                                          "$search",
                                                          "$searchMeta",
                                                          "$vectorSearch",
                                                          "$listSessions",
                                                          "$listLocalSessions",
                                                          "$planCacheStats",
                                                          "$shardedDataDistribution",
                                                          "$currentOp",
                                                          "$listSampledQueries",
                                                          "$listSearchIndexes",
                                                          "$queryStats",
                                                          "$listCatalog",
                                                          "$operationMetrics",
                                                          "$backupCursor",
                                                          "$collStats",
                                                          "$indexStats",
                                                          "$querySettings",
                                                          "$rankFusion",
                                                          "$listClusterCatalog"};

const StageEntry* find_stage(std::string_view name) {
  for (const auto& list : {simple_stages(), group_stages(), bucket_stages(), lookup_stages(),
                           window_stages(), output_stages(), gap_stages()}) {
    for (const StageEntry& entry : list) {
      if (entry.name == name) return &entry;
    }
  }
  return nullptr;
}

StagePtr parse_stage(const Value& spec, const VariableNames& variables, bool in_update) {
  if (!spec.is(Type::object)) {
    fail(Code::type_mismatch, "Each element of the 'pipeline' array must be an object");
  }
  const Object& stage = spec.object();
  if (stage.size() != 1) {
    fail_at(40323, "A pipeline stage specification object must contain exactly one field.");
  }
  const std::string& name = stage.front().name;
  const StageEntry* entry = find_stage(name);
  if (entry == nullptr) {
    if (std::find(unsupported.begin(), unsupported.end(), name) != unsupported.end()) {
      const bool watches = name == "$changeStream";
      fail(Code::not_implemented,
           "the pipeline stage " + name + " is not supported by this store" +
               (watches ? "; ask again for what is new by an indexed field that grows" : ""));
    }
    fail_at(40324, "Unrecognized pipeline stage name: '" + name + "'");
  }
  if (in_update && !entry->in_update) {
    fail(Code::invalid_options, name + " is not allowed to be used within an update");
  }
  return entry->parse(stage.front().value, variables);
}

}  // namespace

bool Stream::next_bytes(std::string& bson) {
  const auto document = next();
  if (document) bson = encode(document->object());
  return document.has_value();
}

StreamPtr stream_of(std::vector<Value> documents) {
  return std::make_unique<ListStream>(std::move(documents));
}

StreamPtr mapped(StreamPtr input, std::function<std::optional<Value>(Value)> f) {
  return std::make_unique<MappedStream>(std::move(input), std::move(f));
}

StreamPtr collected(StreamPtr input, std::function<std::vector<Value>(std::vector<Value>)> f) {
  return std::make_unique<CollectedStream>(std::move(input), std::move(f));
}

std::vector<Value> drain(Stream& input) {
  std::vector<Value> out;
  while (auto document = input.next()) out.push_back(std::move(*document));
  return out;
}

const Object& object_spec(const Value& spec, int code, const std::string& message) {
  if (!spec.is(Type::object)) fail_at(code, message);
  return spec.object();
}

Scope scope_of(const Value& document, const PipelineContext& context) {
  return Scope::of(document, *context.environment, context.bindings);
}

void check_field_path(const std::string& path) {
  if (path.empty()) fail_at(40352, "FieldPath cannot be constructed with empty string");
  if (path.ends_with('.')) fail_at(40353, "FieldPath must not end with a '.'.");
  for (const std::string& part : split_path(path)) {
    if (part.empty()) fail_at(15998, "FieldPath field names may not be empty strings.");
    if (part.starts_with('$')) {
      fail_at(16410,
              "FieldPath field names may not start with '$'. Consider using $getField or "
              "$setField.");
    }
  }
}

Pipeline parse_pipeline(const Array& stages, const VariableNames& variables) {
  Pipeline out;
  for (const Value& stage : stages) {
    out.push_back(parse_stage(stage, variables, false));
    const std::string_view name = out.back()->name;
    const bool last = out.size() == stages.size();
    if ((name == "$out" || name == "$merge") && !last) {
      fail_at(40601, std::string(name) + " can only be the final stage in the pipeline");
    }
    if (name == "$documents" && out.size() != 1) {
      fail_at(40602, "$documents is only valid as the first stage in a pipeline");
    }
  }
  return out;
}

Pipeline parse_update_pipeline(const Array& stages, const VariableNames& variables) {
  Pipeline out;
  for (const Value& stage : stages) out.push_back(parse_stage(stage, variables, true));
  return out;
}

StreamPtr run_pipeline(const Pipeline& pipeline, StreamPtr input, const PipelineContext& context) {
  const bool limited = context.environment != nullptr && context.environment->stop.stop_possible();
  for (const StagePtr& stage : pipeline) {
    input = stage->open(std::move(input), context);
    if (limited) input = std::make_unique<LimitedStream>(std::move(input), *context.environment);
  }
  return input;
}

}  // namespace iacdb::doc
