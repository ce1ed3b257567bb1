#pragma once
// StatementReader: SQL statements and backslash commands, one after the other, out of text that
// arrives piece by piece: a prompt's lines, a file, standard input.
//
//   StatementReader reader(source, Dialect::postgres);
//   while (auto piece = reader.next()) piece->is_command ? command(*piece) : run(piece->text);
//
// A backslash begins a command outside strings, names and comments, also after a statement
// (`select 1 \g`). The source gives whole lines.
// Threads: one at a time. Cost: linear, in pieces of what the source gives at once.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "iacdb/dialect.hpp"

namespace iacdb::cli {

/// A statement, or a backslash command with the unfinished statement before it.
struct Piece {
  std::string text{};  ///< The statement; of a command the arguments, as they were typed.
  std::size_t line = 1;
  std::uint32_t times = 1;
  bool is_command = false;
  std::string name{};     ///< Of a command, without its backslash.
  std::string buffer{};   ///< The statement typed before a command.
  std::size_t at = 0;     ///< Where a command stood in what is pending now.
  bool has_data = false;  ///< COPY ... FROM STDIN: the lines up to \. follow; see read_data().
};

class StatementReader {
 public:
  enum class More : std::uint8_t { text, end, interrupted };
  /// Appends whole lines. `state` is what the prompt shows: '=' before a statement, '-' inside
  /// one, or what is open: ' " ` $ * ( and 'd' for data.
  using Source = std::function<More(std::string& text, char state)>;

  StatementReader(Source source, Dialect dialect) : source_(std::move(source)), dialect_(dialect) {}

  /// Nothing at the end. A statement without its terminator is given at the end of a script.
  std::optional<Piece> next();
  /// Data lines of the piece just given, without the line \. that ends them; 0 at the end.
  std::size_t read_data(std::span<std::byte> into);
  /// Reads over data lines that nobody wanted.
  void skip_data();

  const std::string& pending() const noexcept { return text_; }
  void replace_pending(std::string text) {
    text_ = std::move(text);
    scanned_ = false;
  }
  /// Puts `text` in the place of the first `bytes` of what is pending.
  void replace_front(std::size_t bytes, const std::string& text);
  /// The next line of the input itself, whatever it holds; nothing at the end.
  std::optional<std::string> take_line();
  void set_dialect(Dialect dialect) noexcept { dialect_ = dialect; }
  /// False for a prompt: what was not ended is dropped at the end of input.
  void keep_last(bool keep) noexcept { keep_last_ = keep; }

 private:
  bool scan();
  void take_statements(std::string_view text, std::size_t base);
  void take_command(std::size_t at);
  std::optional<Piece> last_piece();
  bool fill_data();
  char state() const;
  std::size_t count_lines(std::size_t from, std::size_t to) const;

  Source source_;
  Dialect dialect_;
  std::string text_;  // Not yet given out.
  std::string delimiter_ = ";";
  std::deque<Piece> queue_;
  std::string data_;  // Of COPY: a line not yet given out.
  std::size_t data_at_ = 0;
  std::size_t line_ = 1;  // Of text_'s first byte.
  bool in_data_ = false;
  bool scanned_ = true;
  bool ended_ = false;
  bool keep_last_ = true;
};

/// Offset of the first backslash outside strings, names and comments; npos when there is none.
std::size_t find_backslash(std::string_view text, Dialect dialect);

}  // namespace iacdb::cli
