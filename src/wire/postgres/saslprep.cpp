#include "wire/postgres/saslprep.hpp"

#include <algorithm>

#include "wire/postgres/saslprep_tables.hpp"

namespace iacdb::wire::postgres {
namespace {

namespace tables = saslprep_tables;
using Codes = SecretVector<char32_t>;

// Hangul syllables are composed by arithmetic: Unicode Standard 14, section 3.12.
constexpr char32_t hangul_first = 0xac00, hangul_last = 0xd7a3;
constexpr char32_t lead_first = 0x1100, vowel_first = 0x1161, tail_first = 0x11a7;
constexpr char32_t lead_count = 19, vowel_count = 21, tail_count = 28;

template <class Ranges>
auto find_range(const Ranges& ranges, char32_t code) {
  auto at = std::upper_bound(ranges.begin(), ranges.end(), code,
                             [](char32_t c, const auto& range) { return c < range.first; });
  if (at == ranges.begin() || (--at)->last < code) return ranges.end();
  return at;
}

bool contains(std::span<const tables::CodeRange> ranges, char32_t code) {
  return find_range(ranges, code) != ranges.end();
}

unsigned combining_class(char32_t code) {
  const auto found = find_range(tables::classes, code);
  return found == tables::classes.end() ? 0 : found->value;
}

/// Reads one character at `at` and moves behind it; false when the bytes are not UTF-8.
bool read_utf8(std::string_view text, std::size_t& at, char32_t& code) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(at);
  const std::size_t size = lead < 0x80   ? 1
                           : lead < 0xc2 ? 0
                           : lead < 0xe0 ? 2
                           : lead < 0xf0 ? 3
                           : lead < 0xf5 ? 4
                                         : 0;
  if (size == 0 || text.size() - at < size) return false;
  code = size == 1 ? lead : lead & (0x7f >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(at + i) & 0xc0) != 0x80) return false;
    code = code << 6 | (byte(at + i) & 0x3f);
  }
  at += size;
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  return !overlong && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
}

void append_utf8(SecretText& out, char32_t code) {
  const auto put = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
  }
  put(0x80 | (code & 0x3f));
}

/// Step 1 of RFC 4013: odd spaces become spaces, invisible characters vanish.
std::optional<Codes> read_mapped(std::string_view text) {
  Codes codes;
  codes.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    char32_t code = 0;
    if (!read_utf8(text, at, code)) return std::nullopt;
    if (contains(tables::spaces, code)) code = U' ';
    if (!contains(tables::nothing, code)) codes.push_back(code);
  }
  return codes;
}

void decompose(Codes& out, char32_t code) {
  if (code >= hangul_first && code <= hangul_last) {
    const char32_t index = code - hangul_first;
    out.push_back(lead_first + index / (vowel_count * tail_count));
    out.push_back(vowel_first + index / tail_count % vowel_count);
    if (index % tail_count != 0) out.push_back(tail_first + index % tail_count);
    return;
  }
  const auto& all = tables::decompositions;
  auto at = std::upper_bound(all.begin(), all.end(), code,
                             [](char32_t c, const auto& entry) { return c < entry.code; });
  if (at == all.begin() || (--at)->code + at->more < code) return out.push_back(code);
  if (at->size == 1) return out.push_back(at->target + (code - at->code));
  for (const char32_t part : tables::replacements.subspan(at->target, at->size))
    out.push_back(part);
}

/// Puts runs of combining marks into the order of their classes; equal ones keep theirs.
void order_marks(Codes& codes) {
  for (auto start = codes.begin(); start != codes.end();) {
    if (combining_class(*start) == 0) {
      ++start;
      continue;
    }
    const auto end =
        std::find_if(start, codes.end(), [](char32_t c) { return !combining_class(c); });
    std::stable_sort(
        start, end, [](char32_t a, char32_t b) { return combining_class(a) < combining_class(b); });
    start = end;
  }
}

/// What the pair composes to; 0 when it stays a pair.
char32_t compose_pair(char32_t first, char32_t second) {
  if (first - lead_first < lead_count && second - vowel_first < vowel_count) {
    const char32_t index = (first - lead_first) * vowel_count + (second - vowel_first);
    return hangul_first + index * tail_count;
  }
  if (first >= hangul_first && first <= hangul_last && (first - hangul_first) % tail_count == 0 &&
      second > tail_first && second < tail_first + tail_count) {
    return first + (second - tail_first);
  }
  const auto& all = tables::compositions;
  const auto at = std::lower_bound(all.begin(), all.end(), std::pair{first, second},
                                   [](const auto& entry, const auto& pair) {
                                     return std::pair{entry.first, entry.second} < pair;
                                   });
  return at != all.end() && at->first == first && at->second == second ? at->composed : 0;
}

/// Unicode Standard 14, section 3.11, D117: joins marks to the last starter they are not blocked
/// from.
Codes compose(const Codes& codes) {
  Codes out;
  out.reserve(codes.size());
  std::size_t starter = 0;
  bool have_starter = false;
  unsigned last_class = 0;  // of what stands between the starter and here
  for (const char32_t code : codes) {
    const unsigned own_class = combining_class(code);
    const bool adjacent = have_starter && starter + 1 == out.size();
    if (have_starter && (adjacent || last_class < own_class)) {
      if (const char32_t joined = compose_pair(out[starter], code); joined != 0) {
        out[starter] = joined;
        continue;
      }
    }
    if (own_class == 0) {
      starter = out.size();
      have_starter = true;
    }
    last_class = own_class;
    out.push_back(code);
  }
  return out;
}

/// RFC 3454, section 6: right-to-left text begins and ends so, and holds nothing left-to-right.
bool direction_is_valid(const Codes& codes) {
  const auto is_right = [](char32_t c) { return contains(tables::right_to_left, c); };
  if (std::none_of(codes.begin(), codes.end(), is_right)) return true;
  return is_right(codes.front()) && is_right(codes.back()) &&
         std::none_of(codes.begin(), codes.end(),
                      [](char32_t c) { return contains(tables::left_to_right, c); });
}

}  // namespace

std::optional<SecretText> saslprep(std::string_view text) {
  if (std::all_of(text.begin(), text.end(),
                  [](char c) { return static_cast<signed char>(c) >= 0; }))
    return secret_text(text);
  const auto mapped = read_mapped(text);
  if (!mapped || mapped->empty()) return std::nullopt;
  Codes codes;
  codes.reserve(mapped->size() * 2);
  for (const char32_t code : *mapped) decompose(codes, code);
  order_marks(codes);
  codes = compose(codes);
  const auto is_prohibited = [](char32_t c) { return contains(tables::prohibited, c); };
  if (std::any_of(codes.begin(), codes.end(), is_prohibited)) return std::nullopt;
  if (!direction_is_valid(codes)) return std::nullopt;
  SecretText out;
  out.reserve(codes.size() * 4);
  for (const char32_t code : codes) append_utf8(out, code);
  return out;
}

SecretText prepare_password(std::string_view password) {
  auto prepared = saslprep(password);
  return prepared ? std::move(*prepared) : secret_text(password);
}

}  // namespace iacdb::wire::postgres
