#pragma once
// Arguments: the fields of a command, with MongoDB's checks of names and types.
//
//   Arguments a(command, "find");
//   const Object& filter = a.object("filter");
//   a.finish();                                // Failure 40415 for a field nobody asked for

#include <vector>

#include "documents/bson/compare.hpp"
#include "documents/bson/value.hpp"
#include "documents/errors.hpp"

namespace iacdb::doc {

class Arguments {
 public:
  /// `name` is what errors call it: the command, or "update.updates".
  Arguments(const Object& command, std::string name) : command_(command), name_(std::move(name)) {}

  bool has(std::string_view field) const { return command_.has(field); }
  const Value& value(std::string_view field);
  /// Empty when it is not there.
  const Object& object(std::string_view field);
  const Array& array(std::string_view field);
  std::string text(std::string_view field);
  bool boolean(std::string_view field, bool otherwise = false);
  std::int64_t integer(std::string_view field, std::int64_t otherwise = 0);
  /// As integer(), but a negative one is Failure 51024.
  std::int64_t count(std::string_view field, std::int64_t otherwise = 0);
  /// Throws: Failure 40414 when the field is missing.
  void need(std::string_view field) const;
  /// The command's own value: a collection's name. Throws: Failure 73.
  std::string collection(std::string_view field, const std::string& database);
  /// Fields that are known and change nothing here.
  void allow(std::initializer_list<std::string_view> fields);
  /// A field that is known, but that no store does: Failure 238 if it is there and not empty.
  void refuse(std::initializer_list<std::string_view> fields);
  void finish() const;

 private:
  [[noreturn]] void wrong_type(std::string_view field, const Value& v,
                               const std::string& wanted) const;
  const Object& command_;
  std::string name_;
  std::vector<std::string_view> known_;  // Literals of the commands' code.
};

/// The name. Throws: Failure 73 for one that no collection may have.
std::string checked_collection(const std::string& name, const std::string& database);
/// Throws: Failure 73 where the name is the server's own, so that no collection is made of it.
void check_writable_name(const std::string& name, const std::string& database);

/// That read and write concern and the session are documents. Throws: Failure 14.
void check_concerns(const Object& command);
/// That, the level of the read concern, and maxTimeMS. Throws: Failure.
void check_generic_arguments(const Object& command);
/// Options of every command: read and write concerns, sessions, comments.
bool is_generic_argument(std::string_view field);

}  // namespace iacdb::doc
