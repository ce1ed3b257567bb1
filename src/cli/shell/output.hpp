#pragma once
// Output: where results go: standard output, through a pager where they are long, a file or a pipe.
//
//   Output output(std::cout);
//   output.redirect("|sort");                    // or "file.txt"; "" is standard output again
//   { Output::Result result(output); result.stream() << "..."; }
//
// A pager starts only on a terminal, and only when a result is longer than the screen.
// Threads: one at a time.

#include <iosfwd>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "cli/shell/child.hpp"

namespace iacdb::cli {

class Output {
 public:
  explicit Output(std::ostream& standard);
  ~Output();
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;

  /// Throws: ConfigError when the file cannot be written.
  void redirect(const std::string& target);
  /// Where short messages go, unpaged.
  std::ostream& plain();
  std::ostream& standard() noexcept { return standard_; }
  bool is_terminal() const noexcept { return terminal_ && !target_; }
  void use_pager(bool use) noexcept { pager_ = use; }
  bool pager() const noexcept { return pager_; }

  /// One result: what is written to it may go through a pager, which ends with it.
  class Result {
   public:
    explicit Result(Output& output, bool paged = true);
    ~Result();
    Result(const Result&) = delete;
    Result& operator=(const Result&) = delete;
    std::ostream& stream() noexcept;
    /// True when the reader has quit the pager: nobody wants the rest.
    bool refused() const noexcept;

   private:
    class Paged;
    Output& output_;
    std::unique_ptr<Paged> paged_;
    std::optional<std::ostream> stream_;
  };

 private:
  class Target;
  std::ostream& standard_;
  std::unique_ptr<Target> target_;
  bool terminal_ = false;
  bool pager_ = true;
};

/// Rows and columns of the terminal; 0 when there is none.
struct Screen {
  unsigned rows = 0;
  unsigned columns = 0;
};
Screen screen_size();

/// $IACDB_PAGER, $PSQL_PAGER, $PAGER, less or more; "" when there is none.
std::string pager_command();

}  // namespace iacdb::cli
