#pragma once
// LineEditor: one edited line from the terminal, with history.
//
//   LineEditor editor("~/.local/state/iacdb/history");
//   while (auto line = editor.read("shop=> ")) handle(*line);
//
// Threads: one at a time, one LineEditor a process.

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace iacdb::cli {

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
  std::optional<Line> read(const std::string& prompt);
  void remember(const std::string& statement);

  /// $XDG_STATE_HOME/iacdb/history or ~/.local/state/iacdb/history; "" without a home.
  static std::string default_history_path();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace iacdb::cli
