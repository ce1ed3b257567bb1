#include "documents/stores/sql/sql_form.hpp"

namespace iacdb::doc {

std::string SqlForm::quoted(std::string_view identifier) {
  std::string out = "\"";
  for (const char c : identifier) {
    out += c;
    if (c == '"') out += c;
  }
  return out + "\"";
}

std::string SqlForm::table(std::string_view bare) const {
  return postgres ? "documents." + quoted(bare) : quoted("documents." + std::string(bare));
}

}  // namespace iacdb::doc
