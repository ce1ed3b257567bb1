#include "wire/postgres/scram_text.hpp"

#include <algorithm>
#include <string>

#include "iacdb/error.hpp"

namespace iacdb::wire::postgres {

void raise_authentication(std::string_view message) {
  ErrorFacts facts;
  facts.kind = ErrorKind::authentication;
  facts.message = std::string(message);
  facts.backend = "postgres";
  facts.breaks_connection = true;
  raise(std::move(facts));
}

std::string_view ScramText::take(char letter) {
  if (rest_.size() < 2 || rest_[0] != letter || rest_[1] != '=') {
    raise_authentication("malformed SCRAM message; the peer does not follow RFC 5802");
  }
  const auto comma = std::min(rest_.find(','), rest_.size());
  const auto value = rest_.substr(2, comma - 2);
  rest_.remove_prefix(std::min(comma + 1, rest_.size()));
  return value;
}

}  // namespace iacdb::wire::postgres
