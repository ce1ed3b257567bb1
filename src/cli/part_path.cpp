#include "cli/part_path.hpp"

#include <filesystem>

namespace iacdb::cli {

std::string part_path(const std::string& path) {
  std::error_code none;
  const auto kind = std::filesystem::status(path, none).type();
  const bool is_device =
      kind == std::filesystem::file_type::character || kind == std::filesystem::file_type::block ||
      kind == std::filesystem::file_type::fifo || kind == std::filesystem::file_type::socket;
  // A link such as /dev/stdout would be replaced by the file; it is written through.
  const bool is_link = std::filesystem::is_symlink(path, none);
  return is_device || is_link ? path : path + ".part";
}

bool name_part(const std::string& part, const std::string& path) {
  std::error_code failed;
  if (part != path) std::filesystem::rename(part, path, failed);
  return !failed;
}

void remove_part(const std::string& part, const std::string& path) {
  std::error_code ignored;
  if (part != path) std::filesystem::remove(part, ignored);
}

}  // namespace iacdb::cli
