#include "cli/shell/line_editor.hpp"

#include <histedit.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace iacdb::cli {
namespace {

constexpr int history_lines_max = 2000;
volatile std::sig_atomic_t interrupted = 0;

void on_interrupt(int) {
  interrupted = 1;
}

}  // namespace

struct LineEditor::Impl {
  EditLine* editor = nullptr;
  History* history = nullptr;
  std::string path;
  std::string prompt;

  static char* show_prompt(EditLine* editor) {
    Impl* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return self->prompt.data();
  }
};

LineEditor::LineEditor(std::string history_path) : impl_(std::make_unique<Impl>()) {
  impl_->path = std::move(history_path);
  impl_->history = history_init();
  HistEvent event;
  history(impl_->history, &event, H_SETSIZE, history_lines_max);
  history(impl_->history, &event, H_SETUNIQUE, 1);
  if (!impl_->path.empty()) {
    std::error_code ignored;
    std::filesystem::create_directories(std::filesystem::path(impl_->path).parent_path(), ignored);
    history(impl_->history, &event, H_LOAD, impl_->path.c_str());
  }
  impl_->editor = el_init("iacdb", stdin, stdout, stderr);
  el_set(impl_->editor, EL_CLIENTDATA, impl_.get());
  el_set(impl_->editor, EL_PROMPT, &Impl::show_prompt);
  el_set(impl_->editor, EL_EDITOR, "emacs");
  el_set(impl_->editor, EL_HIST, history, impl_->history);
  el_set(impl_->editor, EL_BIND, "^R", "em-inc-search-prev", nullptr);
  el_set(impl_->editor, EL_SIGNAL, 0);
  el_source(impl_->editor, nullptr);
}

LineEditor::~LineEditor() {
  if (!impl_->path.empty()) {
    const mode_t before = umask(077);  // Statements may hold secrets.
    HistEvent event;
    history(impl_->history, &event, H_SAVE, impl_->path.c_str());
    umask(before);
  }
  el_end(impl_->editor);
  history_end(impl_->history);
}

std::optional<LineEditor::Line> LineEditor::read(const std::string& prompt) {
  impl_->prompt = prompt;
  interrupted = 0;
  struct sigaction action {};
  struct sigaction before {};
  action.sa_handler = on_interrupt;  // Without SA_RESTART: the read returns.
  sigaction(SIGINT, &action, &before);
  int count = 0;
  const char* text = el_gets(impl_->editor, &count);
  sigaction(SIGINT, &before, nullptr);
  if (interrupted) {
    el_reset(impl_->editor);
    std::fputs("^C\n", stdout);
    return Line{"", true};
  }
  if (!text || count <= 0) return std::nullopt;
  Line line{std::string(text, static_cast<std::size_t>(count)), false};
  if (!line.text.empty() && line.text.back() == '\n') line.text.pop_back();
  return line;
}

void LineEditor::remember(const std::string& statement) {
  HistEvent event;
  history(impl_->history, &event, H_ENTER, statement.c_str());
}

std::string LineEditor::default_history_path() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state) {
    return std::string(state) + "/iacdb/history";
  }
  if (const char* home = std::getenv("HOME"); home && *home) {
    return std::string(home) + "/.local/state/iacdb/history";
  }
  return "";
}

}  // namespace iacdb::cli
