// How the stages that a store may compile run in the evaluator.

#include <algorithm>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/filter/text_search.hpp"
#include "documents/pipeline/stage_table.hpp"

namespace iacdb::doc {
namespace {

/// The $text document of a filter, if it has one.
const Filter* text_filter(const Filter& filter) {
  if (filter.kind == Filter::text) return &filter;
  if (filter.kind != Filter::all_of) return nullptr;
  for (const FilterPtr& child : filter.children) {
    if (const Filter* found = text_filter(*child)) return found;
  }
  return nullptr;
}

class LimitStream : public Stream {
 public:
  LimitStream(StreamPtr input, std::int64_t limit) : input_(std::move(input)), left_(limit) {}
  std::optional<Value> next() override {
    if (left_ == 0) return std::nullopt;
    --left_;
    auto out = input_->next();
    if (!out) left_ = 0;
    return out;
  }
  bool next_bytes(std::string& bson) override {
    if (left_ == 0) return false;
    --left_;
    const bool is_there = input_->next_bytes(bson);
    if (!is_there) left_ = 0;
    return is_there;
  }

 private:
  StreamPtr input_;
  std::int64_t left_;
};

class UnwindStream : public Stream {
 public:
  UnwindStream(StreamPtr input, const UnwindStage& stage)
      : input_(std::move(input)), stage_(stage) {}

  std::optional<Value> next() override {
    for (;;) {
      if (at_ < elements_.size()) {
        const std::size_t i = at_++;
        return with(elements_[i], Value(static_cast<std::int64_t>(i)));
      }
      auto document = input_->next();
      if (!document) return std::nullopt;
      document_ = std::move(*document);
      elements_.clear();
      at_ = 0;
      if (auto out = start()) return out;
    }
  }

 private:
  static const Value& at_path(const Value& v, const std::vector<std::string>& path, std::size_t i) {
    if (i == path.size()) return v;
    if (!v.is(Type::object)) return missing_value;
    return at_path(v.object().get(path[i]), path, i + 1);
  }
  static void put(Value& v, const std::vector<std::string>& path, std::size_t i, Value leaf) {
    if (!v.is(Type::object)) v = Value(Object());
    Object& object = v.edit_object();
    if (i + 1 == path.size()) {
      if (leaf.missing()) {
        object.remove(path[i]);
      } else {
        object.set(path[i], std::move(leaf));
      }
      return;
    }
    Value* inner = object.find(path[i]);
    if (inner == nullptr) inner = &object.add(path[i], Value(Object()));
    put(*inner, path, i + 1, std::move(leaf));
  }

  std::optional<Value> start() {
    const Value& v = at_path(document_, stage_.path, 0);
    if (v.is(Type::array)) {
      elements_ = v.array();
      if (!elements_.empty()) return std::nullopt;
      if (!stage_.keeps_empty) return std::nullopt;
      return with(Value(), Value(nullptr));
    }
    if (v.nullish()) {
      if (!stage_.keeps_empty) return std::nullopt;
      Value out = document_;
      return indexed(std::move(out), Value(nullptr));
    }
    return indexed(document_, Value(nullptr));
  }
  Value with(const Value& element, Value index) const {
    Value out = document_;
    put(out, stage_.path, 0, element);
    return indexed(std::move(out), std::move(index));
  }
  Value indexed(Value out, Value index) const {
    if (!stage_.index_name.empty()) put(out, split_path(stage_.index_name), 0, std::move(index));
    return out;
  }

  StreamPtr input_;
  const UnwindStage& stage_;
  Value document_;
  Array elements_;
  std::size_t at_ = 0;
};

}  // namespace

StreamPtr MatchStage::open(StreamPtr input, const PipelineContext& context) const {
  const bool is_scored = text_filter(*filter) != nullptr;
  return mapped(std::move(input), [this, context, is_scored](Value d) -> std::optional<Value> {
    double score = 0;
    const MatchContext match{
        .environment = context.environment, .bindings = context.bindings, .text_score = &score};
    if (!matches(*filter, d, match)) return std::nullopt;
    if (is_scored) d.edit_object().set("$textScore", Value(score));
    return d;
  });
}

StreamPtr SortStage::open(StreamPtr input, const PipelineContext& context) const {
  return collected(std::move(input), [this, context](std::vector<Value> all) {
    sort_documents(sort, all, context.environment->collator);
    return all;
  });
}

StreamPtr LimitStage::open(StreamPtr input, const PipelineContext&) const {
  return std::make_unique<LimitStream>(std::move(input), limit);
}

StreamPtr SkipStage::open(StreamPtr input, const PipelineContext&) const {
  return mapped(std::move(input), [left = skip](Value d) mutable -> std::optional<Value> {
    if (left > 0) {
      --left;
      return std::nullopt;
    }
    return d;
  });
}

StreamPtr ProjectStage::open(StreamPtr input, const PipelineContext& context) const {
  return mapped(std::move(input), [this, context](const Value& d) -> std::optional<Value> {
    return project(projection, d, scope_of(d, context));
  });
}

StreamPtr AddFieldsStage::open(StreamPtr input, const PipelineContext& context) const {
  return mapped(std::move(input), [this, context](const Value& d) -> std::optional<Value> {
    return add_fields(*added, d, scope_of(d, context));
  });
}

StreamPtr ReplaceRootStage::open(StreamPtr input, const PipelineContext& context) const {
  return mapped(std::move(input), [this, context](const Value& d) -> std::optional<Value> {
    Value out = evaluate(*root, scope_of(d, context));
    if (!out.is(Type::object)) {
      fail_at(40228, "'newRoot' expression must evaluate to an object, but resulting value was: " +
                         (out.missing() ? "MISSING" : print_json(out)) +
                         ". Type of resulting value: '" + std::string(type_name(out.type())) +
                         "'. Input document: " + print_json(d));
    }
    return out;
  });
}

StreamPtr UnwindStage::open(StreamPtr input, const PipelineContext&) const {
  return std::make_unique<UnwindStream>(std::move(input), *this);
}

StreamPtr CountStage::open(StreamPtr input, const PipelineContext&) const {
  return collected(std::move(input), [this](const std::vector<Value>& all) {
    std::vector<Value> out;
    if (all.empty()) return out;
    Object counted;
    counted.add(field, narrowest(static_cast<std::int64_t>(all.size())));
    out.push_back(Value(std::move(counted)));
    return out;
  });
}

}  // namespace iacdb::doc
