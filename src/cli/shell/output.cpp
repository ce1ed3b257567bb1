#include "cli/shell/output.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <streambuf>

#include "iacdb/error.hpp"

namespace iacdb::cli {
namespace {

/// Writes to the standard input of a command.
class ChildBuffer final : public std::streambuf {
 public:
  explicit ChildBuffer(const std::string& command) : child_(command) {}
  bool refused() const noexcept { return refused_; }

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char one = traits_type::to_char_type(c);
    return xsputn(&one, 1) == 1 ? c : traits_type::eof();
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    kept_.append(text, static_cast<std::size_t>(size));
    if (kept_.size() > 8192 && sync() != 0) return 0;
    return size;
  }
  int sync() override {
    refused_ = refused_ || !child_.write(kept_);
    kept_.clear();
    return refused_ ? -1 : 0;
  }

 private:
  Child child_;
  std::string kept_;
  bool refused_ = false;
};

}  // namespace

Screen screen_size() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return {};
  return {size.ws_row, size.ws_col};
}

std::string pager_command() {
  for (const char* name : {"IACDB_PAGER", "PSQL_PAGER", "PAGER"}) {
    const char* value = std::getenv(name);
    if (value) return is_program(value) ? value : "";
  }
  if (is_program("less")) {
    return std::getenv("LESS") ? "less" : "less -FRSX";
  }
  return is_program("more") ? "more" : "";
}

/// A file or a command instead of standard output.
class Output::Target {
 public:
  explicit Target(const std::string& target) {
    if (target.starts_with('|')) {
      child_ = std::make_unique<ChildBuffer>(target.substr(1));
      stream_ = std::make_unique<std::ostream>(child_.get());
      return;
    }
    stream_ = std::make_unique<std::ofstream>(target, std::ios::binary);
    if (!*stream_) {
      raise(ErrorFacts{
          .kind = ErrorKind::config, .message = "the file cannot be written", .where = target});
    }
  }
  ~Target() { stream_->flush(); }
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;
  std::ostream& stream() { return *stream_; }

 private:
  std::unique_ptr<ChildBuffer> child_;
  std::unique_ptr<std::ostream> stream_;
};

/// Keeps what fits the screen, and hands it to a pager once there is more.
class Output::Result::Paged final : public std::streambuf {
 public:
  Paged(std::ostream& standard, Screen screen, std::string command)
      : standard_(standard), screen_(screen), command_(std::move(command)) {}
  ~Paged() override {
    if (pager_) {
      pager_->pubsync();
      return;
    }
    standard_ << kept_;
    standard_.flush();
  }
  Paged(const Paged&) = delete;
  Paged& operator=(const Paged&) = delete;
  bool refused() const noexcept { return pager_ && pager_->refused(); }

 protected:
  int_type overflow(int_type c) override {
    if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
    const char one = traits_type::to_char_type(c);
    return xsputn(&one, 1) == 1 ? c : traits_type::eof();
  }
  std::streamsize xsputn(const char* text, std::streamsize size) override {
    if (pager_) return pager_->sputn(text, size);
    kept_.append(text, static_cast<std::size_t>(size));
    for (std::streamsize i = 0; i < size; ++i) {
      const bool line = text[i] == '\n';
      column_ = line ? 0 : column_ + 1;
      if (line || (screen_.columns > 0 && column_ % (screen_.columns + 1) == screen_.columns)) {
        ++rows_;
      }
    }
    if (rows_ >= screen_.rows) {
      standard_.flush();
      pager_ = std::make_unique<ChildBuffer>(command_);
      pager_->sputn(kept_.data(), static_cast<std::streamsize>(kept_.size()));
      kept_.clear();
    }
    return size;
  }

 private:
  std::ostream& standard_;
  Screen screen_;
  std::string command_;
  std::unique_ptr<ChildBuffer> pager_;
  std::string kept_;
  std::size_t rows_ = 0;
  std::size_t column_ = 0;
};

Output::Output(std::ostream& standard)
    : standard_(standard), terminal_(isatty(STDOUT_FILENO) && isatty(STDIN_FILENO)) {}
Output::~Output() = default;

void Output::redirect(const std::string& target) {
  target_.reset();
  if (!target.empty()) target_ = std::make_unique<Target>(target);
}

std::ostream& Output::plain() {
  return target_ ? target_->stream() : standard_;
}

Output::Result::Result(Output& output, bool paged) : output_(output) {
  if (!paged || !output.pager_ || !output.is_terminal()) return;
  const Screen screen = screen_size();
  std::string command = screen.rows > 1 ? pager_command() : "";
  if (command.empty()) return;
  paged_ = std::make_unique<Paged>(output.standard_, screen, std::move(command));
  stream_.emplace(paged_.get());
}

Output::Result::~Result() {
  if (stream_) stream_->flush();
  if (!paged_) output_.plain().flush();
}

std::ostream& Output::Result::stream() noexcept {
  return stream_ ? *stream_ : output_.plain();
}

bool Output::Result::refused() const noexcept {
  return paged_ && paged_->refused();
}

}  // namespace iacdb::cli
