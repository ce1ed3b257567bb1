#include "documents/errors.hpp"

#include <algorithm>
#include <array>
#include <iacdb/error.hpp>

namespace iacdb::doc {
namespace {

struct Named {
  int code;
  std::string_view name;
};

// See: src/mongo/base/error_codes.yml of MongoDB 7.
constexpr std::array names = {
    Named{1, "InternalError"},
    Named{2, "BadValue"},
    Named{5, "GraphContainsCycle"},
    Named{6, "HostUnreachable"},
    Named{9, "FailedToParse"},
    Named{13, "Unauthorized"},
    Named{14, "TypeMismatch"},
    Named{15, "Overflow"},
    Named{16, "InvalidLength"},
    Named{18, "AuthenticationFailed"},
    Named{20, "IllegalOperation"},
    Named{26, "NamespaceNotFound"},
    Named{27, "IndexNotFound"},
    Named{28, "PathNotViable"},
    Named{40, "ConflictingUpdateOperators"},
    Named{43, "CursorNotFound"},
    Named{48, "NamespaceExists"},
    Named{50, "MaxTimeMSExpired"},
    Named{52, "DollarPrefixedFieldName"},
    Named{53, "InvalidIdField"},
    Named{54, "NotSingleValueField"},
    Named{56, "EmptyFieldName"},
    Named{57, "DottedFieldName"},
    Named{59, "CommandNotFound"},
    Named{66, "ImmutableField"},
    Named{67, "CannotCreateIndex"},
    Named{68, "IndexAlreadyExists"},
    Named{72, "InvalidOptions"},
    Named{73, "InvalidNamespace"},
    Named{85, "IndexOptionsConflict"},
    Named{86, "IndexKeySpecsConflict"},
    Named{111, "NotExactValueField"},
    Named{112, "WriteConflict"},
    Named{115, "CommandNotSupported"},
    Named{121, "DocumentValidationFailure"},
    Named{146, "ExceededMemoryLimit"},
    Named{165, "ViewDepthLimitExceeded"},
    Named{166, "CommandNotSupportedOnView"},
    Named{167, "OptionNotSupportedOnView"},
    Named{168, "InvalidPipelineOperator"},
    Named{171, "CannotIndexParallelArrays"},
    Named{197, "InvalidIndexSpecificationOption"},
    Named{224, "QueryFeatureNotAllowed"},
    Named{238, "NotImplemented"},
    Named{241, "ConversionFailure"},
    Named{251, "NoSuchTransaction"},
    Named{263, "OperationNotSupportedInTransaction"},
    Named{10334, "BSONObjectTooLarge"},
    Named{11000, "DuplicateKey"},
    Named{11601, "Interrupted"},
};

}  // namespace

std::string code_name(int code) {
  const auto* it = std::find_if(names.begin(), names.end(),
                                [&](const Named& named) { return named.code == code; });
  return it != names.end() ? std::string(it->name) : "Location" + std::to_string(code);
}

void fail(Code code, const std::string& message, Object details) {
  throw Failure(static_cast<int>(code), message, std::move(details));
}

void fail_at(int code, const std::string& message) {
  throw Failure(code, message);
}

void raise_time_is_up() {
  raise(ErrorFacts{.kind = ErrorKind::timeout, .message = "operation exceeded time limit"});
}

}  // namespace iacdb::doc
