// What a health check asks of a database file: may it be written, and has its disk room?

#include <sys/statvfs.h>
#include <unistd.h>

#include <filesystem>

#include "backends/sqlite/connection.hpp"

namespace iacdb::backends::sqlite {
namespace {

/// Less than one small transaction with its journal.
constexpr std::uint64_t room_bytes_min = 1024 * 1024;

std::optional<std::uint64_t> free_bytes(const std::filesystem::path& path) {
  struct statvfs disk {};
  if (::statvfs(path.c_str(), &disk) != 0) return std::nullopt;
  return std::uint64_t{disk.f_bavail} * disk.f_frsize;
}

std::string problem_of(const std::filesystem::path& file, const driver::Inspection& inspection) {
  if (!std::filesystem::exists(file)) return "the database file was removed; restore it";
  if (inspection.read_only) return {};
  if (::access(file.c_str(), W_OK) != 0) return "the database file cannot be written";
  // The journal and the write-ahead log are files beside it.
  if (::access(file.parent_path().c_str(), W_OK) != 0) {
    return "the folder of the database file cannot be written";
  }
  if (inspection.disk_free_bytes && *inspection.disk_free_bytes < room_bytes_min) {
    return "the disk of the database file is full; make room";
  }
  return {};
}

}  // namespace

driver::Inspection SqliteConnection::inspect(const driver::Call& call) {
  const char* const name = sqlite3_db_filename(engine_.db.get(), "main");
  driver::Inspection inspection{.role = Role::memory, .read_only = is_read_only(call)};
  if (name == nullptr || *name == '\0' || engine_.plan.in_memory) return inspection;
  const std::filesystem::path file(name);  // SQLite made it absolute.
  inspection.role = Role::file;
  inspection.disk_free_bytes = free_bytes(file.parent_path());
  inspection.problem = problem_of(file, inspection);
  return inspection;
}

}  // namespace iacdb::backends::sqlite
