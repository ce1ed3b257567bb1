#include "config/reference.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/text.hpp"
#include "base/url.hpp"
#include "config/problem.hpp"

extern char** environ;  // NOLINT: declared by POSIX without a header.

namespace iacdb::config {
namespace {

constexpr int depth_max = 8;
constexpr std::size_t value_bytes_max = 64 * 1024;

/// One piece of a value: literal text, or what stands between ${ and }.
struct Piece {
  std::string_view text;
  bool is_reference = false;
};

/// The piece at the front of `text`, taken away from it; a ${ without its } is a reference too.
Piece take_piece(std::string_view& text) {
  const std::size_t dollar = text.find('$');
  if (dollar != 0 || text.size() < 2) {
    const Piece piece{text.substr(0, dollar)};
    text.remove_prefix(piece.text.size());
    if (!piece.text.empty()) return piece;
  }
  if (text.starts_with("$${")) {
    text.remove_prefix(1);
    const Piece piece{text.substr(0, 2)};
    text.remove_prefix(2);
    return piece;
  }
  if (text.starts_with("${")) {
    const std::size_t end = base::skip_reference(text, 0);
    const Piece piece{text.substr(2, end == 0 ? std::string_view::npos : end - 3), true};
    text.remove_prefix(end == 0 ? text.size() : end);
    return piece;
  }
  const Piece piece{text.substr(0, 1)};
  text.remove_prefix(1);
  return piece;
}

bool is_variable_name(std::string_view name) {
  if (name.empty() || base::is_digit(name.front())) return false;
  for (const char c : name) {
    const char low = base::to_lower(c);
    if (!(base::is_digit(c) || c == '_' || (low >= 'a' && low <= 'z'))) return false;
  }
  return true;
}

struct Reference {
  std::string_view kind;
  std::string_view rest;                     ///< Variable, path or command.
  std::optional<std::string_view> fallback;  ///< Behind :- of an env reference.
  std::string problem;
};

Reference read_reference(std::string_view inside) {
  Reference reference;
  const std::size_t colon = inside.find(':');
  reference.kind = inside.substr(0, colon);
  if (colon != std::string_view::npos) reference.rest = inside.substr(colon + 1);
  const bool known = reference.kind == "env" || reference.kind == "file" || reference.kind == "cmd";
  if (!known || colon == std::string_view::npos) {
    reference.problem =
        "an unknown reference; write ${env:NAME}, ${file:/path} or ${cmd:program}, "
        "and $${ for a literal ${";
  } else if (reference.rest.empty()) {
    reference.problem = "an empty ${" + std::string(reference.kind) + ":}";
  } else if (reference.kind == "env") {
    if (const std::size_t at = reference.rest.find(":-"); at != std::string_view::npos) {
      reference.fallback = reference.rest.substr(at + 2);
      reference.rest = reference.rest.substr(0, at);
    }
    if (!is_variable_name(reference.rest)) {
      reference.problem = "no variable's name in ${env:...}; letters, digits and _ are possible";
    }
  } else if (reference.kind == "cmd" && !split_command(reference.rest)) {
    reference.problem = "a quote is not closed in ${cmd:...}";
  }
  return reference;
}

void drop_line_break(std::string& text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
}

std::string resolve(std::string_view text, const Environment& environment, const Mark& mark,
                    int depth);

std::string resolve_one(std::string_view inside, const Environment& environment, const Mark& mark,
                        int depth) {
  const Reference reference = read_reference(inside);
  if (!reference.problem.empty()) raise_problem(mark, reference.problem);
  if (reference.kind == "file") {
    return std::string(read_secret_file(std::string(reference.rest), mark).reveal());
  }
  if (reference.kind == "cmd") {
    std::string output = run_command(*split_command(reference.rest), mark);
    drop_line_break(output);
    return output;
  }
  auto value = environment.get(reference.rest);
  const bool use_fallback = !value || (value->empty() && reference.fallback);
  if (!use_fallback) return *std::move(value);
  if (reference.fallback) return resolve(*reference.fallback, environment, mark, depth + 1);
  raise_problem(mark, "the variable " + shown(reference.rest) +
                          " is not set; set it, or write ${env:NAME:-default}");
}

std::string resolve(std::string_view text, const Environment& environment, const Mark& mark,
                    int depth) {
  if (depth > depth_max) raise_problem(mark, "references nested more than 8 deep");
  std::string result;
  while (!text.empty()) {
    const Piece piece = take_piece(text);
    if (piece.is_reference) {
      result += resolve_one(piece.text, environment, mark, depth);
    } else {
      result += piece.text;
    }
    if (result.size() > value_bytes_max) raise_problem(mark, "a value longer than 64 KiB");
  }
  return result;
}

}  // namespace

std::optional<std::string> Environment::get(std::string_view name) const {
  const std::string key(name);
  if (!variables_) {
    const char* value = std::getenv(key.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  }
  const auto found = variables_->find(key);
  return found == variables_->end() ? std::nullopt : std::optional(found->second);
}

std::map<std::string, std::string> Environment::all(std::string_view prefix) const {
  std::map<std::string, std::string> result;
  if (variables_) {
    for (const auto& [name, value] : *variables_) {
      if (name.starts_with(prefix)) result.emplace(name, value);
    }
    return result;
  }
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view line(*at);
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || !line.starts_with(prefix)) continue;
    result.emplace(line.substr(0, equals), line.substr(equals + 1));
  }
  return result;
}

bool has_reference(std::string_view text) noexcept {
  while (!text.empty()) {
    if (take_piece(text).is_reference) return true;
  }
  return false;
}

bool is_one_reference(std::string_view text) noexcept {
  return !text.empty() && base::skip_reference(text, 0) == text.size();
}

std::string escape_references(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("${")) result += '$';
    result += text[i];
  }
  return result;
}

std::string resolve_references(std::string_view text, const Environment& environment,
                               const Mark& mark) {
  return resolve(text, environment, mark, 0);
}

std::string check_references(std::string_view text) {
  while (!text.empty()) {
    const std::string_view before = text;
    const Piece piece = take_piece(text);
    if (!piece.is_reference) continue;
    if (base::skip_reference(before, 0) == 0) {
      return "a ${ without its }; write $${ for a literal ${";
    }
    const Reference reference = read_reference(piece.text);
    if (!reference.problem.empty()) return reference.problem;
    if (reference.fallback) {
      std::string problem = check_references(*reference.fallback);
      if (!problem.empty()) return problem;
    }
  }
  return "";
}

base::Secret read_secret_file(const std::string& path, const Mark& mark) {
  struct stat facts {};
  const auto refuse = [&](const std::string& why) {
    raise_problem(mark, "the file " + shown(path) + " cannot be used: " + why);
  };
  if (::stat(path.c_str(), &facts) != 0) refuse(std::strerror(errno));
  if (!S_ISREG(facts.st_mode)) refuse("it is no regular file");
  if (static_cast<std::uint64_t>(facts.st_size) > value_bytes_max) refuse("it exceeds 64 KiB");
  std::ifstream stream(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(facts.st_size), '\0');
  if (!stream || !stream.read(text.data(), static_cast<std::streamsize>(text.size()))) {
    refuse("it cannot be read; check its permissions");
  }
  drop_line_break(text);
  if (text.find('\0') != std::string::npos) refuse("it holds a zero byte");
  base::Secret secret(text);
  explicit_bzero(text.data(), text.size());
  return secret;
}

}  // namespace iacdb::config
