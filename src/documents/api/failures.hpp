#pragma once
// Failures of commands as the errors that the API throws.

#include <iacdb/error.hpp>
#include <string>

#include "documents/errors.hpp"

namespace iacdb::doc {

/// What logs may have: the message, which may quote a document, is kept apart.
Error error_without_values(int code, const std::string& code_name, const std::string& message);
/// Throws: DocumentError, whose kind is iacdb's name for the code.
[[noreturn]] void raise_document_error(int code, const std::string& message, const Object& reply);
[[noreturn]] void raise_failure(const Failure& failure);

}  // namespace iacdb::doc
