#pragma once
// The names that a command or a stage may give to variables.

#include <string>

namespace iacdb::doc {

/// Throws: Failure 9 for a name that does not begin with a small letter, or has other signs than
/// letters, digits and underscores.
void check_variable(const std::string& name);

}  // namespace iacdb::doc
