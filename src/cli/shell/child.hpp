#pragma once
// Child: a shell command that reads what is written to it: a pager, or the target of a pipe.
//
//   Child pager("less -S");
//   pager.write(text);        // false once it reads no more
//   int status = pager.wait();
//
// Threads: one at a time.

#include <sys/types.h>

#include <string>
#include <string_view>

namespace iacdb::cli {

class Child {
 public:
  /// Throws: ConfigError when no process can be started.
  explicit Child(const std::string& command);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  bool write(std::string_view text);
  /// Closes the pipe and waits for its end; the exit status of the command.
  int wait();

 private:
  int fd_ = -1;
  pid_t pid_ = -1;
};

/// True when the program of a command line is found on PATH.
bool is_program(const std::string& command);

}  // namespace iacdb::cli
