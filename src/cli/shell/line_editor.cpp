#include "cli/shell/line_editor.hpp"

#include <fcntl.h>
#include <histedit.h>
#include <langinfo.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <clocale>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <filesystem>
#include <thread>

#include "base/text.hpp"
#include "cli/formats/result_writer.hpp"
#include "cli/shell/output.hpp"

namespace iacdb::cli {
namespace {

constexpr int history_lines_max = 5000;
constexpr std::size_t candidates_shown_max = 200;
volatile std::sig_atomic_t interrupted = 0;
volatile std::sig_atomic_t resized = 0;
volatile std::sig_atomic_t continued = 0;

void on_signal(int signal) {
  if (signal == SIGINT) interrupted = 1;
  if (signal == SIGWINCH) resized = 1;
  if (signal == SIGCONT) continued = 1;
}

/// Handlers while a line is read: without SA_RESTART, so that the waiting ends.
class ReadSignals {
 public:
  ReadSignals() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    for (std::size_t i = 0; i < std::size(signals); ++i)
      sigaction(signals[i], &action, &before_[i]);
  }
  ~ReadSignals() {
    for (std::size_t i = 0; i < std::size(signals); ++i)
      sigaction(signals[i], &before_[i], nullptr);
  }
  ReadSignals(const ReadSignals&) = delete;
  ReadSignals& operator=(const ReadSignals&) = delete;

 private:
  static constexpr int signals[] = {SIGINT, SIGWINCH, SIGCONT};
  struct sigaction before_[3]{};
};

void use_utf8() {
  std::setlocale(LC_CTYPE, "");
  if (std::strcmp(nl_langinfo(CODESET), "UTF-8") != 0) std::setlocale(LC_CTYPE, "C.UTF-8");
}

bool is_plain_terminal() {
  const char* term = std::getenv("TERM");
  return !term || !*term || std::strcmp(term, "dumb") == 0;
}

/// One key for libedit: a signal ends the wait, and a resized window is told at once.
int read_key(EditLine* editor, wchar_t* key) {
  char bytes[8];
  std::size_t size = 0;
  for (;;) {
    if (interrupted) return -1;
    if (resized) {
      resized = 0;
      el_resize(editor);
    }
    if (continued) {
      continued = 0;
      el_set(editor, EL_PREP_TERM, 1);
      el_set(editor, EL_REFRESH);
    }
    pollfd input{STDIN_FILENO, POLLIN, 0};
    if (poll(&input, 1, 500) <= 0) continue;
    const ssize_t got = ::read(STDIN_FILENO, bytes + size, 1);
    if (got == 0) return 0;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return -1;
    std::mbstate_t state{};
    const std::size_t used = std::mbrtowc(key, bytes, ++size, &state);
    if (used <= 1 || used == size) return 1;
    if (used == static_cast<std::size_t>(-1) || size == 4) {
      *key = L'?';
      return 1;
    }
  }
}

/// The prompt does not wait for a shell that was stopped while it held the lock.
bool locked_soon(int file) {
  constexpr int attempts = 50;
  for (int i = 0; i < attempts; ++i) {
    if (flock(file, LOCK_EX | LOCK_NB) == 0) return true;
    if (errno != EWOULDBLOCK && errno != EINTR) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

/// Another shell may have written since this one began: reads the file anew, and puts the longer
/// one in its place, under a lock. What is no plain file (/dev/null) is left alone.
void add_to_file(const std::string& path, const std::string& statement) {
  struct stat found {};
  if (stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode)) return;
  std::error_code failed;
  const std::string file =
      std::filesystem::weakly_canonical(path, failed).string();  // A link stays.
  if (failed) return;
  const mode_t before = umask(077);  // Statements may hold what others should not read.
  const int lock = open((file + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock >= 0 && locked_soon(lock)) {
    History* all = history_init();
    HistEvent event;
    ::history(all, &event, H_SETSIZE, history_lines_max);
    ::history(all, &event, H_SETUNIQUE, 1);
    ::history(all, &event, H_LOAD, file.c_str());
    ::history(all, &event, H_ENTER, statement.c_str());
    const std::string longer = file + ".new";
    if (::history(all, &event, H_SAVE, longer.c_str()) >= 0) {
      std::filesystem::rename(longer, file, failed);
    }
    history_end(all);
  }
  if (lock >= 0) close(lock);
  umask(before);
}

void show_candidates(const std::vector<std::string>& candidates) {
  std::size_t width = 1;
  for (const std::string& one : candidates) width = std::max(width, display_width(one) + 2);
  const unsigned columns = screen_size().columns;
  const std::size_t in_line = std::max<std::size_t>(1, (columns == 0 ? 80 : columns) / width);
  std::string out = "\n";
  const std::size_t shown = std::min(candidates.size(), candidates_shown_max);
  for (std::size_t i = 0; i < shown; ++i) {
    out += candidates[i];
    const bool last = (i + 1) % in_line == 0 || i + 1 == shown;
    out += last ? "\n" : std::string(width - display_width(candidates[i]), ' ');
  }
  if (shown < candidates.size()) {
    out += "... and " + std::to_string(candidates.size() - shown) + " more\n";
  }
  std::fputs(out.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace

struct LineEditor::Impl {
  EditLine* editor = nullptr;
  History* history = nullptr;
  std::string path;
  std::string prompt;
  Complete complete;

  static Impl* of(EditLine* editor) {
    Impl* self = nullptr;
    el_get(editor, EL_CLIENTDATA, &self);
    return self;
  }
  static char* show_prompt(EditLine* editor) { return of(editor)->prompt.data(); }

  static unsigned char on_tab(EditLine* editor, int) {
    Impl* self = of(editor);
    if (!self->complete) return el_insertstr(editor, "\t") == -1 ? CC_ERROR : CC_REFRESH;
    const LineInfo* info = el_line(editor);
    const std::string_view before(info->buffer,
                                  static_cast<std::size_t>(info->cursor - info->buffer));
    const Completion found = self->complete(before);
    if (found.candidates.empty()) return CC_ERROR;
    const std::string_view typed = before.substr(before.size() - found.replaced_bytes);
    std::string insert = common_beginning(found.candidates);
    const bool only = found.candidates.size() == 1;
    if (only && found.space_after) insert += ' ';
    if (insert.size() > typed.size() || only) {
      if (insert.starts_with(typed)) {
        insert.erase(0, typed.size());
      } else {
        el_deletestr(editor, static_cast<int>(base::utf8_length(typed)));
      }
      if (el_insertstr(editor, insert.c_str()) == -1) return CC_ERROR;
      return CC_REFRESH;
    }
    show_candidates(found.candidates);
    return CC_REDISPLAY;
  }

  /// Ctrl-W of readline: back to the blank before the word.
  static unsigned char on_word_rubout(EditLine* editor, int) {
    const LineInfo* info = el_line(editor);
    std::string_view before(info->buffer, static_cast<std::size_t>(info->cursor - info->buffer));
    std::size_t at = before.size();
    while (at > 0 && base::is_space(before[at - 1])) --at;
    while (at > 0 && !base::is_space(before[at - 1])) --at;
    if (at == before.size()) return CC_ERROR;
    el_deletestr(editor, static_cast<int>(base::utf8_length(before.substr(at))));
    return CC_REFRESH;
  }

  /// What a terminal pastes stands between ESC [200~ and ESC [201~.
  static unsigned char on_paste(EditLine* editor, int) {
    static constexpr std::wstring_view end = L"\x1b[201~";
    std::wstring text;
    wchar_t key = 0;
    while (!text.ends_with(end)) {
      if (el_wgetc(editor, &key) != 1) return CC_EOF;
      text += key == L'\r' ? L'\n' : key;
    }
    text.resize(text.size() - end.size());
    while (!text.empty() && text.back() == L'\n') text.pop_back();
    if (!text.empty() && el_winsertstr(editor, text.c_str()) == -1) return CC_ERROR;
    return CC_REFRESH;
  }

  void bind_keys() {
    el_set(editor, EL_ADDFN, "iacdb-complete", "Complete the word", &Impl::on_tab);
    el_set(editor, EL_ADDFN, "iacdb-word-rubout", "Delete back to a blank", &Impl::on_word_rubout);
    el_set(editor, EL_ADDFN, "iacdb-paste", "Insert what was pasted", &Impl::on_paste);
    static constexpr const char* keys[][2] = {
        {"^I", "iacdb-complete"},          {"^W", "iacdb-word-rubout"},
        {"\\e[200~", "iacdb-paste"},       {"^R", "em-inc-search-prev"},
        {"^U", "vi-kill-line-prev"},       {"^_", "vi-undo"},
        {"\\e[A", "ed-prev-history"},      {"\\e[B", "ed-next-history"},
        {"\\eOA", "ed-prev-history"},      {"\\eOB", "ed-next-history"},
        {"\\e[H", "ed-move-to-beg"},       {"\\e[F", "ed-move-to-end"},
        {"\\e[1~", "ed-move-to-beg"},      {"\\e[4~", "ed-move-to-end"},
        {"\\e[3~", "ed-delete-next-char"}, {"\\e[1;5C", "em-next-word"},
        {"\\e[1;5D", "ed-prev-word"},      {"\\e[1;3C", "em-next-word"},
        {"\\e[1;3D", "ed-prev-word"}};
    for (const auto& [key, function] : keys) el_set(editor, EL_BIND, key, function, nullptr);
  }
};

LineEditor::LineEditor(std::string history_path) : impl_(std::make_unique<Impl>()) {
  use_utf8();
  impl_->path = std::move(history_path);
  impl_->history = history_init();
  HistEvent event;
  ::history(impl_->history, &event, H_SETSIZE, history_lines_max);
  ::history(impl_->history, &event, H_SETUNIQUE, 1);
  if (!impl_->path.empty()) {
    std::error_code ignored;
    const auto folder = std::filesystem::path(impl_->path).parent_path();
    if (!folder.empty()) std::filesystem::create_directories(folder, ignored);
    ::history(impl_->history, &event, H_LOAD, impl_->path.c_str());
  }
  impl_->editor = el_init("iacdb", stdin, stdout, stderr);
  el_set(impl_->editor, EL_CLIENTDATA, impl_.get());
  el_set(impl_->editor, EL_PROMPT, &Impl::show_prompt);
  el_set(impl_->editor, EL_EDITOR, "emacs");
  el_set(impl_->editor, EL_HIST, ::history, impl_->history);
  el_set(impl_->editor, EL_SIGNAL, 0);
  el_set(impl_->editor, EL_GETCFN, &read_key);
  // libedit binds the terminal's own word-erase and kill keys anew at each line.
  el_set(impl_->editor, EL_SETTY, "-d", "werase=", "kill=", nullptr);
  impl_->bind_keys();
  el_source(impl_->editor, nullptr);
}

LineEditor::~LineEditor() {
  el_end(impl_->editor);
  history_end(impl_->history);
}

std::optional<LineEditor::Line> LineEditor::read(const std::string& prompt, bool editable) {
  const ReadSignals signals;
  const bool pastes = !is_plain_terminal();
  Complete kept;
  if (!editable) std::swap(kept, impl_->complete);
  impl_->prompt = prompt;
  interrupted = 0;
  if (pastes) std::fputs("\x1b[?2004h", stdout);
  std::fflush(stdout);
  // Before the prompt is seen: a key pressed at once is an editing key already.
  el_set(impl_->editor, EL_PREP_TERM, 1);
  int count = 0;
  const char* text = el_gets(impl_->editor, &count);
  const bool stopped = interrupted != 0;
  if (pastes) std::fputs("\x1b[?2004l", stdout);
  if (!editable) std::swap(kept, impl_->complete);
  if (stopped) {
    el_reset(impl_->editor);
    std::fputs("^C\n", stdout);
    std::fflush(stdout);
    return Line{"", true};
  }
  std::fflush(stdout);
  if (!text || count <= 0) return std::nullopt;
  Line line{std::string(text, static_cast<std::size_t>(count)), false};
  if (!line.text.empty() && line.text.back() == '\n') line.text.pop_back();
  return line;
}

void LineEditor::remember(const std::string& statement) {
  if (statement.empty() || statement[0] == ' ' || holds_secret(statement)) return;
  HistEvent event;
  ::history(impl_->history, &event, H_ENTER, statement.c_str());
  if (!impl_->path.empty()) add_to_file(impl_->path, statement);
}

std::vector<std::string> LineEditor::history() const {
  std::vector<std::string> lines;
  HistEvent event;
  for (int more = ::history(impl_->history, &event, H_LAST); more >= 0;
       more = ::history(impl_->history, &event, H_PREV)) {
    lines.emplace_back(event.str);
  }
  return lines;
}

void LineEditor::complete_with(Complete complete) {
  impl_->complete = std::move(complete);
}

std::string LineEditor::default_history_path() {
  if (const char* path = std::getenv("IACDB_HISTORY")) return path;
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state) {
    return std::string(state) + "/iacdb/history";
  }
  if (const char* home = std::getenv("HOME"); home && *home) {
    return std::string(home) + "/.local/state/iacdb/history";
  }
  return "";
}

bool holds_secret(std::string_view statement) {
  const std::string words = base::lower(statement);
  return words.find("password") != words.npos || words.find("identified by") != words.npos ||
         words.find("://") != words.npos;
}

std::string common_beginning(const std::vector<std::string>& words) {
  if (words.empty()) return "";
  std::size_t size = words[0].size();
  for (const std::string& word : words) {
    std::size_t same = 0;
    while (same < std::min(size, word.size()) && word[same] == words[0][same]) ++same;
    size = same;
  }
  size = base::utf8_prefix(words[0], size).size();
  return words[0].substr(0, size);
}

}  // namespace iacdb::cli
