#pragma once
// MariaDB Connector/C with its handles owned.
//
//   Handle handle = make_handle();
//
// Threads: a handle is used by one thread at a time.

#include <errmsg.h>
#include <mysql.h>

#include <memory>

namespace iacdb::mysql {

struct CloseHandle {
  void operator()(MYSQL* handle) const noexcept { ::mysql_close(handle); }
};
struct CloseStatement {
  void operator()(MYSQL_STMT* statement) const noexcept { ::mysql_stmt_close(statement); }
};
struct FreeResult {
  void operator()(MYSQL_RES* result) const noexcept { ::mysql_free_result(result); }
};

using Handle = std::unique_ptr<MYSQL, CloseHandle>;
using Statement = std::unique_ptr<MYSQL_STMT, CloseStatement>;
using Result = std::unique_ptr<MYSQL_RES, FreeResult>;

/// A fresh handle; the library is set up once, whichever thread comes first.
/// Throws: std::bad_alloc.
Handle make_handle();

}  // namespace iacdb::mysql
