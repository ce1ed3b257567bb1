#include "backends/mysql/local_files.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>

namespace iacdb::mysql {
namespace {

// MySQL's CR_LOAD_DATA_LOCAL_INFILE_REJECTED, which Connector/C lacks.
constexpr int rejected = 2068;
constexpr char refusal[] = "the server asked for a local file; iacdb sends none";

int open_nothing(void** state, const char*, void*) {
  *state = nullptr;
  return 1;
}
int read_nothing(void*, char*, unsigned) {
  return -1;
}
void close_nothing(void*) {}
int explain_refusal(void*, char* text, unsigned size) {
  std::snprintf(text, size, "%s", refusal);
  return rejected;
}

int open_memory(void** state, const char*, void* source) {
  *state = source;
  return 0;
}
int read_memory(void* state, char* into, unsigned size) {
  auto& source = *static_cast<MemorySource*>(state);
  const std::size_t count = std::min<std::size_t>(size, source.left.size());
  std::memcpy(into, source.left.data(), count);
  source.left.remove_prefix(count);
  return static_cast<int>(count);
}

}  // namespace

void refuse_local_files(MYSQL* handle) {
  ::mysql_set_local_infile_handler(handle, open_nothing, read_nothing, close_nothing,
                                   explain_refusal, nullptr);
}

void serve_memory(MYSQL* handle, MemorySource* source) {
  ::mysql_set_local_infile_handler(handle, open_memory, read_memory, close_nothing, explain_refusal,
                                   source);
}

}  // namespace iacdb::mysql
