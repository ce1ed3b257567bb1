#include "cli/part_path.hpp"

#include <filesystem>

namespace iacdb::cli {

namespace {

namespace fs = std::filesystem;

bool is_file_to_be(fs::file_type kind) {
  return kind == fs::file_type::regular || kind == fs::file_type::not_found;
}

/// What a link leads to; "" where that must not be replaced: a descriptor of a process, which lies
/// on the way through /dev or /proc, or a link that leads nowhere.
std::string target_of(const std::string& link) {
  constexpr int links_max = 40;
  fs::path at = fs::absolute(link);
  std::error_code failed;
  for (int i = 0; i < links_max && fs::is_symlink(at, failed); ++i) {
    const std::string here = at.lexically_normal().string();
    if (here.starts_with("/dev/") || here.starts_with("/proc/")) return "";
    at = at.parent_path() / fs::read_symlink(at, failed);
    if (failed) return "";
  }
  return fs::exists(at, failed) && !fs::is_symlink(at, failed) ? at.string() : "";
}

}  // namespace

PartFile part_of(const std::string& path) {
  std::error_code none;
  if (!is_file_to_be(fs::status(path, none).type())) return {path, path};
  const std::string whole = fs::is_symlink(path, none) ? target_of(path) : path;
  return whole.empty() ? PartFile{path, path} : PartFile{whole + ".part", whole};
}

std::ofstream open_part(const PartFile& file) {
  const bool in_place = file.part == file.whole;
  return std::ofstream(file.part, std::ios::binary | (in_place ? std::ios::app : std::ios::trunc));
}

bool name_part(const PartFile& file) {
  std::error_code failed;
  if (file.part != file.whole) fs::rename(file.part, file.whole, failed);
  return !failed;
}

void remove_part(const PartFile& file) {
  std::error_code ignored;
  if (file.part != file.whole) fs::remove(file.part, ignored);
}

}  // namespace iacdb::cli
