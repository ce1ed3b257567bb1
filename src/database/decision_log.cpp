#include "database/decision_log.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <random>

#include "database/decision_records.hpp"
#include "iacdb/error.hpp"

namespace iacdb::database {
namespace {

constexpr std::uint64_t compact_bytes_min = 1024 * 1024;
constexpr mode_t private_file = 0600;

[[noreturn]] void raise_file(ErrorKind kind, std::string message, const std::string& path) {
  raise({.kind = kind, .message = std::move(message), .where = path});
}

std::string reason() {
  return std::string(": ") + std::strerror(errno);
}

io::FileDescriptor open_file(const std::string& path, int flags) {
  io::FileDescriptor file(::open(path.c_str(), flags | O_CLOEXEC, private_file));
  if (!file) raise_file(ErrorKind::config, "the decision log cannot be opened" + reason(), path);
  struct stat facts {};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    raise_file(ErrorKind::config, "the decision log must be a file on a disk", path);
  }
  return file;
}

std::string read_all(int file, const std::string& path) {
  std::string text;
  std::string piece(std::size_t{64} * 1024, '\0');
  for (off_t at = 0;;) {
    const ssize_t got = ::pread(file, piece.data(), piece.size(), at);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) raise_file(ErrorKind::config, "the decision log cannot be read" + reason(), path);
    if (got == 0) return text;
    text.append(piece, 0, static_cast<std::size_t>(got));
    at += got;
  }
}

bool write_all(int file, std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t put = ::write(file, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

/// A new file's name is on the disk only once its folder is.
bool sync_folder(const std::string& path) noexcept {
  const std::string folder = std::filesystem::path(path).parent_path().string();
  const io::FileDescriptor file(
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return file && ::fsync(file.get()) == 0;
}

std::string new_coordinator() {
  std::random_device random;
  std::string text;
  while (text.size() < 16) text += "0123456789abcdef"[random() % 16];
  return text;
}

}  // namespace

DecisionLog::DecisionLog(std::string path) : path_(std::move(path)) {
  lock();
  load();
}

void DecisionLog::lock() {
  lock_ = open_file(path_ + ".lock", O_RDWR | O_CREAT);
  if (::flock(lock_.get(), LOCK_EX | LOCK_NB) == 0) return;
  raise_file(ErrorKind::usage,
             "another coordinator has the decision log open; a log serves one at a time", path_);
}

void DecisionLog::load() {
  file_ = open_file(path_, O_RDWR | O_CREAT | O_APPEND);
  ReadLog log = read_log(read_all(file_.get(), path_), path_);
  decisions_ = std::move(log.decisions);
  size_ = log.good_bytes;
  if (::ftruncate(file_.get(), static_cast<off_t>(size_)) != 0) {
    raise_file(ErrorKind::config, "the decision log cannot be repaired" + reason(), path_);
  }
  if (decisions_.coordinator.empty()) create();
  ++decisions_.run;
  append("run " + std::to_string(decisions_.run), true);
  compact_when_grown();
}

void DecisionLog::create() {
  decisions_.coordinator = new_coordinator();
  append("iacdb-decisions 1 " + decisions_.coordinator, true);
  if (!sync_folder(path_)) {
    raise_file(ErrorKind::config, "the folder of the decision log cannot be synced" + reason(),
               path_);
  }
}

Decisions DecisionLog::read(const std::string& path, bool& is_open) {
  const io::FileDescriptor lock(::open((path + ".lock").c_str(), O_RDONLY | O_CLOEXEC));
  is_open = lock && ::flock(lock.get(), LOCK_SH | LOCK_NB) != 0;
  const io::FileDescriptor file = open_file(path, O_RDONLY);
  return read_log(read_all(file.get(), path), path).decisions;
}

std::string DecisionLog::prefix() const {
  const std::lock_guard guard(mutex_);
  return decisions_.prefix();
}

std::string DecisionLog::new_transaction() {
  const std::lock_guard guard(mutex_);
  return decisions_.prefix() + std::to_string(decisions_.run) + "-" +
         std::to_string(++transactions_);
}

bool DecisionLog::is_committed(std::string_view transaction) const {
  const std::lock_guard guard(mutex_);
  if (in_doubt_) {
    raise_file(ErrorKind::usage, "the decision log failed before; open it again", path_);
  }
  return decisions_.is_committed(transaction);
}

void DecisionLog::commit(const std::string& transaction, std::uint32_t branches) {
  const std::lock_guard guard(mutex_);
  append("commit " + transaction + " " + std::to_string(branches), true);
  auto& open = decisions_.open[transaction];
  for (std::uint32_t i = 0; i < branches; ++i) open.insert(i);
}

void DecisionLog::acknowledge(const std::string& transaction, std::uint32_t branch) noexcept {
  try {
    const std::lock_guard guard(mutex_);
    const auto found = decisions_.open.find(transaction);
    if (found == decisions_.open.end() || found->second.erase(branch) == 0) return;
    if (found->second.empty()) decisions_.open.erase(found);
    append("done " + transaction + " " + std::to_string(branch), false);
    compact_when_grown();
  } catch (const std::exception&) {
    // The next recovery asks the database about it.
  }
}

void DecisionLog::append(std::string_view record, bool forced) {
  if (in_doubt_) {
    raise_file(ErrorKind::usage, "the decision log failed before; open it again", path_);
  }
  const std::string line = print_record(record);
  if (!write_all(file_.get(), line)) take_back(size_);
  if (forced && ::fdatasync(file_.get()) != 0) {
    // What is on the disk after a failed sync is anybody's guess.
    const std::string why = reason();
    in_doubt_ = true;
    raise_file(ErrorKind::in_doubt,
               "the disk of the decision log failed, so the decision may or may not be on it" +
                   why + "; open the log again and recover",
               path_);
  }
  size_ += line.size();
}

/// After a write that failed: makes sure that nothing of it stays.
void DecisionLog::take_back(std::uint64_t size) {
  const std::string why = reason();
  if (::ftruncate(file_.get(), static_cast<off_t>(size)) == 0 && ::fdatasync(file_.get()) == 0) {
    raise_file(ErrorKind::resource, "the decision log cannot be written" + why + "; make room",
               path_);
  }
  in_doubt_ = true;
  raise_file(ErrorKind::in_doubt,
             "the decision log could not be written whole nor taken back" + why +
                 "; open the log again and recover",
             path_);
}

void DecisionLog::compact_when_grown() {
  if (compact_at_ == 0) compact_at_ = compact_bytes_min;
  if (size_ < compact_at_) return;
  compact();
  compact_at_ = std::max(compact_bytes_min, 2 * size_);
}

/// Whatever fails here leaves the old file as it is.
void DecisionLog::compact() {
  const std::string path = path_ + ".new";
  const std::string text = print_log(decisions_);
  io::FileDescriptor file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, private_file));
  if (!file || !write_all(file.get(), text) || ::fsync(file.get()) != 0) {
    ::unlink(path.c_str());
    return;
  }
  if (::rename(path.c_str(), path_.c_str()) != 0) return;
  file_ = std::move(file);
  size_ = text.size();
  if (!sync_folder(path_)) in_doubt_ = true;  // The disk may show the old file after a crash.
}

}  // namespace iacdb::database
