#define PCRE2_CODE_UNIT_WIDTH 8
#include "documents/filter/pattern.hpp"

#include <pcre2.h>

#include <array>

#include "documents/errors.hpp"

namespace iacdb::doc {
namespace {

constexpr std::uint32_t match_steps_max = 10'000'000;

std::uint32_t flags_of(const std::string& options) {
  std::uint32_t flags = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
  for (const char c : options) {
    switch (c) {
      case 'i':
        flags |= PCRE2_CASELESS;
        break;
      case 'm':
        flags |= PCRE2_MULTILINE;
        break;
      case 's':
        flags |= PCRE2_DOTALL;
        break;
      case 'x':
        flags |= PCRE2_EXTENDED;
        break;
      case 'u':
        break;
      default:
        fail_at(51108, std::string("invalid flag in regex options: ") + c);
    }
  }
  return flags;
}

struct MatchData {
  explicit MatchData(const pcre2_code* code)
      : data(pcre2_match_data_create_from_pattern(code, nullptr)) {}
  MatchData(const MatchData&) = delete;
  MatchData& operator=(const MatchData&) = delete;
  ~MatchData() { pcre2_match_data_free(data); }
  pcre2_match_data* data;
};

pcre2_match_context* limits() {
  static pcre2_match_context* const context = [] {
    pcre2_match_context* made = pcre2_match_context_create(nullptr);
    pcre2_set_match_limit(made, match_steps_max);
    return made;
  }();
  return context;
}

}  // namespace

Pattern::Pattern(std::string pattern, std::string options)
    : source_(std::move(pattern)), options_(std::move(options)) {
  if (source_.find('\0') != std::string::npos) {
    fail(Code::bad_value, "Regular expression cannot contain an embedded null byte");
  }
  int error = 0;
  PCRE2_SIZE at = 0;
  pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(source_.data()), source_.size(),
                                   flags_of(options_), &error, &at, nullptr);
  if (code == nullptr) {
    std::array<PCRE2_UCHAR, 256> text{};
    pcre2_get_error_message(error, text.data(), text.size());
    fail_at(invalid, "Regular expression is invalid: " +
                         std::string(reinterpret_cast<const char*>(text.data())));
  }
  code_ =
      std::shared_ptr<void>(code, [](void* p) { pcre2_code_free(static_cast<pcre2_code*>(p)); });
}

std::optional<Pattern::Groups> Pattern::find(std::string_view text, std::size_t start) const {
  const auto* code = static_cast<const pcre2_code*>(code_.get());
  const MatchData match(code);
  const int count = pcre2_match(code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), start,
                                0, match.data, limits());
  if (count == PCRE2_ERROR_NOMATCH) return std::nullopt;
  if (count < 0) {
    fail_at(51156, "Error occurred while executing the regular expression. Result code: " +
                       std::to_string(count));
  }
  std::uint32_t groups = 0;
  pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &groups);
  const PCRE2_SIZE* offsets = pcre2_get_ovector_pointer(match.data);
  Groups out(groups + 1);
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    if (offsets[2 * i] != PCRE2_UNSET) out[i] = {offsets[2 * i], offsets[2 * i + 1]};
  }
  return out;
}

bool Pattern::matches(std::string_view text) const {
  return find(text, 0).has_value();
}

}  // namespace iacdb::doc
