// The functions that give rows, as the source calls them.

#include <initializer_list>

#include "sql/translate/table_functions.hpp"

namespace iacdb::sql {

namespace {

bool is_one_of(const Node* call, std::initializer_list<std::string_view> names) {
  for (std::string_view name : names) {
    if (is_call(call, name)) return true;
  }
  return false;
}

/// The text that a plain pattern of REGEXP_SPLIT_TO_TABLE stands for.
std::string_view pattern_text(std::string_view pattern) {
  if (pattern.size() == 2 && pattern[0] == '\\')
    pattern.remove_prefix(1);
  else if (pattern.find_first_of(".*+?()[]{}|^$\\") != std::string_view::npos)
    return {};
  return pattern;
}

bool all_numbers(const Node* document) {
  return document->is(Kind::string) && document->text.starts_with('[') &&
         document->text.find_first_not_of("[]0123456789.,+-eE \n\t") == std::string_view::npos &&
         document->text.find_first_of("0123456789") != std::string_view::npos;
}

class RowReader {
 public:
  explicit RowReader(Context& c) : c_(c) {}

  RowSource read(const Node* call) {
    RowSource source;
    const std::size_t count = argument_count(call);
    const auto literal = [&](std::size_t i) {
      const bool given = i < count && argument(call, i)->is(Kind::string);
      return given ? argument(call, i)->text : std::string_view();
    };
    if (c_.from_is(Dialect::tsql) && is_call(call, "STRING_SPLIT") && count >= 2) {
      source = {Rows::pieces, argument(call, 0), literal(1), true};
      source.columns = {{"value", Role::value}, {"ordinal", Role::ordinal}};
    } else if (c_.from_is(Dialect::tsql) && is_call(call, "OPENJSON") && reaches(call)) {
      read_document(call, source);
    } else if (c_.from_is(Dialect::sqlite) && is_call(call, "JSON_EACH") && reaches(call)) {
      read_document(call, source);
    } else if (c_.from_is(Dialect::postgres)) {
      read_postgres(call, source);
    }
    return source;
  }

 private:
  /// The whole document, or a part of it that a literal path names.
  static bool reaches(const Node* call) {
    const std::size_t count = argument_count(call);
    return count == 1 || (count == 2 && argument(call, 1)->is(Kind::string));
  }

  /// An object where a literal says so, else an array.
  void read_document(const Node* call, RowSource& source) {
    source.subject = argument(call, 0);
    const std::string_view text =
        source.subject->is(Kind::string) ? source.subject->text : std::string_view();
    const std::size_t first = text.find_first_not_of(" \n\t");
    const bool object = first != std::string_view::npos && text[first] == '{';
    source.rows = object ? Rows::entries : Rows::elements;
    source.columns = {{"key", object ? Role::key : Role::index}, {"value", Role::value}};
    source.numbers = argument_count(call) == 1 && all_numbers(source.subject);
    if (argument_count(call) == 1) return;
    source.rows = Rows::elements;
    source.columns[0].second = Role::index;
    source.subject = c_.build.call("$JSON_FRAGMENT", source.subject, argument(call, 1));
  }

  void read_postgres(const Node* call, RowSource& source) {
    const std::size_t count = argument_count(call);
    if (count == 0) return;
    Node* first = argument(call, 0);
    const bool two = count == 2 && argument(call, 1)->is(Kind::string);
    if (is_call(call, "UNNEST") && count == 1) {
      if (is_call(first, "STRING_TO_ARRAY") && argument_count(first) == 2 &&
          argument(first, 1)->is(Kind::string)) {
        source = {Rows::pieces, argument(first, 0), argument(first, 1)->text};
      } else if (first->is(Kind::array) ||
                 (first->is(Kind::cast) && first->kid(0)->is(Kind::array))) {
        source = {Rows::list, first->is(Kind::cast) ? first->kid(0) : first};
      }
    } else if (is_call(call, "STRING_TO_TABLE") && two) {
      source = {Rows::pieces, first, argument(call, 1)->text};
    } else if (is_call(call, "REGEXP_SPLIT_TO_TABLE") && two) {
      source = {Rows::pieces, first, pattern_text(argument(call, 1)->text), true};
      if (source.separator.empty()) source.rows = Rows::none;
    } else if (count == 1 &&
               is_one_of(call, {"JSON_ARRAY_ELEMENTS", "JSONB_ARRAY_ELEMENTS",
                                "JSON_ARRAY_ELEMENTS_TEXT", "JSONB_ARRAY_ELEMENTS_TEXT"})) {
      source = {Rows::elements, first};
      source.json = !is_one_of(call, {"JSON_ARRAY_ELEMENTS_TEXT", "JSONB_ARRAY_ELEMENTS_TEXT"});
      source.columns = {{"value", Role::value}};
    } else if (count == 1 && is_one_of(call, {"JSON_EACH_TEXT", "JSONB_EACH_TEXT"})) {
      source = {Rows::entries, first};
      source.columns = {{"key", Role::key}, {"value", Role::value}};
    } else if (count == 1 && is_one_of(call, {"JSON_OBJECT_KEYS", "JSONB_OBJECT_KEYS"})) {
      source = {Rows::entries, first};
      source.columns = {{"", Role::key}};
    }
    if (source.rows == Rows::pieces || source.rows == Rows::list) {
      source.columns = {{"", Role::value}};
    }
    Node* subject = source.subject;  // The documents of others are texts.
    if (subject && subject->is(Kind::cast) && subject->kid(0)->is(Kind::string)) {
      source.subject = subject->kid(0);
    }
  }

  Context& c_;
};

}  // namespace

RowSource read_rows(const Node* call, Context& c) {
  return RowReader(c).read(call);
}

}  // namespace iacdb::sql
