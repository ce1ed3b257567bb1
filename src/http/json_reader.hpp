#pragma once
// JsonReader: a pull reader of one JSON text that loses nothing: numbers stay as they were written.
//
//   JsonReader json(body);
//   json.object([&](const std::string& name) {
//     if (name == "sql") sql = json.string("sql"); else json.skip();
//   });
//   json.end();
//
// Throws: UsageError that says where the text is wrong; a member that is given twice is wrong too.
// Lifetime: the text outlives the reader and the views it returns.
// Limits: 64 levels. Threads: one at a time. Cost: linear.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace iacdb::http {

class JsonReader {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, string, array, object };
  static constexpr int depth_max = 64;

  explicit JsonReader(std::string_view text) : text_(text) {}

  /// What stands next; consumes nothing but blanks.
  Kind next();
  void null();
  bool boolean();
  /// The number's text.
  std::string_view number();
  /// The string without quotes and escapes; `what` names it in the error when it is none.
  std::string string(std::string_view what);
  /// Calls `member(name)` for each member; it consumes the value.
  void object(const std::function<void(const std::string& name)>& member);
  /// Calls `element()` for each element; it consumes the element.
  void array(const std::function<void()>& element);
  /// Consumes any value and returns its text.
  std::string_view skip();
  /// Nothing but blanks may follow.
  void end();

  [[noreturn]] void fail(std::string_view problem) const;

 private:
  char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) noexcept;
  void blanks() noexcept;
  void word(std::string_view expected);
  void enter();
  std::string quoted();
  void escape(std::string& out);
  unsigned hex_digits();

  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace iacdb::http
