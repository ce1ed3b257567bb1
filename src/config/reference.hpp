#pragma once
// References: ${env:X}, ${env:X:-default}, ${file:/run/secrets/x} and ${cmd:program args} in
// values.
//
//   if (has_reference(text)) password = resolve_references(text, environment, mark);
//
// `$${` stands for a literal `${`. A command runs without a shell; quotes group its arguments. One
// line break at the end of a file or of a command's output is dropped. What a reference yields is
// taken as it is: references inside it mean nothing.
// Throws: SettingsError; its message names the reference's kind and problem, never any content.
// Threads: safe to share. Cost: reads the file or runs the command at every call.
// Limits: 64 KiB a value, 10 s a command, 8 levels of nested defaults.

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.hpp"
#include "config/node.hpp"

namespace iacdb::config {

/// Variables by name: a snapshot for tests, or the process's own.
class Environment {
 public:
  /// The process's own, read at each call.
  Environment() = default;
  explicit Environment(std::map<std::string, std::string> variables)
      : variables_(std::move(variables)) {}

  std::optional<std::string> get(std::string_view name) const;
  /// All variables whose name begins with `prefix`.
  std::map<std::string, std::string> all(std::string_view prefix) const;

 private:
  std::optional<std::map<std::string, std::string>> variables_;
};

bool has_reference(std::string_view text) noexcept;
/// True when the whole text is one reference.
bool is_one_reference(std::string_view text) noexcept;
/// The text with every ${ written as $${: for values that are meant literally.
std::string escape_references(std::string_view text);

std::string resolve_references(std::string_view text, const Environment& environment,
                               const Mark& mark);

/// What is wrong with the references of a text, without resolving any; empty when nothing is.
std::string check_references(std::string_view text);

/// The first line break at the end dropped, as a reference does it.
/// Throws: SettingsError when the file cannot be read, is no regular file, or exceeds 64 KiB.
base::Secret read_secret_file(const std::string& path, const Mark& mark);

/// Splits program and arguments: by spaces, '...' and "..." group, a backslash escapes in "...".
std::optional<std::vector<std::string>> split_command(std::string_view text);
/// Runs a program and answers what it wrote to standard output.
std::string run_command(const std::vector<std::string>& arguments, const Mark& mark);

}  // namespace iacdb::config
