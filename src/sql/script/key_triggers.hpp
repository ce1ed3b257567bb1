#pragma once
// Triggers of Oracle that fill a key from a sequence, which its tables needed before identity
// columns.
//
//   CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW
//   BEGIN SELECT s.NEXTVAL INTO :NEW.id FROM dual; END;
//
// Threads: safe to share. Cost: linear in the text.

#include <optional>
#include <string>
#include <string_view>

namespace iacdb::sql {

struct KeyTrigger {
  std::string table = {};
  std::string column = {};
  std::string sequence = {};
  bool always = false;  ///< also where the row brings a key of its own
};

/// Nothing where the text is another statement, or where the trigger does anything else.
std::optional<KeyTrigger> read_key_trigger(std::string_view text);

}  // namespace iacdb::sql
