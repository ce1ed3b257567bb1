#include "documents/bson/collation.hpp"

#include <unicode/coll.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/errors.hpp"

namespace iacdb::doc {
namespace {

class IcuCollator : public Collator {
 public:
  explicit IcuCollator(std::unique_ptr<icu::Collator> collator) : collator_(std::move(collator)) {}
  int compare(std::string_view a, std::string_view b) const override {
    UErrorCode error = U_ZERO_ERROR;
    const auto result = collator_->compareUTF8(
        icu::StringPiece(a.data(), static_cast<std::int32_t>(a.size())),
        icu::StringPiece(b.data(), static_cast<std::int32_t>(b.size())), error);
    return result == UCOL_LESS ? -1 : (result == UCOL_GREATER ? 1 : 0);
  }
  std::string key(std::string_view text) const override {
    const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(
        icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
    std::string bytes(static_cast<std::size_t>(collator_->getSortKey(wide, nullptr, 0)), '\0');
    collator_->getSortKey(wide, reinterpret_cast<std::uint8_t*>(bytes.data()),
                          static_cast<std::int32_t>(bytes.size()));
    return to_hex(bytes);
  }

 private:
  std::unique_ptr<icu::Collator> collator_;
};

[[noreturn]] void bad(const std::string& what) {
  fail(Code::bad_value, what);
}

class Setting {
 public:
  Setting(icu::Collator& collator, const Field& field) : collator_(collator), field_(field) {}

  void apply() {
    if (field_.name == "strength") {
      strength();
    } else if (field_.name == "caseLevel") {
      set(UCOL_CASE_LEVEL, boolean() ? UCOL_ON : UCOL_OFF);
    } else if (field_.name == "caseFirst") {
      choose(UCOL_CASE_FIRST,
             {{"off", UCOL_OFF}, {"upper", UCOL_UPPER_FIRST}, {"lower", UCOL_LOWER_FIRST}});
    } else if (field_.name == "numericOrdering") {
      set(UCOL_NUMERIC_COLLATION, boolean() ? UCOL_ON : UCOL_OFF);
    } else if (field_.name == "alternate") {
      choose(UCOL_ALTERNATE_HANDLING,
             {{"non-ignorable", UCOL_NON_IGNORABLE}, {"shifted", UCOL_SHIFTED}});
    } else if (field_.name == "backwards") {
      set(UCOL_FRENCH_COLLATION, boolean() ? UCOL_ON : UCOL_OFF);
    } else if (field_.name == "normalization") {
      set(UCOL_NORMALIZATION_MODE, boolean() ? UCOL_ON : UCOL_OFF);
    } else if (field_.name == "maxVariable") {
      max_variable();
    } else if (field_.name != "locale" && field_.name != "version") {
      fail_at(40415, "BSON field 'collation." + field_.name + "' is an unknown field.");
    }
  }

 private:
  bool boolean() const {
    if (!field_.value.is(Type::boolean)) {
      fail(Code::type_mismatch, "Field '" + field_.name + "' should be a boolean value");
    }
    return field_.value.boolean();
  }
  void set(UColAttribute attribute, UColAttributeValue value) {
    UErrorCode error = U_ZERO_ERROR;
    collator_.setAttribute(attribute, value, error);
    if (U_FAILURE(error)) bad("collation: " + field_.name + " cannot be set");
  }
  void choose(UColAttribute attribute,
              std::initializer_list<std::pair<std::string_view, UColAttributeValue>> choices) {
    for (const auto& [name, value] : choices) {
      if (field_.value.is(Type::string) && field_.value.text() == name) {
        set(attribute, value);
        return;
      }
    }
    bad("Enumeration value '" + print_json(field_.value) + "' for field 'collation." + field_.name +
        "' is not a valid value.");
  }
  void strength() {
    constexpr UColAttributeValue levels[] = {UCOL_PRIMARY, UCOL_SECONDARY, UCOL_TERTIARY,
                                             UCOL_QUATERNARY, UCOL_IDENTICAL};
    const auto level = field_.value.is_number() ? exact_int64(field_.value) : std::nullopt;
    if (!level || *level < 1 || *level > 5) {
      bad("Field 'strength' must be an integer 1 through 5. Got: " + print_json(field_.value));
    }
    set(UCOL_STRENGTH, levels[*level - 1]);
  }
  void max_variable() {
    UErrorCode error = U_ZERO_ERROR;
    const bool punct = field_.value.is(Type::string) && field_.value.text() == "punct";
    const bool space = field_.value.is(Type::string) && field_.value.text() == "space";
    if (!punct && !space) bad("collation: maxVariable must be \"punct\" or \"space\"");
    collator_.setMaxVariable(punct ? UCOL_REORDER_CODE_PUNCTUATION : UCOL_REORDER_CODE_SPACE,
                             error);
  }

  icu::Collator& collator_;
  const Field& field_;
};

bool known_locale(const std::string& name) {
  std::int32_t count = 0;
  const icu::Locale* all = icu::Collator::getAvailableLocales(count);
  const icu::Locale wanted(name.c_str());
  return std::any_of(all, all + count, [&](const icu::Locale& one) {
    return one.getName() == std::string_view(wanted.getBaseName()) ||
           one.getName() == std::string_view(wanted.getLanguage());
  });
}

}  // namespace

std::shared_ptr<const Collator> parse_collation(const Object& spec) {
  if (spec.empty()) return nullptr;
  const Value& locale = spec.get("locale");
  if (locale.missing()) {
    fail_at(40414, "BSON field 'collation.locale' is missing but a required field");
  }
  if (!locale.is(Type::string)) {
    fail(Code::type_mismatch, "BSON field 'collation.locale' is the wrong type '" +
                                  std::string(type_name(locale.type())) +
                                  "', expected type 'string'");
  }
  if (locale.text() == "simple") {
    if (spec.size() > 1) {
      bad("If 'locale' is 'simple' no other fields should be set.");
    }
    return nullptr;
  }
  if (!known_locale(locale.text())) {
    bad("Field 'locale' is invalid in: " + print_json(spec));
  }
  UErrorCode error = U_ZERO_ERROR;
  std::unique_ptr<icu::Collator> collator(
      icu::Collator::createInstance(icu::Locale(locale.text().c_str()), error));
  if (U_FAILURE(error) || !collator) bad("Field 'locale' is invalid in: " + print_json(spec));
  for (const Field& field : spec) Setting(*collator, field).apply();
  return std::make_shared<IcuCollator>(std::move(collator));
}

std::string fold_text(std::string_view text, bool case_off, bool accents_off) {
  icu::UnicodeString wide = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  if (case_off) wide.foldCase();
  if (accents_off) {
    UErrorCode error = U_ZERO_ERROR;
    const icu::Normalizer2* decompose = icu::Normalizer2::getNFDInstance(error);
    if (U_SUCCESS(error)) {
      const icu::UnicodeString apart = decompose->normalize(wide, error);
      icu::UnicodeString plain;
      for (std::int32_t i = 0; i < apart.length(); i = apart.moveIndex32(i, 1)) {
        const UChar32 c = apart.char32At(i);
        if (u_charType(c) != U_NON_SPACING_MARK) plain.append(c);
      }
      wide = plain;
    }
  }
  std::string out;
  wide.toUTF8String(out);
  return out;
}

std::string upper_ascii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

}  // namespace iacdb::doc
