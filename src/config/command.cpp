// ${cmd:program args}: splits and runs the program of a reference.
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <memory>
#include <utility>

#include "base/deadline.hpp"
#include "config/problem.hpp"
#include "config/reference.hpp"

extern char** environ;  // NOLINT: declared by POSIX without a header.

namespace iacdb::config {
namespace {

constexpr std::chrono::seconds time_max{10};
constexpr std::size_t output_bytes_max = 64 * 1024;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() { close(); }
  int number() const noexcept { return number_; }
  void close() noexcept {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }

 private:
  int number_;
};

/// A running program in a process group of its own; killed and reaped when it goes.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (pid_ <= 0) return;
    ::kill(-pid_, SIGKILL);
    wait();
  }
  /// The status of waitpid.
  int wait() noexcept {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }
  /// The same, unless the deadline passes first: nothing then.
  std::optional<int> wait(const base::Deadline& deadline) noexcept {
    int status = 0;
    for (;;) {
      const pid_t done = ::waitpid(pid_, &status, WNOHANG);
      if (done == pid_ || (done < 0 && errno != EINTR)) break;
      if (deadline.passed()) return std::nullopt;
      ::poll(nullptr, 0, 2);  // It has closed its output and is about to end.
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
};

pid_t spawn(const std::vector<std::string>& arguments, int output, const Mark& mark) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  // What a program complains of may quote the secret.
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  std::vector<char*> raw;
  raw.reserve(arguments.size() + 1);
  for (const std::string& argument : arguments) raw.push_back(const_cast<char*>(argument.c_str()));
  raw.push_back(nullptr);
  pid_t pid = -1;
  const int error = ::posix_spawnp(&pid, raw[0], &actions, &attributes, raw.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    raise_problem(mark,
                  "the program of ${cmd:...} cannot be run: " + std::string(std::strerror(error)));
  }
  return pid;
}

std::string read_all(int from, const base::Deadline& deadline, const Mark& mark) {
  std::string output;
  std::array<char, 4096> chunk;
  for (;;) {
    pollfd waiting{.fd = from, .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, deadline.poll_timeout_ms());
    if (ready < 0 && errno == EINTR) continue;
    if (ready == 0) raise_problem(mark, "the program of ${cmd:...} took more than 10 s");
    const ssize_t count = ::read(from, chunk.data(), chunk.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    output.append(chunk.data(), static_cast<std::size_t>(count));
    if (output.size() > output_bytes_max) {
      raise_problem(mark, "the program of ${cmd:...} wrote more than 64 KiB");
    }
  }
  explicit_bzero(chunk.data(), chunk.size());
  return output;
}

void check_status(int status, const Mark& mark) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  const std::string how = WIFEXITED(status) ? "exit code " + std::to_string(WEXITSTATUS(status))
                                            : "signal " + std::to_string(WTERMSIG(status));
  raise_problem(mark,
                "the program of ${cmd:...} ended with " + how + "; run it by hand to see why");
}

}  // namespace

std::optional<std::vector<std::string>> split_command(std::string_view text) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\0' && (c == ' ' || c == '\t')) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (quote != '\0' && c == quote) {
      quote = '\0';
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      words.back() += text[++i];
    } else {
      words.back() += c;
    }
  }
  if (quote != '\0' || words.empty()) return std::nullopt;
  return words;
}

std::string run_command(const std::vector<std::string>& arguments, const Mark& mark) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    raise_problem(mark, "no pipe for ${cmd:...}: " + std::string(std::strerror(errno)));
  }
  Descriptor reading(ends[0]);
  Descriptor writing(ends[1]);
  const auto deadline = base::Deadline::in(time_max);
  Child child(spawn(arguments, writing.number(), mark));
  writing.close();
  std::string output = read_all(reading.number(), deadline, mark);
  const auto status = child.wait(deadline);
  if (!status) raise_problem(mark, "the program of ${cmd:...} took more than 10 s");
  check_status(*status, mark);
  if (output.find('\0') != std::string::npos) {
    raise_problem(mark, "the program of ${cmd:...} wrote a zero byte");
  }
  return output;
}

}  // namespace iacdb::config
