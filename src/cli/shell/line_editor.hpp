#pragma once
// LineEditor: one edited line from the terminal, with history and completion.
//
//   LineEditor editor(LineEditor::default_history_path());
//   editor.complete_with([](std::string_view before) { return Completion{...}; });
//   while (auto line = editor.read("shop=> ")) handle(*line);
//
// The keys are those of readline's emacs mode; ~/.editrc is read. A pasted text of several lines is
// one line with line ends in it.
// Threads: one at a time, one LineEditor a process.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace iacdb::cli {

/// What Tab offers for the text before the cursor.
struct Completion {
  std::size_t replaced_bytes = 0;         ///< The end of the text that the candidates stand for.
  std::vector<std::string> candidates{};  ///< Whole words, sorted.
  bool space_after = true;                ///< After the only candidate.
};

class LineEditor {
 public:
  /// `history_path` may be empty: nothing is kept. The file is made readable by its owner only.
  explicit LineEditor(std::string history_path);
  ~LineEditor();
  LineEditor(const LineEditor&) = delete;
  LineEditor& operator=(const LineEditor&) = delete;

  /// A line without its end; nothing at the end of input. Ctrl-C gives "interrupted" and no text.
  struct Line {
    std::string text;
    bool interrupted = false;
  };
  /// `editable`: with history and completion; a plain question has none.
  std::optional<Line> read(const std::string& prompt, bool editable = true);
  /// Adds to the history and its file; what holds a password is not kept.
  void remember(const std::string& statement);
  std::vector<std::string> history() const;
  using Complete = std::function<Completion(std::string_view before)>;
  void complete_with(Complete complete);

  /// $IACDB_HISTORY, $XDG_STATE_HOME/iacdb/history or ~/.local/state/iacdb/history; "" without a
  /// home.
  static std::string default_history_path();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// True for a statement that sets a password, as CREATE USER and ALTER ROLE do.
bool holds_secret(std::string_view statement);
/// The longest beginning that all of them share.
std::string common_beginning(const std::vector<std::string>& words);

}  // namespace iacdb::cli
