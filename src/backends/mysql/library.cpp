#include "backends/mysql/library.hpp"

#include <mutex>
#include <new>

namespace iacdb::mysql {

Handle make_handle() {
  static std::once_flag once;
  std::call_once(once, [] { ::mysql_server_init(0, nullptr, nullptr); });
  Handle handle(::mysql_init(nullptr));
  if (!handle) throw std::bad_alloc();
  return handle;
}

}  // namespace iacdb::mysql
