#pragma once
// What the two readers of the stored form share: into values, and straight to BSON.

#include <string>
#include <string_view>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

/// A number's value and type, out of its form.
Value number_of_form(std::string_view text);
/// Throws: Failure for a text that is not of the stored form.
[[noreturn]] void foreign(const std::string& what);

}  // namespace iacdb::doc
