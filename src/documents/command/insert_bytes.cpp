// The short way of an insert: documents that need no change go to the store as the BSON they are.

#include <algorithm>

#include "documents/bson/codec.hpp"
#include "documents/bson/elements.hpp"
#include "documents/command/writing.hpp"
#include "iacdb/error.hpp"

namespace iacdb::doc {
namespace {

/// The value has that many levels of documents or arrays, or more.
bool has_levels(const Element& element, int levels) {
  if (element.type != Type::object && element.type != Type::array) return false;
  if (levels == 1) return true;
  Elements elements(element.body);
  for (Element e; elements.next(e);) {
    if (has_levels(e, levels - 1)) return true;
  }
  return false;
}

/// Whether prepared_for_insert() would change nothing and refuse nothing.
bool is_prepared(std::string_view bson) {
  if (bson.size() > document_bytes_max) return false;
  Elements elements(bson);
  Element e;
  if (!elements.next(e) || e.name != "_id") return false;
  const bool plain_id = e.type != Type::object && e.type != Type::array && e.type != Type::regex &&
                        e.type != Type::undefined;
  if (!plain_id) return false;
  while (elements.next(e)) {
    const bool zero = e.type == Type::timestamp && little_endian<std::uint64_t>(e.body) == 0;
    if (zero) return false;  // It becomes the time of the server.
    if (e.name == "_id" || has_levels(e, stored_depth_max)) return false;
  }
  return true;
}

bool is_checked(const CollectionInfo& collection) {
  const Value& validator = collection.options.get("validator");
  return validator.is(Type::object) && !validator.object().empty();
}

}  // namespace

bool Engine::insert_bytes(const std::string& collection,
                          std::span<const std::string_view> documents, bool bypass) {
  if (documents.empty() || documents.size() > batch_writes_max) return false;
  try {
    if (!std::all_of(documents.begin(), documents.end(), is_prepared)) return false;
    Work work(*this, Access::write);
    const Object command{{"insert", Value(collection)}};
    Arguments(command, "insert").collection("insert", work.database());
    const CollectionInfo into = ensure_collection(work, collection);
    work.bypass_validation(bypass);
    if (is_checked(into) && !bypass) return false;
    bool done = false;
    work.unit().attempt([&] { done = work.unit().insert_bytes(into, documents); });
    if (done) work.commit();
    return done;
  } catch (const Failure&) {
    return false;  // One by one, to learn which of them it is.
  } catch (const ConstraintError&) {
    return false;
  }
}

}  // namespace iacdb::doc
