#include "database/decision_records.hpp"

#include <array>
#include <charconv>
#include <cstdio>
#include <vector>

#include "base/checksum.hpp"
#include "iacdb/error.hpp"

namespace iacdb::database {
namespace {

constexpr std::string_view magic = "iacdb-decisions 1 ";
constexpr std::size_t checksum_bytes = 8;
constexpr std::size_t coordinator_bytes = 16;
constexpr std::size_t header_bytes = checksum_bytes + 1 + magic.size() + coordinator_bytes + 1;

std::string checksum_of(std::string_view record) {
  std::array<char, checksum_bytes + 1> text{};
  std::snprintf(text.data(), text.size(), "%08x", base::crc32c(record));
  return {text.data(), checksum_bytes};
}

/// The record of a line without its end; nothing when the checksum is another one.
std::optional<std::string_view> check_line(std::string_view line) {
  if (line.size() <= checksum_bytes || line[checksum_bytes] != ' ') return std::nullopt;
  const std::string_view record = line.substr(checksum_bytes + 1);
  if (line.substr(0, checksum_bytes) != checksum_of(record)) return std::nullopt;
  return record;
}

/// The next line at `at`, which moves behind it; nothing when it has no end.
std::optional<std::string_view> next_line(std::string_view text, std::size_t& at) {
  const std::size_t end = text.find('\n', at);
  if (end == text.npos) return std::nullopt;
  const std::string_view line = text.substr(at, end - at);
  at = end + 1;
  return line;
}

std::vector<std::string_view> words_of(std::string_view record) {
  std::vector<std::string_view> words;
  for (;;) {
    const std::size_t space = record.find(' ');
    words.push_back(record.substr(0, space));
    if (space == record.npos) return words;
    record.remove_prefix(space + 1);
  }
}

template <class Number>
bool read_number(std::string_view word, Number& number) {
  const char* const end = word.data() + word.size();
  const auto [at, error] = std::from_chars(word.data(), end, number);
  return error == std::errc() && at == end;
}

void confirm(Decisions& decisions, std::string_view transaction, std::uint32_t branch) {
  const auto found = decisions.open.find(transaction);
  if (found == decisions.open.end()) return;
  found->second.erase(branch);
  if (found->second.empty()) decisions.open.erase(found);
}

/// False for a record that this version does not know.
bool apply(Decisions& decisions, std::string_view record) {
  const auto words = words_of(record);
  std::uint32_t number = 0;
  if (words.size() == 2 && words[0] == "run") return read_number(words[1], decisions.run);
  if (words.size() != 3 || !read_number(words[2], number)) return false;
  if (words[0] == "done") {
    confirm(decisions, words[1], number);
    return true;
  }
  if (words[0] != "commit") return false;
  auto& branches = decisions.open[std::string(words[1])];
  for (std::uint32_t i = 0; i < number; ++i) branches.insert(i);
  return true;
}

[[noreturn]] void raise_damaged(const std::string& path, std::size_t at) {
  raise({.kind = ErrorKind::data,
         .message = "the decision log is damaged before its end; restore it from a copy, or end "
                    "the prepared transactions by hand and begin a new log",
         .where = path + ", byte " + std::to_string(at)});
}

[[noreturn]] void raise_no_log(const std::string& path) {
  raise({.kind = ErrorKind::usage,
         .message = "the file is not a decision log of this version; name another one",
         .where = path});
}

/// Only what a crash left half written may be dropped: a line without its end, or one with a hole
/// where blocks of the disk were not written; and no decision may come after it.
void require_cut(std::string_view text, std::size_t bad, const std::string& path) {
  std::size_t at = bad;
  const auto line = next_line(text, at);
  if (!line) return;
  if (line->find('\0') == line->npos) raise_damaged(path, bad);
  while (const auto later = next_line(text, at)) {
    const auto record = check_line(*later);
    if (record && record->starts_with("commit ")) raise_damaged(path, bad);
  }
}

bool is_cut_header(std::string_view text) {
  if (text.size() >= header_bytes || text.find('\n') != text.npos) return false;
  const std::string_view checksum = text.substr(0, checksum_bytes);
  if (checksum.find_first_not_of("0123456789abcdef") != text.npos) return false;
  if (text.size() <= checksum_bytes) return true;
  const std::string_view rest = text.substr(checksum_bytes + 1);
  return text[checksum_bytes] == ' ' &&
         rest.substr(0, magic.size()) == magic.substr(0, rest.size());
}

}  // namespace

std::string print_record(std::string_view record) {
  return checksum_of(record).append(" ").append(record).append("\n");
}

ReadLog read_log(std::string_view text, const std::string& path) {
  ReadLog log;
  if (text.empty() || is_cut_header(text)) return log;
  std::size_t at = 0;
  const auto header = next_line(text, at);
  const auto first = header ? check_line(*header) : std::nullopt;
  if (!first || !first->starts_with(magic)) raise_no_log(path);
  log.decisions.coordinator = first->substr(magic.size());
  log.good_bytes = at;
  while (const auto line = next_line(text, at)) {
    const auto record = check_line(*line);
    if (!record) {
      require_cut(text, log.good_bytes, path);
      return log;
    }
    if (!apply(log.decisions, *record)) raise_damaged(path, log.good_bytes);
    log.good_bytes = at;
  }
  return log;
}

std::string print_log(const Decisions& decisions) {
  std::string text = print_record(std::string(magic) + decisions.coordinator);
  text += print_record("run " + std::to_string(decisions.run));
  for (const auto& [transaction, branches] : decisions.open) {
    const std::uint32_t count = *branches.rbegin() + 1;
    text += print_record("commit " + transaction + " " + std::to_string(count));
    for (std::uint32_t i = 0; i < count; ++i) {
      if (branches.contains(i)) continue;
      text += print_record("done " + transaction + " " + std::to_string(i));
    }
  }
  return text;
}

}  // namespace iacdb::database
