#include "cli/shell/copy.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <utility>

#include "base/text.hpp"
#include "cli/shell/progress.hpp"
#include "cli/shell/runner.hpp"
#include "cli/shell/statement_reader.hpp"
#include "iacdb/error.hpp"

namespace iacdb::cli {
namespace {

constexpr std::size_t part_bytes = 65'536;

/// Where the bytes of a copy come from: a file, a command, or the lines that follow.
class CopySource {
 public:
  CopySource(ShellState& shell, const CopyCommand& command) : shell_(shell) {
    if (command.file.empty()) return;
    file_ = command.program ? popen(command.file.c_str(), "re")
                            : std::fopen(command.file.c_str(), "rbe");
    program_ = command.program;
    if (!file_) {
      raise(ErrorFacts{
          .kind = ErrorKind::config, .message = "the file cannot be read", .where = command.file});
    }
    struct stat facts {};
    if (!program_ && fstat(fileno(file_), &facts) == 0 && S_ISREG(facts.st_mode)) {
      size_ = static_cast<std::uint64_t>(facts.st_size);
    }
  }
  ~CopySource() { close(); }
  CopySource(const CopySource&) = delete;
  CopySource& operator=(const CopySource&) = delete;

  std::uint64_t size_bytes() const noexcept { return size_; }

  std::size_t read(std::span<std::byte> into) {
    if (!file_) return shell_.reader ? shell_.reader->read_data(into) : 0;
    const std::size_t size = std::fread(into.data(), 1, into.size(), file_);
    if (size == 0 && std::ferror(file_)) {
      raise(ErrorKind::resource, "\\copy: the file cannot be read to its end");
    }
    if (size == 0) check_program();
    return size;
  }

 private:
  int close() {
    if (!file_) return 0;
    std::FILE* file = std::exchange(file_, nullptr);
    return program_ ? pclose(file) : std::fclose(file);
  }
  /// A command that failed has not given all its rows.
  void check_program() {
    if (program_ && file_ && close() != 0) {
      raise(ErrorKind::data, "\\copy: the command failed; nothing was copied");
    }
  }

  ShellState& shell_;
  std::FILE* file_ = nullptr;
  bool program_ = false;
  std::uint64_t size_ = 0;
};

/// Rows begun in bytes of a COPY stream; exact for text, an estimate for csv with line ends inside.
std::uint64_t count_lines(std::span<const std::byte> bytes) {
  return static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), std::byte{'\n'}));
}

class BulkCopy {
 public:
  BulkCopy(ShellState& shell, const CopyCommand& command, const Interrupt::Watch& watch)
      : source_(shell, command),
        parser_(command.format),
        watch_(watch),
        progress_(shell.context.err, isatty(STDERR_FILENO) != 0, {.bytes = source_.size_bytes()}) {}

  CopySource& source() { return source_; }
  Progress& progress() { return progress_; }

  /// Input range for bulk_insert: each record as cells of text, which the database converts.
  struct Iterator {
    using iterator_concept = std::input_iterator_tag;
    using difference_type = std::ptrdiff_t;
    using value_type = Record;
    BulkCopy* copy;
    Record operator*() const { return copy->record(); }
    Iterator& operator++() {
      copy->advance();
      return *this;
    }
    void operator++(int) { copy->advance(); }
    bool operator==(std::default_sentinel_t) const { return copy->at_ >= copy->rows_.size(); }
  };
  Iterator begin() {
    fill();
    return {this};
  }
  static std::default_sentinel_t end() { return {}; }

 private:
  void advance() {
    progress_.add(1, 0);
    if (++at_ >= rows_.size()) fill();
  }

  void fill() {
    rows_.clear();
    at_ = 0;
    const TakeFields take = [this](const CopyFields& fields) { rows_.push_back(fields); };
    while (rows_.empty() && !ended_) {
      if (watch_.fired()) raise(ErrorKind::cancelled, "cancelled by Ctrl-C; nothing was copied");
      const std::size_t size = source_.read(part_);
      if (size == 0) {
        ended_ = true;
        parser_.finish(take);
      } else {
        parser_.feed({reinterpret_cast<const char*>(part_.data()), size}, take);
        progress_.add(0, size);
      }
    }
  }

  Record record() const {
    std::vector<Value> values;
    for (const auto& field : rows_[at_]) values.push_back(field ? Value(*field) : Value());
    return Record(std::vector<std::string>(), std::move(values));
  }

  CopySource source_;
  CopyParser parser_;
  const Interrupt::Watch& watch_;
  Progress progress_;
  std::vector<CopyFields> rows_;
  std::size_t at_ = 0;
  bool ended_ = false;
  std::array<std::byte, part_bytes> part_;
};

std::string postgres_sql(const CopyCommand& command) {
  return "COPY " + command.source + (command.from ? " FROM STDIN " : " TO STDOUT ") +
         command.options;
}

std::uint64_t copy_from(ShellState& shell, const CopyCommand& command,
                        const Interrupt::Watch& watch) {
  if (shell.options.read_only) {
    raise(ErrorKind::read_only, "the shell is read-only; \\copy ... from changes data");
  }
  if (command.source.starts_with('(')) {
    raise(ErrorKind::config, "\\copy: a query cannot be copied into; name a table");
  }
  Session session = shell.session->with({.stop = watch.token()});
  BulkCopy copy(shell, command, watch);
  try {
    std::uint64_t rows = 0;
    if (shell.dialect == Dialect::postgres) {
      rows = session.copy_in(postgres_sql(command), [&](std::span<std::byte> into) {
        const std::size_t size = copy.source().read(into);
        copy.progress().add(count_lines(into.first(size)), size);
        return size;
      });
    } else {
      rows = session.bulk_insert(command.source, copy);
    }
    copy.progress().finish();
    return rows;
  } catch (const Error&) {
    copy.progress().clear();
    throw;
  }
}

/// The file, the command or standard output that a copy writes to.
class CopyTarget {
 public:
  CopyTarget(ShellState& shell, const CopyCommand& command) {
    if (command.file.empty()) {
      stream_ = &shell.output.plain();
      return;
    }
    if (command.program) {
      child_ = std::make_unique<Child>(command.file);
      return;
    }
    file_.open(command.file, std::ios::binary);
    if (!file_) {
      raise(ErrorFacts{.kind = ErrorKind::config,
                       .message = "the file cannot be written",
                       .where = command.file});
    }
    stream_ = &file_;
  }
  void write(std::string_view text) {
    const bool good = child_ ? child_->write(text)
                             : static_cast<bool>(stream_->write(
                                   text.data(), static_cast<std::streamsize>(text.size())));
    if (!good) raise(ErrorKind::resource, "\\copy: the output cannot be written; is it full?");
  }
  void finish() {
    if (child_ && child_->wait() != 0) raise(ErrorKind::resource, "\\copy: the command failed");
    if (stream_ && !stream_->flush()) {
      raise(ErrorKind::resource, "\\copy: the output cannot be written; is the disk full?");
    }
  }

 private:
  std::ofstream file_;
  std::unique_ptr<Child> child_;
  std::ostream* stream_ = nullptr;
};

/// "table(a, b)" as a query; a query without its parentheses.
std::string query_of(const CopyCommand& command) {
  const std::string& source = command.source;
  if (source.starts_with('(')) return source.substr(1, source.rfind(')') - 1);
  const std::size_t open = source.find('(');
  if (open == source.npos) return "select * from " + source;
  return "select " + source.substr(open + 1, source.rfind(')') - open - 1) + " from " +
         source.substr(0, open);
}

std::uint64_t write_rows(Session& session, const CopyCommand& command, CopyTarget& target,
                         Progress& progress) {
  std::uint64_t count = 0;
  std::string line;
  Rows<Row> rows = session.query(as_library_sql(
      query_of(command), session.can().backend == "mysql" ? Dialect::mysql : Dialect::sqlite));
  const auto write = [&](std::size_t size, const auto& field) {
    line.clear();
    for (std::size_t i = 0; i < size; ++i) {
      if (i > 0) line += command.format.delimiter;
      append_copy_field(line, field(i), command.format);
    }
    line += '\n';
    target.write(line);
  };
  if (command.format.header) {
    write(rows.columns().size(),
          [&](std::size_t i) { return std::optional<std::string>(rows.columns()[i].name); });
  }
  while (rows.next()) {
    const Row& row = rows.current();
    write(row.size(), [&](std::size_t i) {
      return row[i].is_null() ? std::nullopt : std::optional<std::string>(print(row[i]));
    });
    progress.add(1, line.size());
    ++count;
  }
  return count;
}

std::uint64_t copy_to(ShellState& shell, const CopyCommand& command,
                      const Interrupt::Watch& watch) {
  Session session = shell.session->with({.stop = watch.token()});
  CopyTarget target(shell, command);
  Progress progress(shell.context.err, isatty(STDERR_FILENO) != 0 && !command.file.empty(), {});
  try {
    std::uint64_t rows = 0;
    if (shell.dialect == Dialect::postgres) {
      rows = session.copy_out(postgres_sql(command), [&](BytesView bytes) {
        progress.add(count_lines(bytes), bytes.size());
        target.write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      });
    } else {
      rows = write_rows(session, command, target, progress);
    }
    target.finish();
    progress.finish();
    return rows;
  } catch (const Error&) {
    progress.clear();
    throw;
  }
}

}  // namespace

void copy_command(ShellState& shell, std::string_view text) {
  const CopyCommand command = CopyCommand::parse(shell.variables.expand(text, Dialect::postgres));
  if (!shell.session) raise(ErrorKind::connect, "there is no connection; \\c connects again");
  const Interrupt::Watch watch = shell.interrupt.watch();
  const std::uint64_t rows =
      command.from ? copy_from(shell, command, watch) : copy_to(shell, command, watch);
  if (!shell.options.quiet && !(command.file.empty() && !command.from)) {
    shell.output.plain() << "COPY " << rows << '\n';
  }
}

}  // namespace iacdb::cli
