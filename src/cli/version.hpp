#pragma once
// The version of this build, as CMakeLists.txt states it.

namespace iacdb::cli {

inline constexpr const char* version = IACDB_VERSION;

}  // namespace iacdb::cli
