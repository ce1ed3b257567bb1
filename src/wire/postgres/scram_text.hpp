#pragma once
// The texts of SCRAM: letters, an equals sign and a value, joined by commas.
//
//   ScramText in(server_first);
//   auto nonce = in.take('r'), salt = in.take('s'), iterations = in.take('i');
//
// Throws: Error of kind authentication. Lifetime: views into the text.
// See: RFC 5802, section 7 "Formal Syntax".

#include <string_view>

namespace iacdb::wire::postgres {

/// Kind authentication, breaks the connection. `message` says what and what to do.
[[noreturn, gnu::cold]] void raise_authentication(std::string_view message);

class ScramText {
 public:
  explicit ScramText(std::string_view text) noexcept : rest_(text) {}

  /// The value of the next attribute, which must be `letter`.
  std::string_view take(char letter);
  bool starts_with(char letter) const noexcept { return !rest_.empty() && rest_[0] == letter; }
  bool at_end() const noexcept { return rest_.empty(); }

 private:
  std::string_view rest_;
};

}  // namespace iacdb::wire::postgres
