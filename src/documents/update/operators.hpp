#pragma once
// What each update operator makes of the value at the end of its path.

#include "documents/update/update.hpp"

namespace iacdb::doc {

/// A missing value takes the field away. `id` is the document's, for messages.
Value changed_value(const UpdateOperation& op, const Value& now, const std::string& name,
                    const ApplyContext& context, const Value& id);

}  // namespace iacdb::doc
