#pragma once
// The JSON form in which a document is stored: plain JSON that keeps BSON's types and key order.
//
//   std::string text = to_storage(object, KeyOrder::listed);    // for jsonb, which sorts keys
//   Object again = from_storage(text);
//
// docs/reference/document-storage.md describes it; in short: the form of a number tells its type
// (5 is an int, 5.00 a long, 5.0 a double, 5.000 a decimal), other types are objects with one key
// that begins with "$", a field's own leading "$" is doubled, and "$k" lists the keys of an object
// whose order is not the one that jsonb keeps.
// Threads: pure functions.

#include <string>
#include <string_view>

#include "documents/bson/value.hpp"
#include "documents/storage/field_choice.hpp"

namespace iacdb::doc {

enum class KeyOrder : std::uint8_t {
  listed,  ///< The store sorts keys (jsonb): "$k" keeps the order where it matters.
  kept,    ///< The store keeps the text as it is (SQLite).
};

std::string to_storage(const Object& object, KeyOrder order);
/// One value, as it stands inside a stored document.
std::string to_storage(const Value& value, KeyOrder order);
/// Throws: Failure when the text is not of this form.
Object from_storage(std::string_view text);
Value value_from_storage(std::string_view text);
/// As from_storage(), as a value.
Value document_from_storage(std::string_view text);
/// Appends the document as BSON: what encode(from_storage(text)) gives, without the values between.
/// Where there is a choice, of its fields those that are chosen; "$k" may name others, then.
void storage_to_bson(std::string_view text, std::string& out, const FieldChoice* choice = nullptr);
/// Appends the stored form of a document of BSON: a text of the same meaning as that of
/// to_storage(decode(bson)), without the values between. Throws: Failure when it is malformed.
void bson_to_storage(std::string_view bson, KeyOrder order, std::string& out);
/// A field's name as it stands in the stored object: a leading "$" is doubled.
std::string storage_key(std::string_view name);

}  // namespace iacdb::doc
