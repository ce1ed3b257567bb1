#pragma once
// Failures in MongoDB's own terms: a code, its name, a message, and details.
//
//   fail(Code::bad_value, "skip value must be non-negative");
//   fail_at(40324, "Unrecognized pipeline stage name: '$nope'");
//
// The command layer turns a Failure into an error reply; the C++ API into a DocumentError.
// See: https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml

#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>

#include "documents/bson/value.hpp"

namespace iacdb::doc {

enum class Code : int {
  internal_error = 1,
  bad_value = 2,
  host_unreachable = 6,
  failed_to_parse = 9,
  type_mismatch = 14,
  overflow = 15,
  invalid_length = 16,
  authentication_failed = 18,
  illegal_operation = 20,
  namespace_not_found = 26,
  index_not_found = 27,
  path_not_viable = 28,
  conflicting_update_operators = 40,
  cursor_not_found = 43,
  namespace_exists = 48,
  max_time_ms_expired = 50,
  dollar_prefixed_field_name = 52,
  invalid_id_field = 53,
  not_single_value_field = 54,
  empty_field_name = 56,
  dotted_field_name = 57,
  command_not_found = 59,
  immutable_field = 66,
  cannot_create_index = 67,
  index_already_exists = 68,
  invalid_options = 72,
  invalid_namespace = 73,
  index_options_conflict = 85,
  index_key_specs_conflict = 86,
  not_exact_value_field = 111,
  write_conflict = 112,
  command_not_supported = 115,
  document_validation_failure = 121,
  invalid_pipeline_operator = 168,
  cannot_index_parallel_arrays = 171,
  invalid_index_specification_option = 197,
  query_feature_not_allowed = 224,
  not_implemented = 238,
  conversion_failure = 241,
  no_such_transaction = 251,
  operation_not_supported_in_transaction = 263,
  bson_object_too_large = 10334,
  duplicate_key = 11000,
  interrupted = 11601,
};

/// "BadValue"; "Location40324" for a number without a name.
std::string code_name(int code);

class Failure : public std::runtime_error {
 public:
  Failure(int code, const std::string& message, Object details = {})
      : std::runtime_error(message), code_(code), details_(std::move(details)) {}
  int code() const noexcept { return code_; }
  /// More fields of the reply: keyPattern, keyValue, errInfo.
  const Object& details() const noexcept { return details_; }

 private:
  int code_;
  Object details_;
};

[[noreturn]] void fail(Code code, const std::string& message, Object details = {});
[[noreturn]] void fail_at(int code, const std::string& message);
/// Throws: TimeoutError, of a command that worked as long as it may.
[[noreturn]] void raise_time_is_up();
/// In long loops. Throws: the same once the stop is asked for.
inline void check_stop(const std::stop_token& stop) {
  if (stop.stop_requested()) raise_time_is_up();
}

}  // namespace iacdb::doc
