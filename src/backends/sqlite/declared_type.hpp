#pragma once
// What a column's declared type says its values are meant to be.
//
//   declared_type("NUMERIC(10,2)") == Type::decimal;
//
// Threads: safe to share.

#include <string_view>

#include "iacdb/types.hpp"

namespace iacdb::backends::sqlite {

/// Type::null where the name says nothing, or nothing was declared.
Type declared_type(std::string_view declared);

}  // namespace iacdb::backends::sqlite
