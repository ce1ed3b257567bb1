// QueryEvent::fingerprint() is the sql room's, which this room may not know: tests have their
// own, which replaces digits.
#include <iacdb/observer.hpp>

namespace iacdb {

std::string QueryEvent::fingerprint() const {
  std::string text;
  for (const char c : sql) {
    const bool is_digit = c >= '0' && c <= '9';
    if (!is_digit) text += c;
    if (is_digit && (text.empty() || text.back() != '?')) text += '?';
  }
  return text;
}

}  // namespace iacdb
