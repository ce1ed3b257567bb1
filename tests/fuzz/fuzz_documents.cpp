// Documents as other programs may send or leave them, and what is asked of them. The first byte
// chooses what the rest is:
//
//   0  the stored form: both of its readers agree, or both refuse it
//   1  BSON: what is read is written again as it was, and kept by the stored form
//   2  Extended JSON: what is printed reads as it was
//   3  a filter and a line with a document: the evaluator, and the statements of both databases,
//      those that are kept for a shape among them
//   4  an update, or a pipeline, and a line with a document
//
// Bad input is a Failure, and nothing else.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "documents/bson/codec.hpp"
#include "documents/bson/compare.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/errors.hpp"
#include "documents/filter/filter.hpp"
#include "documents/pipeline/pipeline.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/stores/sql/select_cache.hpp"
#include "documents/update/update.hpp"

namespace {

using namespace iacdb::doc;

void expect(bool holds) {
  if (!holds) std::abort();
}

/// What `f` gives; nullopt when it refuses.
template <class F>
auto unless_refused(F f) -> std::optional<decltype(f())> {
  try {
    return f();
  } catch (const Failure&) {
    return std::nullopt;
  }
}

void stored(std::string_view text) {
  const auto by_values = unless_refused([&] { return encode(from_storage(text)); });
  const auto straight = unless_refused([&] {
    std::string out;
    storage_to_bson(text, out);
    return out;
  });
  expect(by_values == straight);
  if (!by_values) return;
  for (const bool inclusive : {true, false}) {
    const FieldChoice choice{inclusive, {"a", "_id"}};
    std::string chosen;
    storage_to_bson(text, chosen, &choice);
    expect(chosen == encode(choice.of(from_storage(text))));
  }
}

void kept(const Object& document) {
  const std::string bytes = encode(document);
  for (const KeyOrder order : {KeyOrder::listed, KeyOrder::kept}) {
    const auto text = unless_refused([&] { return to_storage(document, order); });
    if (!text) continue;
    const Value back = from_storage(*text);
    if (encode(back.object()) == bytes) continue;
    // A decimal of more than 34 digits, which no text tells, comes back as the zero that it is.
    expect(compare(back, Value(document)) == 0 && to_storage(back.object(), order) == *text);
  }
}

void bson(std::string_view bytes) {
  const auto document = unless_refused([&] { return decode(bytes); });
  if (!document) return;
  expect(encode(*document).size() == encoded_size(*document));
  expect(encode(decode(encode(*document))) == encode(*document));
  kept(*document);
}

void json(std::string_view text) {
  const auto document = unless_refused([&] { return parse_json(text); });
  if (!document) return;
  const std::string printed = print_json(*document, JsonForm::canonical);
  const auto again = unless_refused([&] { return parse_json(printed); });
  expect(again && encode(*again) == encode(*document));
  kept(*document);
}

CollectionInfo collection() {
  CollectionInfo out;
  out.name = out.table = "c";
  out.version = "1";
  IndexInfo index;
  index.name = "a";
  index.key = Object{{"a", Value(std::int32_t{1})}, {"b", Value(std::int32_t{1})}};
  out.indexes.push_back(index);
  return out;
}

void filter(const Object& spec, const Object& document) {
  Selection selection;
  selection.filter = parse_filter(spec);
  const Environment environment;
  matches(*selection.filter, Value(document), {.environment = &environment});
  CollectionInfo people = collection();
  for (const int which : {0, 1, 2, 3}) {
    people.ordered_ids = which / 2 == 1;
    const SqlForm form{which % 2 == 1, people.ordered_ids};
    for (const std::int64_t limit : {0, 1, 3}) {
      selection.limit = limit;
      SelectCache cache;
      const CompiledSelect compiled = compile_select(form, people, selection);
      cache.compile(form, people, selection);
      const CompiledSelect again = cache.compile(form, people, selection);
      // Equal values may be said once.
      expect(again.filtered == compiled.filtered && again.limited == compiled.limited);
      expect(again.sql != compiled.sql || again.parameters == compiled.parameters);
    }
  }
}

void change(const Value& spec, const Object& document) {
  const Environment environment;
  if (spec.is(Type::array)) {
    const Pipeline stages = parse_pipeline(spec.array());
    for (const StagePtr& stage : stages) {
      for (const char* const other : {"$lookup", "$graphLookup", "$unionWith", "$facet", "$out",
                                      "$merge", "$sample", "$documents"}) {
        if (stage->name == other) return;  // Needs a store around it.
      }
    }
    const StreamPtr out =
        run_pipeline(stages, stream_of({Value(document)}), {.environment = &environment});
    for (int i = 0; i < 100 && out->next(); ++i) continue;
    return;
  }
  const Update update = parse_update(spec, {});
  encode(apply_update(update, document, {.environment = &environment}));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const std::string_view first = text.substr(0, text.find('\n'));
  const std::string_view second =
      first.size() < text.size() ? text.substr(first.size() + 1) : std::string_view("{}");
  try {
    switch (data[0] % 5) {
      case 0:
        stored(text);
        break;
      case 1:
        bson(text);
        break;
      case 2:
        json(text);
        break;
      case 3:
        filter(parse_json(first), parse_json(second));
        break;
      default:
        change(parse_json_value(first), parse_json(second));
    }
  } catch (const Failure&) {
    return 0;
  }
  return 0;
}
