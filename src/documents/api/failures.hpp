#pragma once
// Failures of commands as the errors that the API throws.

#include <string>

#include "documents/errors.hpp"

namespace iacdb::doc {

/// Throws: DocumentError, whose kind is iacdb's name for the code.
[[noreturn]] void raise_document_error(int code, const std::string& message, const Object& reply);
[[noreturn]] void raise_failure(const Failure& failure);

}  // namespace iacdb::doc
