#include "documents/stores/sql/sql_records.hpp"

#include <algorithm>

#include "documents/bson/codec.hpp"
#include "documents/storage/encoding.hpp"

namespace iacdb::doc {
namespace {

/// What SQL decides of a filter has no variables.
bool fulfils(const Filter& filter, const Value& document) {
  const Environment environment;
  return matches(filter, document, {.environment = &environment});
}

/// The rows, and what is to be done when there is none.
class RowReader {
 public:
  RowReader(Rows<RecordRow> rows, std::function<void()> at_nothing)
      : rows_(std::move(rows)), at_nothing_(std::move(at_nothing)) {}

  /// Null at the end, and then always.
  const RecordRow* next() {
    if (!rows_ || !rows_->next()) {
      rows_.reset();
      if (const auto look = std::exchange(at_nothing_, nullptr)) look();
      return nullptr;
    }
    at_nothing_ = nullptr;
    row_ = rows_->current();
    return &row_;
  }

 private:
  std::optional<Rows<RecordRow>> rows_;
  RecordRow row_;
  std::function<void()> at_nothing_;
};

Value chosen(const std::optional<FieldChoice>& choice, Value document) {
  return choice ? Value(choice->of(std::move(document.edit_object()))) : document;
}
const FieldChoice* pointer(const std::optional<FieldChoice>& choice) {
  return choice ? &*choice : nullptr;
}

class PlainRecords : public Records {
 public:
  PlainRecords(RowReader rows, FilterPtr filter, std::optional<FieldChoice> choice)
      : rows_(std::move(rows)), filter_(std::move(filter)), choice_(std::move(choice)) {}

  std::optional<Record> next() override {
    while (const RecordRow* row = rows_.next()) {
      Value document = document_from_storage(std::get<1>(*row));
      if (in_doubt(*row) && !fulfils(*filter_, document)) continue;
      return Record{std::get<0>(*row), chosen(choice_, std::move(document))};
    }
    return std::nullopt;
  }
  bool next_bytes(std::string& bson) override {
    while (const RecordRow* row = rows_.next()) {
      const std::string_view text = std::get<1>(*row);
      if (in_doubt(*row) && !fulfils(*filter_, document_from_storage(text))) continue;
      bson.clear();
      storage_to_bson(text, bson, pointer(choice_));
      return true;
    }
    return false;
  }

 private:
  bool in_doubt(const RecordRow& row) const { return filter_ != nullptr && std::get<2>(row) != 0; }

  RowReader rows_;
  FilterPtr filter_;
  std::optional<FieldChoice> choice_;
};

/// Rows in order, and before them those that stand apart.
class MergedRecords : public Records {
 public:
  MergedRecords(RowReader rows, const CompiledSelect& compiled, const Selection& selection,
                std::optional<FieldChoice> choice)
      : rows_(std::move(rows)),
        sort_(selection.sort),
        filter_(compiled.filtered ? selection.filter : nullptr),
        skip_(compiled.limited ? selection.skip : 0),
        limit_(compiled.limited && selection.limit > 0 ? selection.limit : -1),
        choice_(std::move(choice)) {}

  std::optional<Record> next() override {
    if (!step()) return std::nullopt;
    if (at_row_) {
      return Record{std::get<0>(*row_), chosen(choice_, document_from_storage(std::get<1>(*row_)))};
    }
    Record& one = apart_[at_ - 1].record;
    return Record{one.seq, chosen(choice_, std::move(one.document))};
  }
  bool next_bytes(std::string& bson) override {
    if (!step()) return false;
    bson.clear();
    if (at_row_) {
      storage_to_bson(std::get<1>(*row_), bson, pointer(choice_));
    } else {
      bson = encode(chosen(choice_, std::move(apart_[at_ - 1].record.document)).object());
    }
    return true;
  }

 private:
  struct Placed {
    std::vector<Value> keys;
    Record record;
  };
  bool before(const Placed& a, const Placed& b) const {
    const int order = sort_compare(sort_, a.keys, b.keys, nullptr);
    return order != 0 ? order < 0 : a.record.seq < b.record.seq;
  }
  Placed placed(const RecordRow& row) const {
    Placed out{{}, {std::get<0>(row), document_from_storage(std::get<1>(row))}};
    out.keys = sort_values(out.record.document, sort_, nullptr);
    return out;
  }
  void sort_apart() {
    std::sort(apart_.begin(), apart_.end(),
              [this](const Placed& a, const Placed& b) { return before(a, b); });
  }

  /// Reads the rows that stand apart; `row_` is the first of the others.
  void begin() {
    const std::int64_t room = most_max - std::min(skip_, most_max);
    const std::int64_t most = limit_ < 0 || limit_ > room ? -1 : limit_ + skip_;
    while ((row_ = rows_.next()) != nullptr && std::get<2>(*row_) != 0) {
      Placed one = placed(*row_);
      if (filter_ && !fulfils(*filter_, one.record.document)) continue;
      apart_.push_back(std::move(one));
      // Those that a limit will leave out anyhow need no memory.
      if (most < 0 || static_cast<std::int64_t>(apart_.size()) < 2 * most + spare) continue;
      sort_apart();
      apart_.erase(apart_.begin() + most, apart_.end());
    }
    sort_apart();
    begun_ = true;
  }

  /// Goes to the next record: the row, where at_row_, or the one of apart_ before at_.
  bool step() {
    if (!begun_) {
      begin();
    } else if (at_row_ && row_ != nullptr) {
      row_ = rows_.next();
    }
    for (; limit_ != 0; row_ = at_row_ ? rows_.next() : row_) {
      at_row_ = row_ != nullptr && (at_ == apart_.size() || before(placed(*row_), apart_[at_]));
      if (!at_row_ && at_ == apart_.size()) return false;
      if (!at_row_) ++at_;
      if (skip_ == 0) break;
      --skip_;
    }
    if (limit_ == 0) return false;
    if (limit_ > 0) --limit_;
    return true;
  }

  static constexpr std::int64_t spare = 1000;
  static constexpr std::int64_t most_max = 1'000'000'000;
  RowReader rows_;
  Sort sort_;
  FilterPtr filter_;
  std::int64_t skip_;
  std::int64_t limit_;  ///< -1: none.
  std::optional<FieldChoice> choice_;
  bool begun_ = false;
  std::vector<Placed> apart_;
  std::size_t at_ = 0;
  bool at_row_ = false;
  const RecordRow* row_ = nullptr;
};

}  // namespace

std::unique_ptr<Records> sql_records(Rows<RecordRow> rows, const CompiledSelect& compiled,
                                     const Selection& selection, std::function<void()> at_nothing) {
  RowReader reader(std::move(rows), std::move(at_nothing));
  auto choice = is_chosen(compiled) ? selection.fields : std::nullopt;
  if (compiled.merges) {
    return std::make_unique<MergedRecords>(std::move(reader), compiled, selection,
                                           std::move(choice));
  }
  return std::make_unique<PlainRecords>(
      std::move(reader), compiled.filtered ? selection.filter : nullptr, std::move(choice));
}

}  // namespace iacdb::doc
